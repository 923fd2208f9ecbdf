import type { RegionHandle } from "../types";
import type { Expectations } from "./expectations";
import type { Snapshot } from "./observe";
import type { Execution, Operator } from "./operator";
import type { Surge } from "./stream";
import type { Faults } from "./world";

/** What a scenario may do and wait for. The system itself does everything else. */
export interface Stage {
  /** Region that held the lease when the scenario began, and the other one. */
  readonly active: RegionHandle;
  /** Of the lease when the scenario began. */
  readonly epoch: number;
  readonly passive: RegionHandle;
  /** How long clients of the public name may wait in this stack. */
  readonly acceptanceGoalMs: number;
  /** Resolves when this share (0 to 1) of the stream's time has passed. */
  streamReached(share: number): Promise<void>;
  /** Resolves when so much time has passed since the fault. */
  sinceFault(ms: number): Promise<void>;
  /** The moment that all RTOs count from. `where`: a region's code, default the active one's. */
  fault(detail: string, where?: string): void;
  /**
   * Looks from outside whether the fault has taken effect. Where it does not show within seconds, the scenario goes on, and its verdict is
   * INCONCLUSIVE.
   */
  confirm(what: string, holds: () => Promise<boolean> | boolean, withinMs?: number): Promise<void>;
  /** The fault of a region that dies: SIGKILL to every process of it, confirmed by the silence of its address. */
  crash(region: RegionHandle): Promise<void>;
  /** Does the region's public address answer? */
  answers(region: RegionHandle): Promise<boolean>;
  /** What the region's public address answers, and how long that takes. */
  asked(region: RegionHandle): Promise<{ readonly status: number | undefined; readonly ms: number }>;
  /** Does it say that it can accept trades? */
  ready(region: RegionHandle): Promise<boolean>;
  /** Region that holds the lease now. */
  holder(): Promise<string | undefined>;
  databaseAnswers(region: RegionHandle): Promise<boolean>;
  /** How far the region's copy of the ledger is behind, as last seen; Infinity where that can't be said. */
  lagMs(region: RegionHandle): number;
  /** Accepted and unsettled trades, as last seen. */
  pendingTrades(): number | undefined;
  /** Trades that clients have sent and that are not answered yet. */
  waiting(): number;
  /** Messages in the region's trade queue, those under way included, as last seen. */
  queued(region: RegionHandle): number | undefined;
  note(region: string, event: string, detail: string): void;
  /** Resolves when the condition holds. Rejects, naming `what`, if it does not hold in time. */
  until(what: string, holds: (snapshot: Snapshot) => boolean, timeoutMs: number): Promise<void>;
  /** The lease is `region`'s, and its ledger takes settlements under the lease's epoch. */
  activated(region: RegionHandle, timeoutMs?: number): Promise<void>;
  /** Every trade of the stream was answered and settled, or the time for it ran out: the goals tell. */
  answeredAndSettled(): Promise<void>;
  /** The region runs again, built anew from the program, and its ledger follows the writer. */
  heal(region: RegionHandle): Promise<void>;
  /** The region's ledger is a copy of the writer's that has caught up. */
  followsWriter(region: RegionHandle): Promise<void>;
  /** The same of whichever region does not hold the lease. */
  copyFollows(): Promise<void>;
  /** Starts the switchover machine of the region that shall become active; resolves when the execution has succeeded. */
  switchOverTo(region: RegionHandle): Promise<void>;
  /** Starts a machine of the region as a person would, at the epoch that the lease has now, or at the one named. */
  begin(
    kind: "failover" | "switchover",
    region: RegionHandle,
    under?: { readonly epoch: number; readonly name: string },
  ): Promise<Execution>;
  /** The execution of the region's machine that the system has started by itself; waits for it. */
  begun(kind: "failover" | "switchover", region: RegionHandle): Promise<Execution>;
  /** Resolves when the execution has ended so. Rejects if it ends otherwise. */
  ends(execution: Execution, status: string): Promise<void>;
  /** Resolves when the execution has entered the state, by its name. Rejects if it ends before. */
  enters(execution: Execution, state: string): Promise<void>;
  /** From now on no region, or not the one named, may accept a trade: it could not keep it. The answer ends that. */
  forbidAcceptance(region?: RegionHandle): () => void;
  /** Waits; ends early, and with an error, when the drill is interrupted. */
  pause(ms: number): Promise<void>;
  readonly faults: Faults;
  readonly operator: Operator;
}

export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** What is done to the system, for the report. */
  readonly fault: string;
  /** What must come of it, in words. The goals hold it to that. */
  readonly expected: string;
  /** Part of a plain `npm start`. */
  readonly byDefault: boolean;
  /** Seconds that a made-up stream must last at least for the fault to prove anything, where clients may wait a minute; more where they may wait longer. */
  readonly leastSeconds?: number;
  /** A made-up stream's load is a multiple of itself for a part of its time. */
  readonly surge?: Surge;
  readonly expects: Expectations;
  play(stage: Stage): Promise<void>;
}
