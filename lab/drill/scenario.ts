import type { RegionHandle } from "../types";
import type { Snapshot } from "./observe";

/** What a scenario may do and wait for. The system itself does everything else. */
export interface Stage {
  /** Region that held the lease when the scenario began, and the other one. */
  readonly active: RegionHandle;
  readonly passive: RegionHandle;
  /** How long clients of the public name may wait in this stack. */
  readonly acceptanceGoalMs: number;
  /** Resolves when this share (0 to 1) of the stream's time has passed. */
  streamReached(share: number): Promise<void>;
  /** Resolves when so much time has passed since the fault. */
  sinceFault(ms: number): Promise<void>;
  /** The moment that all RTOs count from. */
  fault(detail: string): void;
  /**
   * Looks from outside whether the fault has taken effect. Where it does not show within seconds, the scenario goes on, and its verdict is
   * INCONCLUSIVE.
   */
  confirm(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Does the region's public address answer? */
  answers(region: RegionHandle): Promise<boolean>;
  /** Does it say that it can accept trades? */
  ready(region: RegionHandle): Promise<boolean>;
  /** Region that holds the lease now. */
  holder(): Promise<string | undefined>;
  databaseAnswers(region: RegionHandle): Promise<boolean>;
  witnessAnswers(): Promise<boolean>;
  note(region: string, event: string, detail: string): void;
  /** Resolves when the condition holds. Rejects, naming `what`, if it does not hold in time. */
  until(what: string, holds: (snapshot: Snapshot) => boolean, timeoutMs: number): Promise<void>;
  /** The lease is `region`'s, and its ledger takes settlements under the lease's epoch. */
  activated(region: RegionHandle): Promise<void>;
  /** Every trade of the stream was answered and settled, or the time for it ran out: the goals tell. */
  answeredAndSettled(): Promise<void>;
  /** The region runs again, built anew from the program, and its ledger follows the writer. */
  heal(region: RegionHandle): Promise<void>;
  /** The region's ledger is a copy of the writer's that has caught up. */
  followsWriter(region: RegionHandle): Promise<void>;
  /** Starts the switchover machine of the region that shall become active; resolves when the execution has succeeded. */
  switchOverTo(region: RegionHandle): Promise<void>;
  /** Cuts, or mends, all links between the region and the others. */
  cutLinks(region: RegionHandle): Promise<void>;
  mendLinks(region: RegionHandle): Promise<void>;
  /** SIGKILL to the region's database alone, and its return. */
  killDatabase(region: RegionHandle): Promise<void>;
  startDatabase(region: RegionHandle): Promise<void>;
  /** Takes the witness away and brings it back. */
  stopWitness(): Promise<void>;
  startWitness(): Promise<void>;
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
  /** Must the lease change hands? */
  readonly activityMoves: boolean;
  play(stage: Stage): Promise<void>;
}
