import { hook } from "./kernel/hook";
import { peerOf } from "./settings";
import type { World } from "./world";

/** The person on duty: does by hand what the design leaves to people, and nothing else. Comes when called, and not at once. */
export class Person {
  private starts = 0;
  private recovering = false;

  constructor(
    private readonly world: World,
    /** Nobody comes when a machine has failed: the system has to find its way by itself. */
    unattended: boolean,
  ) {
    if (unattended) return;
    for (const { machines } of world.sites.values()) {
      hook(machines, "onEnded", ({ machine, status }) => {
        if (status !== "SUCCEEDED" && machine !== "readiness" && !machine.startsWith("readiness")) this.call();
      });
    }
  }

  /** As `operate/` starts a move: at the epoch that the person sees. A graceful one is also started bare, it finds the epoch out for itself. */
  start(machine: "failover" | "switchover", region: string, expectedEpoch = this.world.lease.epoch): void {
    const bare = machine === "switchover" && this.world.kernel.random.chance(0.5);
    const input = JSON.stringify({ ...(bare ? {} : { expectedEpoch }), reason: "by hand", trigger: "operator" });
    const site = this.world.siteOf(region);
    site.region.whenBack(() => site.machines.start(machine, `operator-${machine}-${++this.starts}`, input));
  }

  /** A machine has failed and says so: it is started again where the lease is. */
  private call(): void {
    if (this.recovering) return;
    this.recovering = true;
    const { kernel } = this.world;
    kernel.after(kernel.random.between(45_000, 90_000), () => this.look());
  }

  private look(): void {
    const { kernel, sites, lease, database } = this.world;
    const site = this.world.siteOf(lease.holder);
    const busy = [...sites.values()].some(({ machines }) => machines.running().some(({ machine }) => machine !== "readiness"));
    if (busy || site.region.health !== "up") return kernel.after(20_000, () => this.look());
    this.recovering = false;
    const member = database.memberOf(lease.holder);
    const done = database.truth.writer === lease.holder && member.writable && member.copy.fence === lease.epoch;
    if (!done) this.start("failover", lease.holder);
  }

  /** After the faults: empties the dead letters each minute, whose trades the journal still has. */
  tidyFromNowOn(): void {
    for (const { queue } of this.world.sites.values()) queue.deadLetters.length = 0;
    this.world.kernel.after(60_000, () => this.tidyFromNowOn());
  }

  /** Moves to the region that is passive now, gracefully. */
  moveOver(): void {
    this.start("switchover", peerOf(this.world.lease.holder));
  }
}
