import { expect } from "chai";
import type { Snapshot } from "../../lab/drill/observe";
import { labStack } from "../../lab/drill/lab-stack";
import { AlarmBoard, ALARMS } from "../../lab/live/alarms";
import { runbookSection } from "../../lab/live/runbook";

const [EAST, WEST] = ["us-east-1", "us-east-2"];

const snapshot = (
  change: { renewals?: number; pending?: number; lagMs?: number; queue?: number; process?: "running" | "killed" } = {},
): Snapshot => ({
  lease: { holder: EAST, epoch: 1, renewals: change.renewals ?? 1 },
  pending: change.pending ?? 0,
  dns: EAST,
  checks: [],
  regions: [
    {
      region: EAST,
      site: "primary",
      process: change.process ?? "running",
      ledger: undefined,
      lagMs: undefined,
      queue: change.process === "killed" ? undefined : { waiting: change.queue ?? 0, inFlight: 0 },
    },
    {
      region: WEST,
      site: "standby",
      process: "running",
      ledger: undefined,
      lagMs: change.lagMs ?? 100,
      queue: { waiting: 0, inFlight: 0 },
    },
  ],
});

describe("the live page's alarms", () => {
  const settings = labStack("dev").settings;
  let board: AlarmBoard;
  beforeEach(() => {
    board = new AlarmBoard(settings);
  });
  const raised = (shown: Snapshot, atMs: number): string[] =>
    board.look(shown, atMs).flatMap(({ region, name, state }) => (state === "ALARM" ? [`${region} ${name}`] : []));

  it("say nothing of a calm stack but that one site is passive", () => {
    expect(raised(snapshot(), 0)).to.deep.equal([`${WEST} passive`]);
  });

  it("tell a lease that nobody renews from one that is renewed, by the stack's own length", () => {
    const lengthMs = settings.rto.leaseLengthSeconds * 1000;
    board.look(snapshot({ renewals: 1 }), 0);
    expect(raised(snapshot({ renewals: 2 }), lengthMs + 1)).to.not.include(`${WEST} lease-not-renewed`);
    expect(raised(snapshot({ renewals: 2 }), 2 * lengthMs + 2)).to.include(`${WEST} lease-not-renewed`);
  });

  it("wait for as long as their alarm does: a queue that was empty in between is young", () => {
    for (const [atMs, queue] of [
      [0, 5],
      [50_000, 0],
      [55_000, 5],
    ] as const)
      board.look(snapshot({ queue }), atMs);
    expect(raised(snapshot({ queue: 5 }), 61_000)).to.not.include(`${EAST} queue-age`);
    expect(raised(snapshot({ queue: 5 }), 116_000)).to.include(`${EAST} queue-age`);
  });

  it("tell a region that is down, and what is not known of it", () => {
    board.look(snapshot({ process: "killed" }), 0);
    expect(raised(snapshot({ process: "killed" }), 10_000)).to.include(`${EAST} site-down`);
    const [queue] = board
      .look(snapshot({ process: "killed" }), 11_000)
      .filter(({ region, name }) => region === EAST && name === "queue-age");
    expect(queue?.state).to.equal("INSUFFICIENT_DATA");
  });

  it("tell a copy that is behind, only of the passive site", () => {
    const behind = raised(snapshot({ lagMs: settings.alarms.replicationLagMs + 1 }), 0);
    expect(behind).to.include.members([`${WEST} replication-lag`, `${WEST} ledger-copy-behind`]);
    expect(behind).to.not.include(`${EAST} replication-lag`);
  });

  it("remember a move that failed, for a while", () => {
    board.heard({ atMs: 0, region: WEST, event: "switchover", detail: "execution switchover-2 FAILED (refused)" });
    board.heard({ atMs: 0, region: EAST, event: "switchover", detail: "execution switchover-2 SUCCEEDED" });
    expect(raised(snapshot(), 1_000)).to.deep.equal([`${WEST} passive`, `${WEST} move-failed`]);
    expect(raised(snapshot(), 301_000)).to.not.include(`${WEST} move-failed`);
  });

  for (const { name } of ALARMS)
    it(`${name} has its section of the runbook: what it means, what to look at, what to do, what never to do`, () => {
      const html = runbookSection(name);
      for (const part of ["Means.", "Look.", "Do.", "Never"]) expect(html).to.include(`<strong>${part}</strong>`);
      expect(html).to.not.match(/```|\]\(|^#/m);
    });

  it("refuse an alarm without a section", () => {
    expect(() => runbookSection("no-such-alarm")).to.throw("no-such-alarm");
  });
});
