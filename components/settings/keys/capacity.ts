import * as v from "valibot";
import { optionalKey } from "../key";
import { integer } from "../value";

export const CAPACITY = v.pipe(
  v.object({
    capacity: v.object({
      intakeConcurrency: optionalKey(integer(1, 100_000), {
        what: "Trades that a region takes in at once, reserved for them; one more is answered 503 at once. By default all that the account has left.",
      }),
      settlementConcurrency: optionalKey(integer(2, 1_000), {
        what: "Batches that a region settles at once. By default all that the account has left.",
      }),
    }),
  }),
  v.title("Capacity"),
);
