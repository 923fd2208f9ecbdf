import type { Settings } from "../../settings/settings";

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** How a cluster of an engine is set up: what a parameter group takes, and the logs that go to CloudWatch. */
interface EngineSetup {
  readonly family: string;
  readonly parameters: readonly Parameter[];
  readonly logExports: readonly string[];
}

const now = (name: string, value: string): Parameter => ({ name, value, applyMethod: "immediate" });

const SETUPS: Readonly<Record<Settings["database"]["engine"], (version: string) => EngineSetup>> = {
  "aurora-postgresql": (version) => ({
    family: `aurora-postgresql${version.split(".")[0]}`,
    parameters: [
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
      // Who connects, what changes the schema, and what is slow (milliseconds); every statement of a trade would be the trades once more.
      now("log_connections", "1"),
      now("log_statement", "ddl"),
      now("log_min_duration_statement", "1000"),
    ],
    logExports: ["postgresql"],
  }),
  "aurora-mysql": () => ({
    family: "aurora-mysql8.0",
    parameters: [
      now("require_secure_transport", "ON"),
      // Without strict mode MySQL stores the nearest number of one that does not fit, and says nothing.
      now(
        "sql_mode",
        "STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
      ),
      // Seconds, below the callers' own deadline, so that a waiting statement ends in the database too.
      now("innodb_lock_wait_timeout", "4"),
      // Seconds: a function that died in mid-transaction holds the fence no longer.
      now("wait_timeout", "30"),
      now("server_audit_logging", "1"),
      // Queries would be every statement of the trade; who connects and what changes the schema is what an auditor asks for.
      now("server_audit_events", "CONNECT,QUERY_DCL,QUERY_DDL"),
      now("slow_query_log", "1"),
      now("long_query_time", "1"),
    ],
    logExports: ["audit", "error", "slowquery"],
  }),
};

export const engineSetup = ({ engine, version }: Pick<Settings["database"], "engine" | "version">): EngineSetup => SETUPS[engine](version);
