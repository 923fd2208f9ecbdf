/**
 * What the cores need from the world. `handlers/adapters/*` implement these with the AWS SDK, tests and the simulation with memory.
 * Every method that changes something is idempotent or conditional, so that a caller may retry it after an unknown outcome.
 * Rejections mean "unknown or unavailable, try again"; everything a caller must decide about is in the result.
 */
import type { AuditFolder } from "../contract/events";
import type { MetricName } from "../contract/metrics";
import type { Doubt, Head, JournalEntry, Lease, Link, Mark, Settlement, Taking, Trade } from "./core/model";

export interface Clock {
  /** Wall clock, milliseconds since 1970; for records only, never compared between machines. */
  now(): number;
  /** Monotonic milliseconds; for durations. */
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

export type Accepted =
  | { readonly kind: "accepted" }
  /** An entry with this id was there before; the caller compares fingerprints. */
  | { readonly kind: "exists"; readonly entry: JournalEntry };

/** Multi-Region strongly consistent table: an acknowledged write is durable in two regions. */
export interface Journal {
  /** One conditional put (no entry with this id). Resolves only when durable in two regions. Once `signal` is aborted, no try of it is begun. */
  accept(entry: JournalEntry, signal?: AbortSignal): Promise<Accepted>;
  /** Strongly consistent read. */
  get(tradeId: string): Promise<JournalEntry | undefined>;
  /** Newest first; at most `limit` entries; `cursor` from the page before: one that no page of this account gave is "badCursor". */
  listByAccount(
    accountId: string,
    limit: number,
    cursor?: string,
  ): Promise<{ readonly entries: JournalEntry[]; readonly cursor?: string } | "badCursor">;
  /** Strongly consistent reads of many; ids that the journal does not have are not among the answers. Rejects unless all could be read. */
  getAll(tradeIds: readonly string[]): Promise<ReadonlyMap<string, JournalEntry>>;
  /** Records what becomes of a trade, if nothing is recorded yet. Answers what stands; undefined: the journal has none such. */
  decide(settlement: Settlement): Promise<Settlement | undefined>;
  /**
   * Marks a trade SETTLED if `settledSeq` is absent or lower than the mark's.
   * "already": a mark as new as this one is there; "stale": the trade was reopened since, or the journal has none such.
   */
  markSettled(tradeId: string, mark: Mark, settledAt: string): Promise<"marked" | "already" | "stale">;
  /** Puts a SETTLED trade back to ACCEPTED if its mark is still `markedSeq`; no mark up to `floor` is taken after that. What was decided stays. */
  reopen(tradeId: string, markedSeq: number, floor: number): Promise<"reopened" | "changed">;
  /**
   * Unsettled trades accepted at or before `acceptedBefore` (ISO), a page from all shards at once, each shard oldest first;
   * eventually consistent.
   */
  pending(acceptedBefore: string, cursor?: string): Promise<{ entries: JournalEntry[]; cursor?: string }>;
  /** How many a page of these has: larger pages, since nothing of them is answered. */
  pendingCount(acceptedBefore: string, cursor?: string): Promise<{ readonly count: number; readonly cursor?: string }>;
  /** Cursors of `pending`, each of which leads through a part of what this one leads through: they go on side by side. */
  apart(cursor: string): readonly string[];
  /** Trades whose mark has a number from `from` to `to`, a page from all shards at once; eventually consistent. */
  marked(from: number, to: number, cursor?: string): Promise<{ entries: JournalEntry[]; cursor?: string }>;
}

/** The lease's item in its MRSC table. */
export interface LeaseStore {
  /** Strongly consistent; undefined before the first deployment's bootstrap. */
  read(): Promise<Lease | undefined>;
  /** Creates the lease at epoch 1 if there is none; answers what is there. */
  create(holder: string): Promise<Lease>;
  /** Adds one to `renewals` if holder and epoch are still these, and takes back that the holder asked to be relieved. Undefined: they are not. */
  renew(holder: string, epoch: number): Promise<Lease | undefined>;
  /** holder := `holder`, epoch := `expectedEpoch` + 1, if the epoch is still `expectedEpoch` and the renewals those of `how`, if they are given. Undefined: they are not. */
  take(holder: string, expectedEpoch: number, how?: Taking): Promise<Lease | undefined>;
  /** Adds one to `refrained` if the lease was forced at `epoch` and is still there. False: it is not. */
  refrain(epoch: number): Promise<boolean>;
  /** Asks to be relieved, if holder and epoch are still these: whoever watches need not wait for the lease to lapse. False: they are not. */
  resign(holder: string, epoch: number): Promise<boolean>;
  /** Records that `holder` moves the ledger under `epoch`, if both are still so: the write that makes a late promotion fail. */
  recordPromotion(holder: string, epoch: number): Promise<boolean>;
}

/** Whether a table of this region can be deleted. */
export interface TableProtection {
  isProtected(table: string): Promise<boolean>;
  /** False: the table is being changed; try again. */
  set(table: string, on: boolean): Promise<boolean>;
}

/** The head of the ledger's history, an item of an MRSC table. */
export interface ChainStore {
  /** Strongly consistent; undefined before the first deployment's bootstrap. */
  read(): Promise<Head | undefined>;
  /** Creates the head if there is none. False: there is one. */
  create(head: Head): Promise<boolean>;
  /** The head becomes `link`, if it is still `from`, epoch included. False: it is not, and nothing was written. */
  advance(from: Head, link: Link): Promise<boolean>;
  /** The head becomes `to`, if it is still `from`, epoch included: under a new epoch, or begun anew after a loss. False: it is not. */
  replace(from: Head, to: Head): Promise<boolean>;
  /** What is known of the doubt becomes `doubt` (undefined: resolved), if the head's base is still `base`. False: it is not. */
  doubt(base: number, doubt: Doubt | undefined): Promise<boolean>;
}

export type SettleResult =
  /**
   * Committed as `link`; `fresh`: ids of the trades that this call settled, the others were before. Whoever holds `link` in the ledger's history holds them all.
   */
  | { readonly kind: "settled"; readonly fresh: ReadonlySet<string>; readonly link: Link }
  /** The ledger's fence row does not name this epoch and region; nothing was written. */
  | { readonly kind: "fenced"; readonly ledgerEpoch: number }
  /** The ledger's history does not hold the head that was named (or has forgotten it, if it is an old one); nothing was written. */
  | { readonly kind: "astray" }
  /** The database refuses the data of at least one trade (overflow, a violated check); nothing was written. */
  | { readonly kind: "refused"; readonly reason: string };

/** A trade with what was decided about it. */
export interface Decided extends Trade {
  /** Why it fails; absent: it is executed. */
  readonly reason?: string;
}

export type Judged =
  /** A settlement for each trade given, by its id. */
  | { readonly kind: "judged"; readonly settlements: ReadonlyMap<string, Settlement> }
  /** The ledger's fence row does not name this epoch and region. */
  | { readonly kind: "fenced"; readonly ledgerEpoch: number };

/**
 * The relational projection of the journal (Aurora by the RDS Data API). Rejects when there is no writer here.
 *
 * Its history is a chain. A link is appended in the transaction that settles, under a lock that lasts until the commit, so links are committed in the order of
 * their numbers, and a replica that has applied one has applied all before it. Links below `confirmed` may be forgotten: the head never is one.
 */
export interface Ledger {
  /**
   * One transaction: check that the fence row names `epoch` and this region and that the history holds `head`, append a link, insert new trades, move
   * positions. `confirmed` becomes the head's number, if that is higher.
   */
  settle(epoch: number, head: Link, trades: readonly Decided[]): Promise<SettleResult>;
  /** What would become of these trades: what became of those that the ledger has, and what is restricted now for the others. Writes nothing. */
  judge(epoch: number, trades: readonly Trade[]): Promise<Judged>;
  /** Which of these ids the ledger holds. Rejects when its fence row does not name `epoch` and this region: then it is not the ledger to ask. */
  present(epoch: number, tradeIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Does the history hold all these links? Rejects like `present`. */
  holds(epoch: number, links: readonly Link[]): Promise<boolean>;
  /**
   * Begins the history anew: appends a link with a number above `after` and above all that are there. Answers it with the number of the newest head that the history is
   * known to hold: what marks claim up to there is true here. Rejects like `present`.
   */
  beginAnew(epoch: number, after: number): Promise<{ readonly link: Link; readonly confirmed: number }>;
  /** Sets the fence row to `epoch` and this region if it is lower; answers the row's epoch afterwards. */
  raiseFence(epoch: number): Promise<number>;
  /** Applies migrations not yet applied, each in a transaction; answers the versions applied. */
  migrate(): Promise<number[]>;
  /** A write probe: the fence row's epoch as seen by a transaction with a write that was committed; undefined if none could be. */
  writableAt(): Promise<number | undefined>;
}

export interface TradeQueue {
  /** Sends to the region's own queue. */
  send(trades: readonly Trade[]): Promise<void>;
  /** Sends to the queue of another region. Answers with the ids of the trades that it did not take; it has all others. */
  sendTo(region: string, trades: readonly Trade[]): Promise<readonly string[]>;
}

export interface AuditLog {
  /** Writes one object for a batch; the same batch has the same key. */
  record(epoch: number, trades: readonly Trade[], settlements: readonly Settlement[]): Promise<void>;
}

export interface AuditRecord {
  /** Writes one object of a folder; the same lines have the same key. `day`: ISO. */
  keep(folder: AuditFolder, day: string, lines: readonly string[]): Promise<void>;
}

export interface Evidence {
  /** Writes an object once for all; `type` is its media type. */
  keep(key: string, type: string, body: string): Promise<void>;
}

export interface Sessions {
  /** Last trade of an account, `at` its acceptance; an older trade that arrives late changes nothing. Active-active, last writer wins. */
  touch(accountId: string, tradeId: string, at: string): Promise<void>;
}

/** A session that a caller has opened. */
export interface Session {
  readonly caller: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly openedRegion: string;
}

export interface SessionStore {
  /** Under the digest of its token. */
  open(digest: string, session: Session): Promise<void>;
  /** What is there; it may be over. */
  find(digest: string): Promise<Session | undefined>;
}

export interface Announced {
  readonly refused: readonly string[];
  readonly reason: string;
}

/** What was asked, by whom, and why it was refused for good. */
export interface Refusal {
  readonly caller: string;
  /** As they came: they may be what is wrong. Undefined: there was none. */
  readonly idempotencyKey?: string;
  readonly accountId?: string;
  readonly status: number;
  readonly reason: string;
  readonly refusedAt: string;
  readonly refusedRegion: string;
}

export interface TradeEvents {
  /** `Order Placed`, each: rejects where the bus did not take one. */
  placed(trades: readonly Trade[]): Promise<void>;
  /** `Order Refused`: rejects where the bus did not take it. */
  refused(refusal: Refusal): Promise<void>;
  /**
   * `Trade Executed` or `Trade Failed`, at least once each; consumers deduplicate by `detail.tradeId`.
   * Answers with the trades whose event the bus did not take, and why; all others were taken.
   */
  settled(epoch: number, trades: readonly Trade[], settlements: readonly Settlement[]): Promise<Announced>;
}

export type MemberRole = "writer" | "reader";

export interface GlobalDatabase {
  /** Status as this region's control plane sees it. Never calls another region. */
  status(): Promise<{
    readonly globalStatus: string;
    readonly members: readonly { readonly clusterArn: string; readonly role: MemberRole; readonly synchronized: boolean }[];
    /** This site's own cluster. `leaving`: a move is under way that makes another cluster the writer. */
    readonly own: { readonly role: MemberRole; readonly status: string; readonly leaving?: boolean };
  }>;
  /** Ungraceful: FailoverGlobalCluster with data loss allowed, target this site, called in this region. */
  failoverToHere(): Promise<void>;
  /** Graceful: SwitchoverGlobalCluster, target this site, called in the current writer's region. No data loss. */
  switchoverToHere(writerRegion: string): Promise<void>;
  /** Replication lag of this site's copy, milliseconds; undefined when it is the writer or unknown. */
  lagMs(): Promise<number | undefined>;
}

export interface HttpProbe {
  /** GET with a deadline; undefined when there was no answer in time. */
  get(url: string, timeoutMs: number): Promise<{ readonly status: number; readonly body: string } | undefined>;
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    timeoutMs: number,
  ): Promise<{ readonly status: number; readonly body: string } | undefined>;
}

export type ParameterType = "String" | "StringList" | "SecureString";

/** A parameter as it is read, decrypted. */
export interface Parameter {
  readonly type: ParameterType;
  readonly value: string;
}

/** Shared parameters of one region. */
export interface Parameters {
  /** The latest version; undefined: there is no such parameter. */
  read(name: string): Promise<Parameter | undefined>;
  /** Full names of all that are there. */
  names(): Promise<readonly string[]>;
}

/** Shared parameters of the other region, as the one that copies to them sees them. */
export interface PeerParameters extends Pick<Parameters, "read"> {
  /** Epoch that the latest version was copied under; undefined when it was not copied. */
  copiedUnder(name: string): Promise<number | undefined>;
  /** Overwrites, and says in the same write that it is a copy and of which epoch. Not conditional: Parameter Store has no such write. */
  write(name: string, parameter: Parameter, epoch: number): Promise<void>;
  /** What is not there needs no removal. */
  remove(name: string): Promise<void>;
}

export interface Orchestrator {
  /**
   * Starts this region's failover under the name `failover-<epoch+1>`; the same name twice is the same execution. `renewals`: those that the lease had when this was
   * decided; it is taken only if there were none since. Absent: whatever has been renewed.
   */
  startFailover(expectedEpoch: number, reason: string, trigger: "sentinel" | "alarm", renewals?: number): Promise<"started" | "exists">;
  /**
   * Starts this region's switchover under the name `switchover-<epoch+1>`, once. "running": it runs, or may do so by all that is known; "ended": it has, and has not moved the
   * lease.
   */
  startSwitchover(expectedEpoch: number): Promise<"started" | "running" | "ended">;
  /** Does a failover or switchover run in this region? Eventually consistent. */
  isMoving(): Promise<boolean>;
}

export type MoveKind = "failover" | "switchover";

/** How moves to this region stand. "succeeded", "failed": the latest one whose name carries the epoch has ended so; "none": there is none of it. */
export type Standing = "running" | "succeeded" | "failed" | "none";

/** The machines that move the activity to this region, as a person's request starts them. */
export interface Moves {
  /** Starts this region's machine under the name `<kind>-<epoch+1>`; the same name twice is the same execution. */
  start(kind: MoveKind, expectedEpoch: number, reason: string): Promise<"started" | "exists">;
  /** Running: any move to this region is. Eventually consistent. */
  standing(epoch: number): Promise<Standing>;
}

export interface Metrics {
  put(name: MetricName, value: number): void;
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
