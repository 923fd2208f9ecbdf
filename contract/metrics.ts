/** Metrics that the handlers put, with their units. Each has the dimension `Region`. */

/** Where they are, before the stack's suffix: two stacks may share an account. */
export const NAMESPACE = "TradeFailover";

export const METRICS = {
  /** 1 while the region holds the lease, 0 while it watches; each tick of the sentinel. */
  LeaseHeld: "Count",
  /** The lease's epoch as the region sees it; each tick of the sentinel. A step is a hand-over, and both regions must show the same. */
  LeaseEpoch: "None",
  /** Since the region last saw the lease renewed; each tick of the sentinel, 0 while all is well. */
  LeaseUnrenewed: "Milliseconds",
  /** One for each renewal, where the lease is held. */
  LeaseRenewed: "Count",
  /** One for each tick at which the lease had lapsed and the watcher did not take it: it was not fit, or the lease had just been taken by force. */
  LeaseNotTaken: "Count",
  TradesSettled: "Count",
  SettlementsFenced: "Count",
  /** Trades that the ledger's database will never take: a person must look. */
  TradesRefused: "Count",
  /** Messages of trades that the journal has not accepted. */
  TradesUnknown: "Count",
  /** One each time that a ledger was found to have lost the end of its history. */
  LedgerTailLost: "Count",
  /** Accepted and not settled for longer than ten seconds; counted where the lease is. */
  TradesPending: "Count",
  /** A shared parameter's copy that a move of the lease has overtaken. */
  ParameterCopyOvertaken: "Count",
  /** 100 or 0, each hour. */
  FailoverReadiness: "None",
  /** Of all checks of a readiness run together. */
  TestDuration: "Milliseconds",
  /** Trades that clients asked a server to accept, and how many of them it answered with 500 or above. */
  TradesAsked: "Count",
  TradesFailed: "Count",
  /** Requests that a server turned away because it had too many. */
  RequestsShed: "Count",
} as const;

export type MetricName = keyof typeof METRICS;
