import type { Settlement, Trade } from "../core/model";

/** What is told of an accepted trade: the detail of its event. */
export const placementOf = (trade: Trade): string => JSON.stringify(trade);

/** What is told of a settled trade: the detail of its event, and its line in the audit log. */
export const recordOf = (trade: Trade | undefined, settlement: Settlement | undefined, epoch: number): string =>
  JSON.stringify({ ...trade, ...settlement, epoch });
