import type { Scenario } from "./scenario";
import { crash } from "./scenarios/crash";
import { database } from "./scenarios/database";
import { graceful } from "./scenarios/graceful";
import { hang } from "./scenarios/hang";
import { partition } from "./scenarios/partition";
import { witness } from "./scenarios/witness";

/** All scenarios; a plain run plays those by default in this order: out of the home region by a crash, gracefully home again, out again by a hang. */
export const SCENARIOS: readonly Scenario[] = [crash, graceful, hang, partition, database, witness];
