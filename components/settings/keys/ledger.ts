import * as v from "valibot";
import { key, optionalKey } from "../key";
import { integer, oneOf, steps, text } from "../value";

export const SERVERLESS = "db.serverless";

/** Of each engine, the versions that have a global database and the Data API. Older ones lack one of them, or write forwarding. */
const ENGINES = {
  "aurora-postgresql": {
    version: /^(15|16|17)\.\d{1,2}$/,
    allowed: "a version of Aurora PostgreSQL 15, 16 or 17, such as 16.8",
    default: "16.8",
  },
  "aurora-mysql": {
    version: /^8\.0\.mysql_aurora\.3\.(0[7-9]|1\d)\.\d$/,
    allowed: "a version of Aurora MySQL 3 from 3.07 on, such as 8.0.mysql_aurora.3.10.0",
    default: "8.0.mysql_aurora.3.10.0",
  },
} as const;
const whenServerless = { key: "database.instanceClass", is: [SERVERLESS] };

export const LEDGER = v.pipe(
  v.object({
    database: v.pipe(
      v.object({
        engine: key(oneOf("aurora-postgresql", "aurora-mysql"), {
          default: "aurora-postgresql",
          what: "Engine of the ledger. It is chosen once: another one is another ledger.",
        }),
        version: optionalKey(
          text(
            /./,
            Object.values(ENGINES)
              .map(({ allowed }) => allowed)
              .join(", or "),
          ),
          {
            what: `Engine's version at the first deployment; later ones are changed by an upgrade, not by the program. By default ${Object.values(
              ENGINES,
            )
              .map((engine) => engine.default)
              .join(" or ")}.`,
          },
        ),
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
      v.forward(
        v.partialCheck(
          [["engine"], ["version"]],
          ({ engine, version }) => version === undefined || ENGINES[engine].version.test(version),
          ({ input }) => ENGINES[input.engine].allowed,
        ),
        ["version"],
      ),
      v.transform(({ version, ...others }) => ({ ...others, version: version ?? ENGINES[others.engine].default })),
    ),
  }),
  v.title("The ledger"),
);
