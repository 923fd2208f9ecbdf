import type { Settings } from "../../settings/settings";

/** Where the handlers' own metrics are: of this stack alone, because two stacks may share an account. */
export const metricsNamespace = ({ environmentSuffix }: Pick<Settings, "environmentSuffix">): string =>
  `TradeFailover/${environmentSuffix}`;

/** Metrics of the handlers that alarms and dashboards look at; each has the dimension `Region`. */
export const OWN_METRICS = {
  /** 1 while the region holds the lease, 0 while it watches; each tick of the sentinel. */
  leaseHeld: "LeaseHeld",
  /** Milliseconds since the region last saw the lease renewed; each tick of the sentinel, 0 while all is well. */
  leaseUnrenewed: "LeaseUnrenewed",
  settled: "TradesSettled",
  fenced: "SettlementsFenced",
  /** Trades that the ledger's database will never take: a person must look. */
  refused: "TradesRefused",
  /** Accepted and not settled for longer than ten seconds; counted where the lease is. */
  pending: "TradesPending",
  /** A shared parameter's copy that a move of the lease has overtaken. */
  parameterCopyOvertaken: "ParameterCopyOvertaken",
  /** 100 or 0, each hour. */
  readiness: "FailoverReadiness",
  testDuration: "TestDuration",
} as const;
