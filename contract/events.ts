/** Events on a region's bus. */

export const EVENT_SOURCE = "trade-failover";

/** Detail types of what befalls a trade: that it was accepted, and what became of it. */
export const TRADE_EVENTS = { PLACED: "Order Placed", EXECUTED: "Trade Executed", FAILED: "Trade Failed" } as const;

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
