import type { Clock } from "../../../handlers/ports";

/** Time that stands still until a test moves it. Sleepers wake when it has passed their time. */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(private readonly start = Date.parse("2030-01-01T00:00:00.000Z")) {}

  now(): number {
    return this.start + this.elapsed;
  }
  monotonic(): number {
    return this.elapsed;
  }
  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ at: this.elapsed + ms, wake }));
  }

  advance(ms: number): void {
    this.elapsed += ms;
    const due = this.sleepers.filter((sleeper) => sleeper.at <= this.elapsed);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper.at > this.elapsed);
    for (const { wake } of due) wake();
  }

  /** Runs until `work` has ended, jumping from sleeper to sleeper. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const watched = work.finally(() => (ended = true));
    watched.catch(() => undefined);
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (ended) return watched;
      const next = Math.min(...this.sleepers.map((sleeper) => sleeper.at));
      if (!Number.isFinite(next)) throw new Error("the work waits for something that never comes");
      this.advance(next - this.elapsed);
    }
  }
}
