/** Each function by the name of its bundle, and where it stands. */
import * as functions from "./functions";

/** They answer the API: they take what strangers send, and call nothing but their region's tables and queue. */
export const API_FUNCTIONS = {
  "trade-intake": functions.tradeIntake,
  "trade-query": functions.tradeQuery,
  health: functions.health,
  control: functions.control,
} as const;

/** Only where a trade needs a session: it opens them, and stands where the others of the API stand. */
export const SESSION_FUNCTIONS = { "session-opening": functions.sessionOpening } as const;

/** It settles what the region's queue brings. */
export const SETTLING_FUNCTIONS = { "trade-processor": functions.tradeProcessor } as const;

/** They reconcile, watch, move, compare and keep the record. */
export const WORK_FUNCTIONS = {
  reconciler: functions.reconciler,
  auditor: functions.auditor,
  bootstrap: functions.bootstrap,
  "parameter-sync": functions.parameterSync,
  "lease-step": functions.leaseStep,
  "database-step": functions.databaseStep,
  validator: functions.validator,
  sentinel: functions.sentinel,
  readiness: functions.readiness,
  parity: functions.parity,
} as const;

/** Only where a plan of ARC Region switch invokes them. */
export const PLAN_FUNCTIONS = { "region-switch": functions.regionSwitch } as const;

export const FUNCTIONS = { ...API_FUNCTIONS, ...SESSION_FUNCTIONS, ...SETTLING_FUNCTIONS, ...WORK_FUNCTIONS, ...PLAN_FUNCTIONS } as const;

/** What answers clients and settles: functions, or servers of one kind. */
export type Compute = "lambda" | "fargate" | "autoscaling";

/** Whether servers answer clients and settle. They do the work of API_FUNCTIONS, SESSION_FUNCTIONS and SETTLING_FUNCTIONS, of which a site then has none; all others stay. */
export const isServed = (compute: Compute): compute is Exclude<Compute, "lambda"> => compute !== "lambda";

export type ApiFunction = keyof typeof API_FUNCTIONS;
export type SessionFunction = keyof typeof SESSION_FUNCTIONS;
export type SettlingFunction = keyof typeof SETTLING_FUNCTIONS;
export type WorkFunction = keyof typeof WORK_FUNCTIONS;
export type FunctionName = keyof typeof FUNCTIONS;
