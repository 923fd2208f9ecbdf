import type { Row } from "../kernel/history";
import { ServiceError } from "../kernel/host";
import { BLOCKED } from "../kernel/network";
import { LINKS_KEPT } from "../../handlers/trade/ledger-sql";
import type { Clause } from "../mutants/ledger";
import { statement } from "./statements";

/** One committed transaction, as replication carries it. */
export interface Record {
  readonly at: number;
  readonly fence?: number;
  readonly holder?: string;
  readonly chained?: Chained;
  readonly rows: readonly Row[];
  readonly positions: ReadonlyMap<string, readonly [bigint, bigint]>;
  readonly restrictions?: ReadonlySet<string>;
}

/** A link that was appended to the history. */
interface Chained {
  readonly seq: number;
  readonly id: string;
  readonly confirmed: number;
  /** Links below this number are forgotten. */
  readonly forgetsBelow: number;
}

interface Transaction {
  readonly id: string;
  usedAt: number;
  /** Holds the lock of the fence row. */
  locksFence?: boolean;
  fence?: number;
  holder?: string;
  chained?: Chained;
  readonly rows: Map<string, Row>;
  readonly positions: Map<string, readonly [bigint, bigint]>;
}

interface Cell {
  readonly stringValue?: string;
  readonly longValue?: number;
  readonly isNull?: boolean;
}

const text = (value: string): Cell => ({ stringValue: value });
const NULL: Cell = { isNull: true };
const number = (value: number): Cell => ({ longValue: value });

/** A transaction that nobody goes on with loses its locks after this long (the role's idle_in_transaction_session_timeout). */
const IDLE_MS = 15_000;

type Values = ReadonlyMap<string, string | number>;

interface Batch {
  readonly trade_id: string;
  readonly account_id: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: string;
  readonly reason?: string;
}

/** Ten-thousandths of a dollar. */
export function tenThousandths(price: string): bigint {
  const [whole = "0", places = ""] = price.split(".");
  return BigInt(whole) * 10_000n + BigInt(places.padEnd(4, "0"));
}

/** One copy of the ledger: rows, positions, the fence, and the transactions under way with their locks. */
export class LedgerCopy {
  fence = 0;
  /** Region that the fence row names. */
  holder = "";
  /** Number of the newest link, and of the newest head that a settlement has found here. */
  seq = 0;
  confirmed = 0;
  /** Numbers of the history's links, by their ids. */
  links = new Map<string, number>();
  rows = new Map<string, Row>();
  positions = new Map<string, readonly [bigint, bigint]>();
  /** What must not be traded: "account/symbol". */
  restrictions: ReadonlySet<string> = new Set();
  private readonly open = new Map<string, Transaction>();
  private made = 0;
  /** Trades that the database refuses: a fault. */
  readonly refused = new Set<string>();
  onRefused: () => void = () => undefined;
  /** Is this a moment at which others are in the way? */
  contended: () => boolean = () => false;

  constructor(
    readonly region: string,
    private readonly now: () => number,
    private readonly committed: (record: Record) => void,
  ) {}

  begin(): string {
    if (this.contended())
      throw new ServiceError("DatabaseErrorException", "FATAL: remaining connection slots are reserved; SQLState: 53300");
    const id = `${this.region}-t${++this.made}`;
    this.open.set(id, { id, usedAt: this.now(), rows: new Map(), positions: new Map() });
    return id;
  }

  rollback(id: string): void {
    this.open.delete(id);
  }

  /** All that is under way is gone: the server has restarted. */
  drop(): void {
    this.open.clear();
  }

  commit(id: string): void {
    const transaction = this.transaction(id);
    this.open.delete(id);
    const { fence, holder, chained, rows, positions } = transaction;
    if (fence === undefined && chained === undefined && rows.size === 0 && positions.size === 0) return;
    const record: Record = { at: this.now(), fence, holder, chained, rows: [...rows.values()], positions };
    this.apply(record);
    this.committed(record);
  }

  /** A person changes what may be traded: a transaction of its own. */
  restrict(restrictions: ReadonlySet<string>): void {
    const record: Record = { at: this.now(), rows: [], positions: new Map(), restrictions };
    this.apply(record);
    this.committed(record);
  }

  apply({ fence, holder, chained, rows, positions, restrictions }: Record): void {
    if (restrictions) this.restrictions = restrictions;
    if (fence !== undefined) this.fence = fence;
    if (holder !== undefined) this.holder = holder;
    if (chained !== undefined) {
      this.seq = chained.seq;
      this.confirmed = chained.confirmed;
      this.links.set(chained.id, chained.seq);
      for (const [id, seq] of this.links) if (seq < chained.forgetsBelow) this.links.delete(id);
    }
    for (const row of rows) this.rows.set(row.tradeId, row);
    for (const [key, position] of positions) this.positions.set(key, position);
  }

  copyFrom(other: LedgerCopy): void {
    this.drop();
    this.fence = other.fence;
    this.holder = other.holder;
    this.seq = other.seq;
    this.confirmed = other.confirmed;
    this.links = new Map(other.links);
    this.rows = new Map(other.rows);
    this.positions = new Map(other.positions);
    this.restrictions = other.restrictions;
  }

  /** One statement that is a transaction by itself. Answers also whether it has written anything. */
  alone(sql: string, values: Values): { readonly records: Cell[][]; readonly wrote: boolean } {
    const id = this.begin();
    try {
      const records = this.execute(id, sql, values);
      const { fence, chained } = this.transaction(id);
      this.commit(id);
      return { records, wrote: fence !== undefined || chained !== undefined };
    } catch (error) {
      this.rollback(id);
      throw error;
    }
  }

