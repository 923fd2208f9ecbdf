/**
 * What must never be, looked at with every effect. Knows the effects as facts, and nothing of the code that brought them about: what a trade is
 * worth, who held which epoch and what a ledger should hold is worked out here from the traders' own orders.
 */
import type { Commit, Item, Observer, Row, SentTrade, Told } from "../kernel/history";
import type { Findings } from "./record";

/** How the accounts begin that a caller may trade for, by the end of the caller's name. */
const ACCOUNTS_OF: readonly (readonly [RegExp, RegExp])[] = [
  [/\/traders$/, /^(?!synthetic-|stranger-)/],
  [/\/stranger$/, /^stranger-/],
  [/\/platform-[a-z0-9-]+$/, /^synthetic-/],
];
const isOwn = (caller: string, account: string): boolean => ACCOUNTS_OF.some(([who, whose]) => who.test(caller) && whose.test(account));

interface Copy {
  readonly rows: Map<string, Row>;
}

/** Ten-thousandths of a dollar, from a price such as "12.5". */
function price4(text: string): bigint {
  const dot = text.indexOf(".");
  const [whole, places] = dot < 0 ? [text, ""] : [text.slice(0, dot), text.slice(dot + 1)];
  return BigInt(`${whole}${`${places}0000`.slice(0, 4)}`);
}

/** An order as something to compare. */
const orderOf = (order: { accountId: unknown; symbol: unknown; side: unknown; quantity: unknown; price: unknown }): string =>
  [order.accountId, order.symbol, order.side, order.quantity, price4(String(order.price))].join("|");

/** What a fault has broken may be seen so long after its end: a lease lapses late, a machine retries, a start waits for its region. */
const AFTERMATH_MS = 180_000;
const QUARTER_MS = 900_000;
/** A watcher that finds out that it is unfit no sooner than this is no worse than its health checks. */
const UNFIT_MS = 20_000;

/** Clocks may run fast by a few per cent. */
const PATIENCE = 0.93;

export interface LeaseChange {
  readonly at: number;
  readonly holder: string;
  readonly epoch: number;
}

export class Safety implements Observer {
  readonly promised = new Map<string, Told>();
  readonly announcedIds = new Set<string>();
  readonly auditedIds = new Set<string>();
  readonly leaseChanges: LeaseChange[];
  /** Last sign of life of the lease's holder. */
  renewedAt = 0;
  private longestSilence = 0;
  private readonly journal = new Map<string, Item>();
  private readonly copies = new Map<string, Copy>();
  private readonly fences = new Map<string, number>();
  private readonly holders = new Map<number, string>();
  /** Moves that a person has asked for, by region, and the epoch that the person saw; each justifies one change of the lease. */
  private readonly asked: { readonly region: string; readonly epoch: number | undefined }[] = [];
  private readonly keys = new Map<unknown, string>();
  /** Faults by their number: whom each can make look dead, and since when it is over. Whom it has explained the loss of the lease for is not among them any more. */
  private readonly causes = new Map<number, { readonly deadlyTo: Set<string>; ended?: number }>();
  private lastMove = -Infinity;
  private readonly unfitSince = new Map<string, number>();
  private readonly outcomes = new Map<string, string>();

  constructor(
    regions: readonly string[],
    firstHolder: string,
    private readonly findings: Findings,
    private readonly now: () => number,
    private readonly rules: { readonly leaseLengthMs: number },
  ) {
    for (const region of regions) this.copies.set(region, { rows: new Map() });
    this.leaseChanges = [{ at: 0, holder: firstHolder, epoch: 1 }];
    this.holders.set(1, firstHolder);
  }

  told(told: Told): void {
    this.promised.set(told.tradeId, told);
    const entry = this.journal.get(told.tradeId);
    if (!entry) return this.findings.add("accepted trade is durable", `${told.trade.key} was accepted and is not in the journal`);
    if (orderOf(entry as never) !== orderOf(told.trade))
      this.findings.add("accepted trade is as sent", `${told.trade.key} is another in the journal`);
    if (entry.idempotencyKey !== told.trade.key) this.findings.add("one trade a key", `${told.trade.key} was taken as another`);
    if (entry.acceptedAt !== told.acceptedAt) this.findings.add("one answer a key", `${told.trade.key}: two times of acceptance`);
  }

