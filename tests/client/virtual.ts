import type { Fetch, Runtime } from "../../client/types";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that moves only when the test lets it, and a network that answers as the test says. */
export class VirtualRuntime implements Runtime {
  private time = 0;
  private readonly timers = new Set<Timer>();
  private keys = 0;
  readonly sent: { at: number; url: string; key: string; headers: Record<string, string> }[] = [];
  chance = 0.5;
  respond: (
    url: string,
    headers: Readonly<Record<string, string>>,
  ) => { status: number; body?: unknown; type?: string; retryAfter?: string; afterMs?: number } | "silence" | "refused" = () => "refused";

  now(): number {
    return this.time;
  }
  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
  random(): number {
    return this.chance;
  }
  newKey(): string {
    return `key-${(this.keys += 1)}`;
  }
  fetch: Fetch = async (url, init) => {
    this.sent.push({ at: this.time, url, key: init.headers["idempotency-key"] ?? "", headers: init.headers });
    const answer = this.respond(url, init.headers);
    if (answer === "refused") throw new Error("fetch failed", { cause: new Error("ECONNREFUSED") });
    if (answer === "silence")
      return new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason as Error)));
    if (answer.afterMs !== undefined) await new Promise<void>((resolve) => this.after(answer.afterMs ?? 0, resolve));
    const headers = new Map([
      ["content-type", answer.type ?? "application/json"],
      ["retry-after", answer.retryAfter ?? ""],
    ]);
    return {
      status: answer.status,
      headers: { get: (name) => headers.get(name) ?? null },
      text: async () => JSON.stringify(answer.body ?? {}),
    };
  };

  /** Runs until `work` is done, jumping from timer to timer. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const watched = work.finally(() => (done = true));
    watched.catch(() => undefined);
    for (;;) {
      await this.quiet();
      if (done) return watched;
      const next = [...this.timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error("nothing will ever happen again");
      this.timers.delete(next);
      this.time = next.at;
      next.callback();
    }
  }

  advance(ms: number): void {
    this.time += ms;
  }

  get openTimers(): number {
    return this.timers.size;
  }

  /** Lets all promises that can settle do so. */
  async quiet(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

export const accepted = (region: string) => ({
  status: 202,
  body: { tradeId: "t1", status: "ACCEPTED", acceptedAt: "2030-01-01T00:00:00.000Z", acceptedRegion: region },
});
