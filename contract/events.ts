/** Events on a region's bus. */

export const EVENT_SOURCE = "trade-failover";

/** Detail types of what befalls an order: that it was accepted or refused, and what became of the trade. */
export const TRADE_EVENTS = {
  PLACED: "Order Placed",
  REFUSED: "Order Refused",
  EXECUTED: "Trade Executed",
  FAILED: "Trade Failed",
} as const;

/** Machines that tell how they ended, by the name that people read. */
export type ToldMachine = "Failover" | "Switchover" | "Readiness";

/** Detail types of what the machines tell. */
export type MachineEvent =
  | `${ToldMachine} Failed`
  | "Failover Completed"
  | "Failover Superseded"
  | "Failover Not Ready"
  | "Switchover Completed"
  | "Switchover Refused";

/** Folders of the audit bucket that are filled from events. Settlements have one of their own: they are written before they are told. */
export const AUDIT_FOLDERS = ["acceptances", "refusals", "moves"] as const;
export type AuditFolder = (typeof AUDIT_FOLDERS)[number];

/** Where each event is kept. */
export const AUDITED: Readonly<Record<MachineEvent | typeof TRADE_EVENTS.PLACED | typeof TRADE_EVENTS.REFUSED, AuditFolder>> = {
  [TRADE_EVENTS.PLACED]: "acceptances",
  [TRADE_EVENTS.REFUSED]: "refusals",
  "Failover Completed": "moves",
  "Failover Superseded": "moves",
  "Failover Failed": "moves",
  "Failover Not Ready": "moves",
  "Switchover Completed": "moves",
  "Switchover Refused": "moves",
  "Switchover Failed": "moves",
  "Readiness Failed": "moves",
};