  answeredAgain(key: string, tradeId: string, acceptedAt: string): void {
    const first = this.promised.get(tradeId);
    if (first?.acceptedAt !== acceptedAt) this.findings.add("one answer a key", `${key} was answered differently the second time`);
  }

  tookOtherBody(key: string): void {
    this.findings.add("one body a key", `${key} was accepted with another body too`);
  }

  tableWritten(table: string, key: string, before: Item | undefined, after: Item | undefined): void {
    if (table === "trade-journal") this.journalWritten(key, before, after);
    else if (table === "trade-lease" && key === "ledger") this.leaseWritten(before, after);
    else if (table === "trade-sessions" && before && String(before.lastTradeAt) > String(after?.lastTradeAt))
      this.findings.add("a session never goes back", `${key} from ${String(before.lastTradeAt)} to ${String(after?.lastTradeAt)}`);
  }

  private journalWritten(key: string, before: Item | undefined, after: Item | undefined): void {
    if (!after) return this.findings.add("the journal forgets nothing", key);
    this.journal.set(key, after);
    const sent = `${String(after.caller)} ${String(after.idempotencyKey)}`;
    const other = this.keys.get(sent);
    if (other !== undefined && other !== key) this.findings.add("one trade a key", sent);
    this.keys.set(sent, key);
    if (!isOwn(String(after.caller), String(after.accountId)))
      this.findings.add("nobody trades for another", `${String(after.caller)} for ${String(after.accountId)}`);
    if (!before) return;
    if (
      orderOf(before as never) !== orderOf(after as never) ||
      before.acceptedAt !== after.acceptedAt ||
      before.idempotencyKey !== after.idempotencyKey ||
      before.caller !== after.caller
    )
      this.findings.add("the journal's trades never change", key);
    if (after.outcome !== undefined || before.outcome !== undefined) this.decided(key, String(after.outcome));
    if (Number(before.settledEpoch ?? 0) > Number(after.settledEpoch ?? 0)) this.findings.add("epochs of marks only rise", key);
  }

  private leaseWritten(before: Item | undefined, after: Item | undefined): void {
    if (!before || !after) return this.findings.add("the lease is never deleted", "");
    const [was, is] = [Number(before.epoch), Number(after.epoch)];
    if (is === was) {
      if (before.holder !== after.holder)
        this.findings.add("one holder an epoch", `${String(before.holder)} and ${String(after.holder)} at ${is}`);
      if (Number(after.renewals) > Number(before.renewals)) {
        this.longestSilence = Math.max(this.longestSilence, this.now() - this.renewedAt);
        this.renewedAt = this.now();
      }
      return;
    }
    const holder = String(after.holder);
    if (is !== was + 1) this.findings.add("epochs rise one by one", `from ${was} to ${is}`);
    if (this.holders.has(is)) this.findings.add("one holder an epoch", `epoch ${is} was given twice`);
    this.holders.set(is, holder);
    // Nobody takes the lease from a holder that has been there all the time, but for a person, or because the holder asked for it. A decision may be
    // carried out late: what counts is whether this holder has ever been silent for so long.
    const longest = Math.max(this.longestSilence, this.now() - this.renewedAt);
    const lapsed = longest >= this.rules.leaseLengthMs * PATIENCE || before.resignedEpoch === was;
    const asked = this.wasAsked(holder, was, lapsed);
    // What a person has decided begins a new count.
    if (asked) this.lastMove = -Infinity;
    else if (holder !== before.holder) {
      this.movedByItself(String(before.holder), holder, is);
      if (!lapsed)
        this.findings.add(
          "no automatic failback, no flapping",
          `${holder} took epoch ${is} from a holder that was never silent for more than ${Math.round(longest)} ms`,
        );
    }
    this.longestSilence = 0;
    this.leaseChanges.push({ at: this.now(), holder, epoch: is });
    this.renewedAt = this.now();
  }

