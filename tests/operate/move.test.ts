import { expect } from "chai";
import type { MoveOptions } from "../../operate/command-line";
import { runMove } from "../../operate/move";
import { verifySync } from "../../operate/verify-sync";
import { VirtualClock } from "../support/memory/clock";
import { MemoryPlatform, PRIMARY, STACK, STANDBY } from "./memory-platform";

async function run(
  platform: MemoryPlatform,
  options: Partial<MoveOptions> = {},
): Promise<{ code: number; lines: string[]; output: string }> {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const asked: MoveOptions = { command: "failover", stack: "test", reason: "test", dryRun: false, ...options };
  const code = await clock.finish(runMove(asked, STACK, { platform, clock, print: (line) => lines.push(line) }));
  return { code, lines, output: lines.join("\n") };
}

describe("operate: failover", () => {
  it("goes to the region that is not active, shows its steps once, and believes the lease", async () => {
    const platform = new MemoryPlatform();
    const { code, lines } = await run(platform);
    expect(platform.started).to.deep.equal([
      { region: STANDBY, kind: "failover", name: "failover-5", input: { expectedEpoch: 4, reason: "test", trigger: "operator" } },
    ]);
    expect(lines).to.deep.equal([
      "failover of test to us-east-2:",
      "- the lease goes from us-east-1, epoch 4, to us-east-2, epoch 5",
      "- the copy in us-east-2, behind by 200 ms, is promoted as it is; what it lacks is settled again from the journal",
      "execution arn:aws:states:us-east-2:1:execution:failover-5",
      "    0.0 s  TakeLease",
      "    2.5 s  Promote",
      "    7.5 s  Reconcile",
      "   10.0 s  Validate",
      "us-east-2 is active at epoch 5: a trade was settled there",
    ]);
    expect(code).to.equal(0);
  });

  it("needs nothing of the region that is lost, and says what it could not ask", async () => {
    const platform = new MemoryPlatform();
    platform.lost.add(PRIMARY);
    const { code, output } = await run(platform);
    expect(code).to.equal(0);
    expect(output).to.include("! us-east-1 can't be asked what is running there: Error: us-east-1 does not answer");
  });

  it("does nothing in a dry run", async () => {
    const platform = new MemoryPlatform();
    const { code, output } = await run(platform, { dryRun: true });
    expect(code).to.equal(0);
    expect(output).to.include("execution failover-5 would be started in us-east-2; nothing was changed");
    expect(platform.started).to.deep.equal([]);
  });

  it("refuses a region that is active, one that is none, a second move, a lost target, and a stack without a lease", async () => {
    const refused = async (change: (platform: MemoryPlatform) => void, options: Partial<MoveOptions> = {}): Promise<string> => {
      const platform = new MemoryPlatform();
      change(platform);
      const { code, output } = await run(platform, options);
      expect(code, output).to.equal(1);
      expect(platform.started).to.deep.equal([]);
      expect(output).to.match(/^(failover|switchover) of test refused, nothing was changed:\n- /);
      return output;
    };
    const none = (): void => undefined;
    expect(await refused(none, { to: PRIMARY })).to.include("us-east-1 is active already, at epoch 4");
    expect(await refused(none, { to: "eu-west-1" })).to.include("eu-west-1 is no region of this stack; allowed: us-east-1, us-east-2");
    expect(await refused((one) => void one.add(STANDBY, "failover-5", "RUNNING"))).to.include("failover-5 is running in us-east-2: arn:");
    expect(await refused((one) => void one.add(PRIMARY, "switchover-5", "RUNNING"))).to.include(
      "switchover-5 is running in us-east-1: arn:",
    );
    expect(await refused((one) => void one.lost.add(STANDBY))).to.include("the lease can't be read in us-east-2");
    expect(await refused((one) => (one.holder = undefined))).to.include("there is no lease");
  });

  it("begins anew where the last move did not come to its end", async () => {
    const platform = new MemoryPlatform();
    platform.holder = { holder: STANDBY, epoch: 5 };
    platform.add(STANDBY, "failover-5", "FAILED");
    const { code } = await run(platform, { to: STANDBY });
    expect(code).to.equal(0);
    expect(platform.started.map(({ name }) => name)).to.deep.equal(["failover-6"]);
    const half = new MemoryPlatform();
    half.holder = { holder: STANDBY, epoch: 5 };
    expect((await run(half, { to: STANDBY })).code, "the ledger's writer is elsewhere").to.equal(0);
  });

  it("takes the next name when one is spent, and watches the sentinel's execution when that was faster", async () => {
    const spent = new MemoryPlatform();
    spent.add(STANDBY, "failover-5", "FAILED");
    await run(spent);
    expect(spent.started.map(({ name }) => name)).to.deep.equal(["failover-5-2"]);
    const race = new MemoryPlatform();
    const start = race.start.bind(race);
    race.start = async (...args) => {
      race.add(STANDBY, "failover-5", "RUNNING");
      return start(...args);
    };
    const { code, output } = await run(race);
    expect(output).to.include("this very move is running already");
    expect(code).to.equal(0);
  });

  it("fails with the execution's own words, and when another move was faster", async () => {
    const failed = new MemoryPlatform();
    failed.script = {
      steps: ["TakeLease", "NotifyFailure", "Failed"],
      ends: "FAILED",
      detail: "FailoverFailed: the lease stays where it is",
    };
    const first = await run(failed);
    expect(first.code).to.equal(1);
    expect(first.lines.at(-1)).to.equal("FAILED: FailoverFailed: the lease stays where it is");
    const superseded = new MemoryPlatform();
    superseded.script = { steps: ["TakeLease", "NotifySuperseded"], ends: "SUCCEEDED", holder: PRIMARY };
    const second = await run(superseded);
    expect(second.code).to.equal(1);
    expect(second.lines.at(-1)).to.include("the lease is with us-east-1");
  });

  it("goes on watching through looks that get no answer, and says that a long step goes on", async () => {
    const platform = new MemoryPlatform();
    platform.deaf = 20;
    platform.script = { steps: ["TakeLease", ...Array<string>(20).fill("Promote"), "Validate"], ends: "SUCCEEDED" };
    const { code, output } = await run(platform);
    expect(code).to.equal(0);
    expect(output.match(/still at Promote/g)).to.have.length(2);
    const gone = new MemoryPlatform();
    gone.deaf = 1_000;
    const error = await run(gone).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
  });
});

