import * as v from "valibot";
import { key } from "../key";
import { integer, oneDecimalOf } from "../value";

/** From where on people are told. */
export const ALARMS = v.pipe(
  v.object({
    alarms: v.object({
      availabilityPercent: key(oneDecimalOf("99", "99.5", "99.9", "99.95", "99.99"), {
        default: 99.99,
        what: "Share of the trades of a month that a region accepts, of those that are asked of it. What it leaves is a budget; people are told when it is used up too fast.",
      }),
      latencyMs: key(integer(50, 10_000), { default: 1_000, what: "Slowest hundredth of a region's answers to clients." }),
      replicationLagMs: key(integer(100, 60_000), {
        default: 1_000,
        what: "How far the passive region's copy of the ledger is behind.",
      }),
      commitLatencyMs: key(integer(1, 10_000), { default: 1_000, what: "Average time of a commit in the ledger." }),
      databaseLoadPercent: key(integer(10, 100), {
        default: 90,
        what: "CPU of the ledger's busiest instance, or of a serverless one the share of its most capacity.",
      }),
      databaseConnections: key(integer(1, 16_000), {
        default: 500,
        what: "Connections to an instance of the ledger. Aurora takes as many as its memory allows.",
      }),
    }),
  }),
  v.title("Alarms"),
);