  /** Has a person asked for this? Who named the epoch first: a bare request finds its epoch out for itself, and its turn may still come. */
  private wasAsked(holder: string, was: number, lapsed: boolean): boolean {
    const here = this.asked.filter(({ region }) => region === holder);
    const exact = here.find(({ epoch }) => epoch === was);
    const found = exact ?? here.find(({ epoch }) => epoch === undefined);
    // Where the holder was silent, the watcher may have been faster than a bare request.
    if (found && (exact || !lapsed)) this.asked.splice(this.asked.indexOf(found), 1);
    return found !== undefined;
  }

  /** Nobody asked for it: it needs somebody who is fit to serve, and, soon after another such move, a holder that died for a reason of its own. */
  private movedByItself(from: string, holder: string, epoch: number): void {
    const now = this.now();
    const unfit = now - (this.unfitSince.get(holder) ?? now);
    if (unfit >= UNFIT_MS)
      this.findings.add("nobody takes the lease while unfit", `${holder} took epoch ${epoch}, unfit for ${Math.round(unfit)} ms`);
    const cause = [...this.causes.values()].find(({ ended, deadlyTo }) => now - (ended ?? now) <= AFTERMATH_MS && deadlyTo.has(from));
    cause?.deadlyTo.delete(from);
    if (!cause && now - this.lastMove < QUARTER_MS)
      this.findings.add(
        "one ungraceful move a quarter of an hour, unless the holder dies",
        `${holder} took epoch ${epoch}, ${Math.round((now - this.lastMove) / 1000)} s after the move before`,
      );
    this.lastMove = now;
  }

  /** A try that was under way may be carried out at any time; one that is begun when the trader has his 503 is begun for nobody. */
  sentLate(functionName: string, operation: string): void {
    if (functionName === "trade-intake" && operation === "Put")
      this.findings.add("no put is begun for a request that was answered", `${functionName} ${operation}`);
  }

  fault(fault: number, on: boolean, deadlyTo: readonly string[]): void {
    const known = this.causes.get(fault);
    if (on) this.causes.set(fault, { deadlyTo: new Set(deadlyTo) });
    else if (known) known.ended = this.now();
  }

  fit(region: string, fit: boolean): void {
    if (fit) this.unfitSince.delete(region);
    else if (!this.unfitSince.has(region)) this.unfitSince.set(region, this.now());
  }

  committed({ region, fence, raisedFence, rows, positions }: Commit): void {
    const copy = this.copies.get(region);
    if (!copy) throw new Error(`a commit in ${region}, which has no ledger`);
    if (raisedFence) {
      if (fence < (this.fences.get(region) ?? 0)) this.findings.add("fences only rise", `${region} to ${fence}`);
      this.fences.set(region, fence);
    }
    for (const row of rows) {
      const entry = this.journal.get(row.tradeId);
      if (copy.rows.has(row.tradeId)) this.findings.add("none settled twice", `${row.tradeId} in ${region}`);
      if (!entry) this.findings.add("only accepted trades settle", row.tradeId);
      else if (orderOf(entry as never) !== orderOf(row)) this.findings.add("settled as accepted", row.tradeId);
      this.decided(row.tradeId, row.outcome);
      if (this.holders.get(row.settledEpoch) !== region)
        this.findings.add(
          "only an epoch's holder writes",
          `${region} settled at epoch ${row.settledEpoch}, which is ${this.holders.get(row.settledEpoch)}'s`,
        );
      if (fence !== row.settledEpoch)
        this.findings.add("the fence stands before each settlement", `${row.settledEpoch} where the fence is at ${fence}`);
      copy.rows.set(row.tradeId, row);
    }
    this.comparePositions(region, copy, positions);
  }