describe("operate: switchover", () => {
  const home = (): MemoryPlatform => {
    const platform = new MemoryPlatform();
    platform.holder = { holder: STANDBY, epoch: 5 };
    platform.writer = STANDBY;
    return platform;
  };

  it("goes to the region that is not active, wherever that is", async () => {
    const there = new MemoryPlatform();
    expect((await run(there, { command: "switchover" })).code).to.equal(0);
    expect(there.started.map(({ region, kind }) => [region, kind])).to.deep.equal([[STANDBY, "switchover"]]);
    const back = home();
    expect((await run(back, { command: "switchover" })).code).to.equal(0);
    expect(back.started.map(({ region, kind }) => [region, kind])).to.deep.equal([[PRIMARY, "switchover"]]);
  });

  it("as a failback goes to the home primary, in its own region", async () => {
    const platform = home();
    const { code, lines, output } = await run(platform, { command: "failback" });
    expect(code).to.equal(0);
    expect(lines[0]).to.equal("failback of test to us-east-1:");
    expect(platform.started).to.deep.equal([
      { region: PRIMARY, kind: "switchover", name: "switchover-6", input: { expectedEpoch: 5, reason: "test", trigger: "operator" } },
    ]);
    expect(output).to.include("the ledger switches over to us-east-1 without loss");
  });

  it("refuses unless the target is a healthy copy that has caught up and both regions can be asked", async () => {
    const cases: readonly (readonly [(platform: MemoryPlatform) => void, string])[] = [
      [(one) => (one.lag = 5_001), "the replication lag is 5001 ms; allowed: 5000 ms"],
      [(one) => (one.lag = undefined), "the replication lag is not known"],
      [(one) => (one.connected = false), "the copy in us-east-1 is not connected to the writer"],
      [(one) => (one.globalStatus = "failing-over"), "the global cluster is failing-over"],
      [(one) => one.lost.add(STANDBY), "us-east-2 can't be asked what is running there"],
    ];
    for (const [change, reason] of cases) {
      const platform = home();
      change(platform);
      const { code, output } = await run(platform, { command: "switchover", dryRun: true });
      expect(code, reason).to.equal(1);
      expect(output).to.include(reason);
    }
    expect((await run(new MemoryPlatform(), { command: "failback" })).output).to.include("us-east-1 is active already, at epoch 4");
  });
});

describe("operate: verify-sync", () => {
  const verify = async (change: (platform: MemoryPlatform) => void): Promise<{ code: number; lines: string[] }> => {
    const platform = new MemoryPlatform();
    change(platform);
    const lines: string[] = [];
    return { code: await verifySync(STACK, platform, (line) => lines.push(line)), lines };
  };

  it("shows what both regions found, and exits 0 only if that is nothing", async () => {
    const good = await verify(() => undefined);
    expect(good.code).to.equal(0);
    expect(good.lines[0]).to.equal("                  us-east-1   us-east-2");
    expect(good.lines[1]).to.equal("functions         in sync     in sync");
    expect(good.lines.at(-1)).to.equal("test is in sync");
    const bad = await verify((one) => (one.differences = [{ area: "queues", detail: "trades: DelaySeconds is 5 here", settling: false }]));
    expect(bad.code).to.equal(1);
    expect(bad.lines).to.include("queues            1 difference   1 difference");
    expect(bad.lines).to.include("- as us-east-2 sees it, queues: trades: DelaySeconds is 5 here");
    expect(bad.lines.at(-1)).to.equal("test is not in sync");
  });

  it("a region that does not answer is not in sync", async () => {
    const { code, lines } = await verify((one) => void one.lost.add(STANDBY));
    expect(code).to.equal(1);
    expect(lines).to.include("- us-east-2 did not answer: Error: us-east-2 does not answer");
  });
});
