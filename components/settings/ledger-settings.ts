import type { Problems } from "./settings-reader";

/** How the ledger's clusters are made. */
export interface LedgerSettings {
  readonly engine: "aurora-postgresql";
  readonly engineVersion: string;
  /** `db.serverless`, or a class of instances of a fixed size. */
  readonly instanceClass: string;
  /** Aurora capacity units of a serverless instance. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly instances: number;
  readonly backupRetentionDays: number;
}

export const LEDGER_KEYS = [
  "database.engine",
  "database.version",
  "database.instanceClass",
  "database.minCapacity",
  "database.maxCapacity",
  "database.instances",
  "database.backupRetentionDays",
] as const;

export const SERVERLESS = "db.serverless";
/** What a global database takes, and the Data API with it: no burstable classes. */
const INSTANCE_CLASS = /^db\.(serverless|(r5|r6g|r6i|r7g|r7i|r8g|r8i|x2g)\.(\d{1,2}x)?large)$/;

export function readLedger(read: Problems): LedgerSettings {
  const ledger: LedgerSettings = {
    engine: read.oneOf("database.engine", ["aurora-postgresql"], "aurora-postgresql"),
    // Older ones lack write forwarding or the Data API.
    engineVersion: read.text(
      "database.version",
      "16.8",
      /^(15|16|17)\.\d{1,2}$/,
      "a version of Aurora PostgreSQL 15, 16 or 17, such as 16.8",
    ),
    instanceClass: read.text(
      "database.instanceClass",
      SERVERLESS,
      INSTANCE_CLASS,
      "db.serverless, or a memory-optimised class such as db.r7g.large",
    ),
    minCapacity: read.number("database.minCapacity", 0.5, 0.5, 256, 0.5),
    maxCapacity: read.number("database.maxCapacity", 8, 1, 256, 0.5),
    instances: read.integer("database.instances", 2, 1, 15),
    backupRetentionDays: read.integer("database.backupRetentionDays", 7, 1, 35),
  };
  if (ledger.minCapacity > ledger.maxCapacity)
    read.add("database.minCapacity", String(ledger.minCapacity), `at most database.maxCapacity, which is ${ledger.maxCapacity}`);
  return ledger;
}
