import type { Link, Settlement, Trade } from "../../../handlers/core/model";
import type { Decided, Judged, Ledger, SettleResult } from "../../../handlers/ports";

interface Row {
  readonly trade: Trade;
  readonly settlement: Settlement;
  readonly epoch: number;
}

interface State {
  readonly fence: number;
  readonly holder: string;
  readonly rows: ReadonlyMap<string, Row>;
  readonly positions: ReadonlyMap<string, bigint>;
  readonly links: readonly Link[];
  readonly confirmed: number;
}

/** No two links have the same id, whatever ledger they are in. */
let made = 0;

const signed = ({ side, quantity }: Trade): bigint => (side === "buy" ? BigInt(quantity) : -BigInt(quantity));
const positionKey = ({ accountId, symbol }: Trade): string => `${accountId}/${symbol}`;

/** One region's copy of the ledger. Positions are moved by each insert and never derived, so a double settlement shows. */
export class MemoryLedger implements Ledger {
  private state: State = { fence: 0, holder: "", rows: new Map(), positions: new Map(), links: [], confirmed: 0 };
  /** Every committed state, oldest first: an asynchronous replica is one of them. */
  readonly history: State[] = [this.state];
  /** A reader rejects every call, as the Data API does on a cluster without a writer. */
  writer = true;
  restricted: (trade: Trade) => string | undefined = () => undefined;
  /** Ids whose data the database refuses. */
  readonly poison = new Set<string>();

  constructor(readonly region: string) {}

  get fence(): number {
    return this.state.fence;
  }
  get rows(): ReadonlyMap<string, Row> {
    return this.state.rows;
  }
  get positions(): ReadonlyMap<string, bigint> {
    return this.state.positions;
  }

  /** Becomes the copy of another ledger as it was `lag` commits ago. */
  copyFrom(other: MemoryLedger, lag = 0): void {
    this.commit(other.history[Math.max(0, other.history.length - 1 - lag)] as State);
  }

  async judge(epoch: number, trades: readonly Trade[]): Promise<Judged> {
    this.needWriter();
    if (!this.standsAt(epoch)) return { kind: "fenced", ledgerEpoch: this.state.fence };
    const settlementOf = (trade: Trade): Settlement => {
      const reason = this.restricted(trade);
      const fresh: Settlement = {
        tradeId: trade.tradeId,
        ...(reason === undefined ? { outcome: "EXECUTED" } : { outcome: "FAILED", reason }),
      };
      return this.state.rows.get(trade.tradeId)?.settlement ?? fresh;
    };
    return { kind: "judged", settlements: new Map(trades.map((trade) => [trade.tradeId, settlementOf(trade)])) };
  }

  async settle(epoch: number, head: Link, trades: readonly Decided[]): Promise<SettleResult> {
    this.needWriter();
    if (!this.standsAt(epoch)) return { kind: "fenced", ledgerEpoch: this.state.fence };
    if (!this.hasLink(head)) return { kind: "astray" };
    const refused = trades.find((trade) => this.poison.has(trade.tradeId));
    if (refused) return { kind: "refused", reason: `numeric field overflow in ${refused.tradeId}` };
    const rows = new Map(this.state.rows);
    const positions = new Map(this.state.positions);
    const fresh = new Set<string>();
    for (const trade of trades) {
      if (rows.has(trade.tradeId)) continue;
      const { reason } = trade;
      rows.set(trade.tradeId, { trade, epoch, settlement: { tradeId: trade.tradeId, outcome: reason ? "FAILED" : "EXECUTED", reason } });
      if (!reason) positions.set(positionKey(trade), (positions.get(positionKey(trade)) ?? 0n) + signed(trade));
      fresh.add(trade.tradeId);
    }
    const link = this.nextLink(0);
    const confirmed = Math.max(this.state.confirmed, head.seq);
    this.commit({ ...this.state, rows, positions, confirmed, links: [...this.state.links, link] });
    return { kind: "settled", fresh, link };
  }

  async holds(epoch: number, links: readonly Link[]): Promise<boolean> {
    this.needToStandAt(epoch);
    return links.every((link) => this.hasLink(link));
  }

  async beginAnew(epoch: number, after: number): Promise<{ readonly link: Link; readonly confirmed: number }> {
    this.needToStandAt(epoch);
    const link = this.nextLink(after);
    this.commit({ ...this.state, links: [...this.state.links, link] });
    return { link, confirmed: this.state.confirmed };
  }

  async present(epoch: number, tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
    this.needToStandAt(epoch);
    return new Set(tradeIds.filter((id) => this.state.rows.has(id)));
  }

  async raiseFence(epoch: number): Promise<number> {
    this.needWriter();
    if (epoch > this.state.fence) this.commit({ ...this.state, fence: epoch, holder: this.region });
    return this.state.fence;
  }

  async migrate(): Promise<number[]> {
    this.needWriter();
    return [];
  }

  async writableAt(): Promise<number | undefined> {
    return this.writer ? this.state.fence : undefined;
  }

  private standsAt(epoch: number): boolean {
    return this.state.fence === epoch && this.state.holder === this.region;
  }

  private commit(state: State): void {
    this.state = state;
    this.history.push(state);
  }

  private hasLink({ seq, id }: Link): boolean {
    return this.state.links.some((link) => link.seq === seq && link.id === id);
  }

  private nextLink(after: number): Link {
    return { seq: Math.max(after, ...this.state.links.map(({ seq }) => seq)) + 1, id: `link-${++made}` };
  }

  private needToStandAt(epoch: number): void {
    this.needWriter();
    if (!this.standsAt(epoch)) throw new Error(`the ledger of this region is not at epoch ${epoch}`);
  }

  private needWriter(): void {
    if (!this.writer) throw new Error("cannot execute INSERT in a read-only transaction");
  }
}
