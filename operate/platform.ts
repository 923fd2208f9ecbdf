/** What the commands can see of a deployed stack and do to it. A call without an answer rejects. */
import type { ParityReport } from "../handlers/core/parity-run";
import type { Machine } from "./command-line";

export interface Lease {
  readonly holder: string;
  readonly epoch: number;
}

/** The global database as one region's control plane reports it. */
export interface Database {
  readonly globalStatus: string;
  readonly members: readonly { readonly region: string; readonly writer: boolean; readonly connected: boolean }[];
}

export interface Execution {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** As Step Functions has it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED. */
  readonly status: string;
}

export interface Step {
  /** Rises through an execution's history. */
  readonly id: number;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Platform {
  lease(region: string): Promise<Lease | undefined>;
  database(region: string): Promise<Database>;
  /** Of the copy in a region, milliseconds; undefined when it has not been measured. */
  lagMs(region: string): Promise<number | undefined>;
  /** Latest executions of both machines in a region, newest first. */
  moves(region: string): Promise<readonly Execution[]>;
  /** "exists": an execution of this name is there, whatever has become of it. */
  start(
    region: string,
    kind: Machine,
    name: string,
    input: object,
  ): Promise<{ readonly arn: string; readonly result: "started" | "exists" }>;
  /** Steps entered since the one given, oldest first. */
  steps(region: string, arn: string, after: number): Promise<readonly Step[]>;
  outcome(region: string, arn: string): Promise<{ readonly status: string; readonly detail: string }>;
  parity(region: string): Promise<ParityReport>;
}
