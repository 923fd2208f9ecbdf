import type { LinkState } from "../../region/config";
import type { Scenario, Stage } from "../scenario";

interface Partition {
  readonly name: string;
  readonly state: LinkState;
  readonly summary: string;
  readonly fault: string;
  readonly expected: string;
  /** Is the region alone, so that it can keep nothing that it would accept? */
  readonly alone: boolean;
}

const PARTITIONS: readonly Partition[] = [
  {
    name: "partition",
    state: "cut",
    summary: "every link of the active region is cut, its processes live on; mended under load",
    fault:
      "All links between the active region and the others were cut; clients still reached it. Without a second region it can neither accept nor renew its lease.",
    expected: "the region that is cut off accepts nothing it could lose and gives up its lease; the other takes over",
    alone: true,
  },
  {
    name: "partition-standby",
    state: "cut-from-region",
    summary: "the two regions do not reach each other, and both reach the witness; mended under load",
    fault: "The links between the two regions were cut. Each of them and the witness were a quorum still; the ledger's copy fell behind.",
    expected: "both regions go on accepting, the active one goes on settling, nobody takes anything over; the ledger's copy catches up",
    alone: false,
  },
  {
    name: "partition-witness",
    state: "cut-from-witness",
    summary: "the active region does not reach the witness; nothing may be noticed",
    fault: "The link between the active region and the witness was cut.",
    expected: "nothing: the two regions are a quorum",
    alone: false,
  },
  {
    name: "one-way",
    state: "mute",
    summary: "what the active region sends to the others is lost, and it hears them; mended under load",
    fault:
      "What the active region sent to the others was lost on the way, while it went on hearing them: what they asked of it was done, and its answers were lost.",
    expected: "the region accepts nothing it could lose and gives up its lease; the other takes over",
    alone: true,
  },
];

/** From outside: a region that is alone says so; one that is not still says that it is well, and only what it no longer reaches shows the cut. */
async function confirm(stage: Stage, { state, alone }: Partition): Promise<void> {
  if (alone) return await stage.confirm("the region can't accept trades", async () => !(await stage.ready(stage.active)));
  if (state === "cut-from-region")
    return await stage.confirm("the ledger's copy falls behind", () => stage.lagMs(stage.passive) > 2_000, 15_000);
  await stage.confirm("the region does not reach the witness", async () => !(await stage.faults.reaches(stage.active, "witness")));
}

const scenario = (partition: Partition): Scenario => ({
  name: partition.name,
  summary: partition.summary,
  fault: partition.fault,
  expected: partition.expected,
  byDefault: false,
  expects: { moves: partition.alone ? [1, 1] : [0, 0] },
  async play(stage) {
    await stage.streamReached(0.25);
    await stage.faults.setLinks(stage.active, partition.state);
    stage.fault(partition.summary);
    await confirm(stage, partition);
    const allow = partition.alone ? stage.forbidAcceptance(stage.active) : undefined;
    if (partition.alone) await stage.activated(stage.passive);
    await stage.streamReached(0.6);
    allow?.();
    await stage.faults.setLinks(stage.active, "whole");
    stage.note(stage.active.region, "mended", "the links are back");
    await stage.answeredAndSettled();
    await stage.followsWriter(partition.alone ? stage.active : stage.passive);
    await stage.answeredAndSettled();
  },
});

export const partitions: readonly Scenario[] = PARTITIONS.map(scenario);