  /** Positions that a commit has touched, against the rows that should make them. */
  private comparePositions(region: string, copy: Copy, positions: Commit["positions"]): void {
    if (positions.size === 0) return;
    const sums = sumsOf(copy.rows.values());
    for (const [key, [quantity, notional]] of positions) {
      const [shares, dollars] = sums.get(key) ?? [0n, 0n];
      if (shares !== quantity || dollars !== notional)
        this.findings.add("positions equal the trades", `${region} ${key}: ${quantity} instead of ${shares}`);
    }
  }

  /** A promotion or a rebuild: a copy now holds exactly these rows, whatever its own commits were. */
  resetCopy(region: string, rows: Iterable<Row>, fence: number): void {
    this.copies.set(region, { rows: new Map([...rows].map((row) => [row.tradeId, row])) });
    this.fences.set(region, fence);
  }

  placed(tradeId: string): void {
    if (!this.journal.has(tradeId)) this.findings.add("only accepted trades are announced", tradeId);
  }

  announced(tradeId: string, outcome: string): void {
    this.placed(tradeId);
    this.announcedIds.add(tradeId);
    this.decided(tradeId, outcome);
  }

  /** What has been decided, settled or announced stands. */
  private decided(tradeId: string, outcome: string): void {
    const before = this.outcomes.get(tradeId);
    if (before !== undefined && before !== outcome) this.findings.add("outcomes never flip", `${tradeId} from ${before} to ${outcome}`);
    this.outcomes.set(tradeId, outcome);
  }

  audited(tradeId: string): void {
    this.auditedIds.add(tradeId);
  }

  started(machine: string, region: string, trigger: string, expectedEpoch: number | undefined): void {
    if (machine !== "readiness" && trigger === "operator") this.asked.push({ region, epoch: expectedEpoch });
  }

  ended(): void {
    return;
  }

  /** At rest: the traders' own record against what the active ledger and the journal hold. */
  atRest(rows: ReadonlyMap<string, Row>, positions: ReadonlyMap<string, readonly [bigint, bigint]>): void {
    const wanted = new Map<string, SentTrade>([...this.promised].map(([tradeId, { trade }]) => [tradeId, trade]));
    for (const [tradeId, trade] of wanted) {
      const row = rows.get(tradeId);
      const entry = this.journal.get(tradeId);
      if (!row) this.findings.add("no accepted trade is lost", `${trade.key} is not in the ledger`);
      else if (orderOf(row) !== orderOf(trade)) this.findings.add("settled as sent", trade.key);
      if (entry?.status !== "SETTLED") this.findings.add("every settled trade is marked", trade.key);
      if (!this.announcedIds.has(tradeId)) this.findings.add("every settled trade is announced", trade.key);
      if (!this.auditedIds.has(tradeId)) this.findings.add("every settled trade is audited", trade.key);
    }
    for (const tradeId of rows.keys())
      if (!this.journal.has(tradeId)) this.findings.add("nothing in the ledger that the journal does not have", tradeId);
    const sums = sumsOf(rows.values());
    for (const key of new Set([...sums.keys(), ...positions.keys()])) {
      const [shares, dollars] = sums.get(key) ?? [0n, 0n];
      const [quantity, notional] = positions.get(key) ?? [0n, 0n];
      if (shares !== quantity || dollars !== notional)
        this.findings.add("positions equal the journal's", `${key}: ${quantity} instead of ${shares}`);
    }
  }
}

function sumsOf(rows: Iterable<Row>): Map<string, readonly [bigint, bigint]> {
  const sums = new Map<string, readonly [bigint, bigint]>();
  for (const { accountId, symbol, side, quantity, price, outcome } of rows) {
    if (outcome !== "EXECUTED") continue;
    const key = `${accountId}/${symbol}`;
    const [shares, dollars] = sums.get(key) ?? [0n, 0n];
    const signed = side === "buy" ? BigInt(quantity) : -BigInt(quantity);
    sums.set(key, [shares + signed, dollars + signed * price4(price)]);
  }
  return sums;
}
