import type { Scenario } from "./scenario";
import { byHand } from "./scenarios/by-hand";
import { crash } from "./scenarios/crash";
import { database } from "./scenarios/database";
import { databaseHang } from "./scenarios/database-hang";
import { brownout, slow } from "./scenarios/disturbances";
import { flapping } from "./scenarios/flapping";
import { graceful } from "./scenarios/graceful";
import { hang } from "./scenarios/hang";
import { lag } from "./scenarios/lag";
import { lagRefused } from "./scenarios/lag-refused";
import { load } from "./scenarios/load";
import { midSwitchover } from "./scenarios/mid-switchover";
import { oldQueue } from "./scenarios/old-queue";
import { orchestrator } from "./scenarios/orchestrator";
import { partitions } from "./scenarios/partitions";
import { permission } from "./scenarios/permission";
import { pollers } from "./scenarios/pollers";
import { quorum } from "./scenarios/quorum";
import { standby } from "./scenarios/standby";
import { surgeSwitchover } from "./scenarios/surge-switchover";
import { threeMoves } from "./scenarios/three-moves";
import { update } from "./scenarios/update";
import { witness } from "./scenarios/witness";

/** All scenarios; a plain run plays those by default in this order: out of the home region by a crash, gracefully home again, out again by a hang. */
export const SCENARIOS: readonly Scenario[] = [
  crash,
  graceful,
  hang,
  ...partitions,
  database,
  databaseHang,
  pollers,
  brownout,
  slow,
  lag,
  standby,
  witness,
  quorum,
  flapping,
  byHand,
  orchestrator,
  surgeSwitchover,
  lagRefused,
  midSwitchover,
  oldQueue,
  threeMoves,
  update,
  permission,
  load,
];