  execute(id: string, sql: string, values: Values): Cell[][] {
    const transaction = this.transaction(id);
    const asked = statement(sql);
    if (this.contended()) {
      this.open.delete(id);
      throw new ServiceError("DatabaseErrorException", "ERROR: deadlock detected; SQLState: 40P01");
    }
    switch (asked.kind) {
      case "settle":
        return this.settle(transaction, asked.lacks, values, batchIn(values));
      case "judge":
        if (!this.standsAt(values)) return [];
        return orNull(
          batchIn(values).map((row) => [text(row.trade_id), this.isFailed(row) ? text("restricted") : NULL]),
          2,
        );
      case "present":
        if (!this.standsAt(values)) return [];
        return orNull(
          (JSON.parse(String(values.get("ids"))) as string[]).filter((tradeId) => this.rows.has(tradeId)).map((tradeId) => [text(tradeId)]),
        );
      case "fence":
        return [[number(this.fence), text(this.holder)]];
      case "holds": {
        if (!this.standsAt(values)) return [];
        const links = JSON.parse(String(values.get("links"))) as { seq: number; id: string }[];
        return [[number(links.filter(({ seq, id }) => this.links.get(id) === seq).length)]];
      }
      case "anew": {
        this.lockFence(transaction);
        if (!this.standsAt(values)) return [];
        const seq = (asked.lacks.includes("above") ? this.seq : Math.max(this.seq, Number(values.get("after")))) + 1;
        transaction.chained = { seq, id: String(values.get("link")), confirmed: this.confirmed, forgetsBelow: 0 };
        return [[number(seq), number(this.confirmed)]];
      }
      case "probe":
        return [[number(this.fence)]];
      case "raise": {
        this.lockFence(transaction);
        const epoch = Number(values.get("epoch"));
        transaction.fence = Math.max(this.fence, epoch);
        if (epoch > this.fence) transaction.holder = String(values.get("region"));
        return [[number(transaction.fence)]];
      }
    }
  }

  private lockFence(transaction: Transaction): void {
    if (this.others(transaction).some((other) => other.locksFence)) throw BLOCKED;
    transaction.locksFence = true;
  }

  private settle(transaction: Transaction, lacks: readonly Clause[], values: Values, batch: readonly Batch[]): Cell[][] {
    const epoch = Number(values.get("epoch"));
    const others = this.others(transaction);
    this.lockFence(transaction);
    // Rows that another transaction is inserting, and positions that it is moving, are waited for.
    if (others.some((other) => batch.some((row) => other.rows.has(row.trade_id) || other.positions.has(key(row))))) throw BLOCKED;
    const headSeq = Number(values.get("head_seq"));
    if (!this.standsAt(values, lacks) || (!lacks.includes("head") && this.links.get(String(values.get("head"))) !== headSeq)) return [];
    transaction.chained = {
      seq: this.seq + 1,
      id: String(values.get("link")),
      confirmed: lacks.includes("confirms-head") ? this.seq + 1 : Math.max(this.confirmed, headSeq),
      forgetsBelow: headSeq - LINKS_KEPT,
    };
    for (const row of batch) {
      if (!this.refused.has(row.trade_id)) continue;
      this.onRefused();
      throw new ServiceError("DatabaseErrorException", "ERROR: new row violates a check constraint; SQLState: 23514");
    }
    const inserted = batch.filter((row) => !this.rows.has(row.trade_id));
    for (const row of inserted) {
      transaction.rows.set(row.trade_id, {
        tradeId: row.trade_id,
        accountId: row.account_id,
        symbol: row.symbol,
        side: row.side,
        quantity: row.quantity,
        price: row.price,
        settledEpoch: epoch,
        outcome: row.reason === undefined ? EXECUTED : FAILED,
      });
    }
    const moving = lacks.includes("by-inserted") ? batch : inserted.filter(({ reason }) => reason === undefined);
    for (const row of moving) {
      const signed = BigInt(row.side === "buy" ? row.quantity : -row.quantity);
      const before = transaction.positions.get(key(row)) ?? (lacks.includes("adds") ? undefined : this.positions.get(key(row))) ?? [0n, 0n];
      transaction.positions.set(key(row), [before[0] + signed, before[1] + signed * tenThousandths(row.price)]);
    }
    const link = number(this.seq + 1);
    return orNull(inserted.map(({ trade_id }) => [text(trade_id)])).map((row) => [link, ...row]);
  }

  /** By its row, if there is one; else by what is restricted now. */
  private isFailed(row: Batch): boolean {
    const settled = this.rows.get(row.trade_id);
    return settled === undefined ? this.restrictions.has(key(row)) : settled.outcome === FAILED;
  }

  private standsAt(values: Values, lacks: readonly Clause[] = []): boolean {
    return (
      (lacks.includes("epoch") || this.fence === Number(values.get("epoch"))) &&
      (lacks.includes("holder") || this.holder === values.get("region"))
    );
  }

  private transaction(id: string): Transaction {
    const found = this.open.get(id);
    if (!found || this.now() - found.usedAt > IDLE_MS) {
      this.open.delete(id);
      throw new ServiceError("BadRequestException", `Transaction ${id} is not found`);
    }
    found.usedAt = this.now();
    return found;
  }

  private others(mine: Transaction): Transaction[] {
    if (this.open.size === 1) return [];
    const now = this.now();
    return [...this.open.values()].filter((other) => other !== mine && now - other.usedAt <= IDLE_MS);
  }
}

const EXECUTED = "EXECUTED";
const FAILED = "FAILED";
const key = (row: Batch): string => `${row.account_id}/${row.symbol}`;
const batchIn = (values: Values): Batch[] => JSON.parse(String(values.get("batch"))) as Batch[];
const orNull = (rows: Cell[][], width = 1): Cell[][] => (rows.length > 0 ? rows : [Array.from({ length: width }, () => NULL)]);
