/** Each function by the name of its bundle, and where it stands. */
import * as functions from "./functions";

/** They answer the API: they take what strangers send, and call nothing but their region's tables and queue. */
export const API_FUNCTIONS = {
  "trade-intake": functions.tradeIntake,
  "trade-query": functions.tradeQuery,
  health: functions.health,
  control: functions.control,
} as const;

/** They settle, reconcile, watch, move and compare. */
export const WORK_FUNCTIONS = {
  "trade-processor": functions.tradeProcessor,
  reconciler: functions.reconciler,
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

export const FUNCTIONS = { ...API_FUNCTIONS, ...WORK_FUNCTIONS, ...PLAN_FUNCTIONS } as const;

export type ApiFunction = keyof typeof API_FUNCTIONS;
export type WorkFunction = keyof typeof WORK_FUNCTIONS;
export type FunctionName = keyof typeof FUNCTIONS;
