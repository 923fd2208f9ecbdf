import { TradeClient } from "../../client/trade-client";
import type { Fetch, Order, Runtime } from "../../client/types";
import type { SentTrade, TraderKind } from "../kernel/history";
import type { Kernel } from "../kernel/kernel";
import type { Random } from "../kernel/random";
import type { Api, HttpAnswer } from "./api";

export interface PlannedTrade {
  readonly trade: SentTrade;
  readonly kind: TraderKind;
  readonly dueAt: number;
  /** Sends the same again after it was accepted, so many milliseconds later; with another body: must be refused. */
  readonly again?: { readonly afterMs: number; readonly otherBody: boolean };
}

interface Accepted {
  readonly tradeId: string;
  readonly acceptedAt: string;
}

/** What is sent: all but the key, which is a header. */
const orderOf = ({ accountId, symbol, side, quantity, price }: SentTrade): Order => ({ accountId, symbol, side, quantity, price });

/** Clients: each stays with its trade until somebody has accepted it, and writes down what it was told. */
export class Traders {
  private readonly smart: TradeClient;
  private readonly random: Random;
  /** Trades that are due and not accepted yet. */
  waiting = 0;
  accepted = 0;

  constructor(
    private readonly kernel: Kernel,
    apis: readonly [Api, Api],
    private readonly resolvers: Readonly<Record<"dns" | "stubborn-dns", () => Api>>,
    urlOf: (region: string) => string,
  ) {
    this.random = kernel.random.fork();
    const byUrl = new Map(apis.map((api) => [urlOf(api.region.name), api]));
    const fetch: Fetch = (url, init) =>
      new Promise((resolve, reject) => {
        const base = [...byUrl.keys()].find((known) => url.startsWith(known));
        const api = byUrl.get(base ?? "");
        if (!api || base === undefined) return reject(new Error(`no such host: ${url}`));
        init.signal.addEventListener("abort", () => reject(init.signal.reason as Error), { once: true });
        api.request(undefined, url.slice(base.length), init, 30_000, (answer) => {
          if (!answer) return reject(new Error("fetch failed"));
          resolve({
            status: answer.status,
            headers: { get: (name) => answer.headers[name] ?? null },
            text: () => Promise.resolve(answer.body),
          });
        });
      });
    const runtime: Runtime = {
      now: () => kernel.now,
      after: (ms, callback) => {
        let on = true;
        kernel.after(ms, () => {
          if (!on) return "idle";
          callback();
        });
        return () => (on = false);
      },
      random: () => this.random.next(),
      newKey: () => `key-${this.random.int(0, 1e9)}`,
      fetch,
    };
    const endpoints = apis.map(({ region }) => ({ region: region.name, url: urlOf(region.name) }));
    this.smart = new TradeClient({ endpoints: endpoints as [(typeof endpoints)[0], (typeof endpoints)[0]] }, runtime);
  }

  plan(planned: PlannedTrade): void {
    this.waiting++;
    this.kernel.after(planned.dueAt - this.kernel.now, () => void this.send(planned));
  }

  private async send(planned: PlannedTrade): Promise<void> {
    const { kernel } = this;
    const { trade, kind, dueAt, again } = planned;
    const { tradeId, acceptedAt } = await this.untilAccepted(trade, kind);
    this.waiting--;
    this.accepted++;
    if (kernel.lines)
      kernel.trace(`trader ${kind}`, "accepted", `${trade.key} ${tradeId.slice(0, 6)} after ${Math.round(kernel.now - dueAt)} ms`);
    kernel.observer.told({ kind, trade, dueAt, at: kernel.now, tradeId, acceptedAt });
    if (again) kernel.after(again.afterMs, () => void this.repeat(planned, again.otherBody));
  }

  private async repeat({ trade, kind }: PlannedTrade, otherBody: boolean): Promise<void> {
    const order = orderOf(trade);
    const result = await this.smart.submit(otherBody ? { ...order, quantity: order.quantity + 1 } : order, trade.key);
    if (result.kind !== "accepted") return;
    this.kernel.trace(`trader ${kind}`, "was answered again", trade.key);
    if (otherBody) this.kernel.observer.tookOtherBody(trade.key);
    else this.kernel.observer.answeredAgain(trade.key, result.tradeId, result.acceptedAt);
  }

  private async untilAccepted(trade: SentTrade, kind: TraderKind): Promise<Accepted> {
    for (;;) {
      const accepted = kind === "smart" ? await this.submit(trade) : await this.post(trade, this.resolvers[kind]());
      if (accepted) return accepted;
    }
  }

  private async submit(trade: SentTrade): Promise<Accepted | undefined> {
    const result = await this.smart.submit(orderOf(trade), trade.key);
    if (result.kind === "accepted") return result;
    if (result.kind === "rejected") throw new Error(`a good trade was refused: HTTP ${result.status} ${result.title}`);
    return undefined;
  }

  private async post(trade: SentTrade, api: Api): Promise<Accepted | undefined> {
    const headers = { "content-type": "application/json", "idempotency-key": trade.key };
    const answer = await new Promise<HttpAnswer | undefined>((resolve) =>
      api.request(undefined, "/trades", { method: "POST", headers, body: JSON.stringify(orderOf(trade)) }, 2_500, resolve),
    );
    if (answer?.status === 202) return JSON.parse(answer.body) as Accepted;
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new Error(`a good trade was refused: HTTP ${answer.status} ${answer.body}`);
    await new Promise<void>((resolve) => this.kernel.after(this.random.between(300, 1_000), resolve));
    return undefined;
  }
}
