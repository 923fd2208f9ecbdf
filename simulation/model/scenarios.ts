/** Who meets whom, within which bounds. Each scenario is explored to its end. */
import { failbackDefinition } from "../../components/orchestration/failback";
import { failoverDefinition } from "../../components/orchestration/failover";
import { client, execution, processor, reconciler, type Actor } from "./actors";
import type { Scenario } from "./explore";
import { TUNING } from "./invocations";
import { Machine } from "./machine";
import { Replays } from "./replay";
import { SERVICES } from "./services";
import type { System } from "./steps";
import { firstWorld, type World } from "./world";

/** The definitions call functions by their names, where the stack has their ARNs. */
const TO = {
  leaseStep: "lease-step",
  databaseStep: "database-step",
  reconciler: "reconciler",
  validator: "validator",
  readiness: "readiness",
  topicArn: "topic",
  busName: "bus",
};
export const FAILOVER = new Machine(failoverDefinition(TO));
export const FAILBACK = new Machine(failbackDefinition(TO));
export const REAL: System = { services: SERVICES, tuning: TUNING };

const failover = (region: "east" | "west", expectedEpoch: number | undefined, name = "failover"): Actor =>
  execution(`${name} ${region}`, region, FAILOVER, expectedEpoch === undefined ? {} : { expectedEpoch });
const failback = (region: "east" | "west", expectedEpoch: number | undefined): Actor =>
  execution(`failback ${region}`, region, FAILBACK, expectedEpoch === undefined ? {} : { expectedEpoch });

function recovering(
  name: string,
  system: System,
  actors: readonly Actor[],
  budget: Partial<World["budget"]>,
  statesAtMost: number,
): Scenario {
  return { name, model: { actors, system, replays: new Replays() }, first: firstWorld(budget), failover: FAILOVER, statesAtMost };
}

export const SCENARIOS: Readonly<Record<string, (system: System) => Scenario>> = {
  "one failover": (system) =>
    recovering(
      "one failover",
      system,
      [client("a", ["east"]), processor("east", 1), failover("west", 1), processor("west", 1)],
      {},
      500_000,
    ),
  "back and forth": (system) =>
    recovering(
      "back and forth",
      system,
      [client("a", ["east"]), processor("east", 2), failover("west", 1), failback("east", 2)],
      {},
      500_000,
    ),
  "two orchestrators": (system) =>
    recovering(
      "two orchestrators",
      system,
      [client("a", ["east"]), processor("east", 1), failover("west", 1), failover("east", undefined)],
      {},
      500_000,
    ),
  reconcilers: (system) =>
    recovering(
      "reconcilers",
      system,
      [client("a", ["east"]), processor("east", 1), failover("west", 1), reconciler("west", 1), processor("west", 1)],
      {},
      500_000,
    ),
};
