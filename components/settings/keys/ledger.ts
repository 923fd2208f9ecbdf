import * as v from "valibot";
import { key } from "../key";
import { integer, oneOf, steps, text } from "../value";

export const SERVERLESS = "db.serverless";
const whenServerless = { key: "database.instanceClass", is: SERVERLESS };

export const LEDGER = v.pipe(
  v.object({
    database: v.pipe(
      v.object({
        engine: key(oneOf("aurora-postgresql"), { default: "aurora-postgresql", what: "Engine of the ledger." }),
        // Older ones lack write forwarding or the Data API.
        version: key(text(/^(15|16|17)\.\d{1,2}$/, "a version of Aurora PostgreSQL 15, 16 or 17, such as 16.8"), {
          default: "16.8",
          what: "Engine's version at the first deployment; later ones are changed by an upgrade, not by the program.",
        }),
        // What a global database takes, and the Data API with it: no burstable classes.
        instanceClass: key(
          text(
            /^db\.(serverless|(r5|r6g|r6i|r7g|r7i|r8g|r8i|x2g)\.(\d{1,2}x)?large)$/,
            "db.serverless, or a memory-optimised class such as db.r7g.large",
          ),
          { default: SERVERLESS, what: "Class of the ledger's instances." },
        ),
        minCapacity: key(steps(0.5, 256, 0.5), {
          default: 0.5,
          what: "Least Aurora capacity units of a serverless instance.",
          onlyWith: whenServerless,
        }),
        maxCapacity: key(steps(1, 256, 0.5), {
          default: 8,
          what: "Most Aurora capacity units of a serverless instance.",
          onlyWith: whenServerless,
        }),
        instances: key(integer(1, 15), { default: 2, what: "Instances of each site's cluster." }),
        backupRetentionDays: key(integer(1, 35), { default: 7, what: "Days of point-in-time recovery." }),
      }),
      v.forward(
        v.partialCheck(
          [["minCapacity"], ["maxCapacity"]],
          ({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity,
          ({ input }) => `at most database.maxCapacity, which is ${input.maxCapacity}`,
        ),
        ["minCapacity"],
      ),
    ),
  }),
  v.title("The ledger"),
);
