import * as v from "valibot";
import { key, optionalKey } from "../key";
import { flag, integer } from "../value";
import { withFunctions } from "./servers";

export const CAPACITY = v.pipe(
  v.object({
    capacity: v.object({
      reserve: key(flag, {
        default: true,
        what: "Reserves concurrency for the functions that keep the lease, move it and answer for it, so that a busy region does not fail over for being busy. Asks for a quota of at least 150 in each region, beside what is reserved for intake; new accounts have 10.",
      }),
      intakeConcurrency: optionalKey(integer(1, 100_000), {
        what: "Trades that a region takes in at once, reserved for them; one more is answered 503 at once. By default all that the account has left.",
        onlyWith: withFunctions,
      }),
      settlementConcurrency: optionalKey(integer(2, 1_000), {
        what: "Batches that a region settles at once. By default all that the account has left.",
        onlyWith: withFunctions,
      }),
      pollersKept: key(flag, {
        default: false,
        what: "Keeps as many pollers of the trade queue ready, in both regions, as settlementConcurrency needs (provisioned mode, paid by the hour): after a failover settlement starts at full speed instead of with five batches.",
        onlyWith: { key: "capacity.settlementConcurrency" },
      }),
    }),
  }),
  v.title("Capacity"),
);
