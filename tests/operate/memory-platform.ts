import type { ParityReport } from "../../handlers/core/parity-run";
import { AREAS, type Difference } from "../../handlers/core/parity";
import type { Machine } from "../../operate/command-line";
import type { Database, Execution, Lease, Platform, Step } from "../../operate/platform";
import type { Stack } from "../../operate/stack";

export const PRIMARY = "us-east-1";
export const STANDBY = "us-east-2";

const site = (region: string): Stack["sites"][0] => ({
  region,
  failoverArn: `arn:aws:states:${region}:1:stateMachine:failover`,
  switchoverArn: `arn:aws:states:${region}:1:stateMachine:switchover`,
  parityFunction: `parity-${region}`,
  ledgerClusterArn: `arn:aws:rds:${region}:1:cluster:ledger`,
  ledgerSecretArn: `arn:aws:secretsmanager:${region}:1:secret:ledger`,
  url: `https://${region}.example.test`,
});
export const STACK: Stack = {
  name: "test",
  sites: [site(PRIMARY), site(STANDBY)],
  publicUrl: "",
  leaseTable: "lease",
  journalTable: "journal",
  budgetSeconds: 60,
  globalClusterId: "global",
  maxSwitchoverLagSeconds: 5,
};

/** How an execution goes: what has been entered after so many looks, and how it ends. */
export interface Script {
  readonly steps: readonly string[];
  readonly ends: string;
  readonly detail?: string;
  /** Who holds the lease at the end; default the region that was started. */
  readonly holder?: string;
}

/** A stack in memory: regions that can be lost, executions that go as scripted, one step a look. */
export class MemoryPlatform implements Platform {
  holder: Lease | undefined = { holder: PRIMARY, epoch: 4 };
  lost = new Set<string>();
  globalStatus = "available";
  writer = PRIMARY;
  connected = true;
  lag: number | undefined = 200;
  script: Script = { steps: ["TakeLease", "Promote", "Promote", "Reconcile", "Validate"], ends: "SUCCEEDED" };
  differences: readonly Difference[] = [];
  readonly executions: (Execution & { script: Script; looks: number })[] = [];
  readonly started: { readonly region: string; readonly kind: Machine; readonly name: string; readonly input: object }[] = [];
  /** Looks that fail before one is answered. */
  deaf = 0;

  private reach(region: string): void {
    if (this.lost.has(region)) throw new Error(`${region} does not answer`);
  }
  async lease(region: string): Promise<Lease | undefined> {
    this.reach(region);
    return this.holder;
  }
  async database(region: string): Promise<Database> {
    this.reach(region);
    const members = [PRIMARY, STANDBY].map((one) => ({
      region: one,
      writer: one === this.writer,
      connected: one === this.writer || this.connected,
    }));
    return { globalStatus: this.globalStatus, members };
  }
  async lagMs(region: string): Promise<number | undefined> {
    this.reach(region);
    return this.lag;
  }
  async moves(region: string): Promise<readonly Execution[]> {
    this.reach(region);
    return this.executions.filter((one) => one.region === region).reverse();
  }
  add(region: string, name: string, status: string, script: Script = this.script): string {
    const arn = `arn:aws:states:${region}:1:execution:${name}`;
    this.executions.push({ region, name, arn, status, script, looks: 0 });
    return arn;
  }
  async start(region: string, kind: Machine, name: string, input: object): ReturnType<Platform["start"]> {
    this.reach(region);
    const there = this.executions.find((one) => one.region === region && one.name === name);
    if (there) return { arn: there.arn, result: "exists" };
    this.started.push({ region, kind, name, input });
    return { arn: this.add(region, name, "RUNNING"), result: "started" };
  }
  private find(arn: string): (typeof this.executions)[0] {
    const found = this.executions.find((one) => one.arn === arn);
    if (!found) throw new Error(`no execution ${arn}`);
    return found;
  }
  async outcome(_region: string, arn: string): Promise<{ status: string; detail: string }> {
    if (this.deaf > 0) {
      this.deaf -= 1;
      throw new Error("no answer");
    }
    const one = this.find(arn);
    if (one.status === "RUNNING" && ++one.looks > one.script.steps.length) {
      this.executions[this.executions.indexOf(one)] = { ...one, status: one.script.ends };
      this.holder = { holder: one.script.holder ?? one.region, epoch: (this.holder?.epoch ?? 0) + 1 };
    }
    return { status: this.find(arn).status, detail: one.script.detail ?? "" };
  }
  async steps(_region: string, arn: string, after: number): Promise<readonly Step[]> {
    const { script, looks } = this.find(arn);
    return script.steps
      .slice(0, looks)
      .map((name, index) => ({ id: index + 1, name, at: 1_000_000 + index * 2_500 }))
      .filter(({ id }) => id > after);
  }
  async parity(region: string): Promise<ParityReport> {
    this.reach(region);
    const areas = AREAS.map((area) => ({ area, inSync: !this.differences.some((one) => one.area === area) }));
    const peerRegion = region === PRIMARY ? STANDBY : PRIMARY;
    return { region, peerRegion, inSync: this.differences.length === 0, areas, differences: this.differences };
  }
}
