/** What happened, as plain facts. The models report, the checkers judge; neither knows the other. All times in virtual milliseconds. */

export type Item = Readonly<Record<string, unknown>>;

/** A trade as the trader sent it. */
export interface SentTrade {
  readonly key: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: string;
}

export type TraderKind = "smart" | "dns" | "stubborn-dns";

export interface Told {
  readonly kind: TraderKind;
  readonly trade: SentTrade;
  readonly dueAt: number;
  readonly at: number;
  readonly tradeId: string;
  readonly acceptedAt: string;
}

export interface Row {
  readonly tradeId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: string;
  readonly settledEpoch: number;
  readonly outcome: string;
}

/** One committed transaction of a ledger. */
export interface Commit {
  readonly region: string;
  /** Fence row after the commit. */
  readonly fence: number;
  readonly raisedFence: boolean;
  readonly rows: readonly Row[];
  /** Positions that the transaction wrote: key "account/symbol", quantity and notional in ten-thousandths of a dollar, after the commit. */
  readonly positions: ReadonlyMap<string, readonly [quantity: bigint, notional: bigint]>;
}

/** Listens to everything that the checkers need. Called at the moment of the effect. */
export interface Observer {
  told(told: Told): void;
  /** An answer that must not have been given, or a repetition: `expected` says which answer is right. */
  answeredAgain(key: string, tradeId: string, acceptedAt: string): void;
  tookOtherBody(key: string): void;
  tableWritten(table: string, key: string, before: Item | undefined, after: Item | undefined): void;
  committed(commit: Commit): void;
  /** A function has sent this for a request that it had answered. */
  sentLate(functionName: string, operation: string): void;
  /** Subscribers were told that a trade was accepted. */
  placed(tradeId: string): void;
  announced(tradeId: string, outcome: string): void;
  audited(tradeId: string): void;
  /** An execution of a machine began, by whom. */
  started(machine: string, region: string, trigger: string, expectedEpoch: number | undefined): void;
  ended(machine: string, region: string, status: string): void;
  /** A fault began or ended; each has a number of its own. `deadlyTo`: regions that give no sign of life while it is on, to whoever watches them. */
  fault(fault: number, on: boolean, deadlyTo: readonly string[]): void;
  /** From now on this region can, or can't, do what the lease is for: something that it needs is refused. */
  fit(region: string, fit: boolean): void;
}
