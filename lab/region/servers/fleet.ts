/** Keeps as many servers as registered: one that dies, or that the load balancer finds unhealthy, is replaced, which takes its time. */
import { setTimeout as pause } from "node:timers/promises";
import type { TargetState } from "../../../emulation/load-balancer/target-group";
import { Balancer } from "./balancer";
import type { ServerProcess } from "./server-process";
import type { ServersWiring } from "./wiring";

/** From the order to a process that listens. Fargate finds a place and pulls the image; EC2 boots an instance. AWS promises neither figure. */
const START_MS = { task: 35_000, instance: 90_000 } as const;
const READY_MS = 60_000;
const LOOK_MS = 50;

export interface FleetParts {
  readonly wiring: ServersWiring;
  /** `port`: where it was, if it starts again in its place. */
  readonly launch: (id: string, port?: number) => Promise<Pick<ServerProcess, "port" | "ended" | "stop">>;
  /** Told what becomes of servers. */
  readonly tell: (detail: string) => void;
  /** From the order of a replacement to its start; by default as long as AWS may take. Milliseconds. */
  readonly startMs?: number;
}

interface Member {
  readonly server: Awaited<ReturnType<FleetParts["launch"]>>;
  readonly since: number;
}

export class Fleet {
  readonly balancer: Balancer;
  private readonly members = new Map<string, Member>();
  /** Those that are being stopped: their end is no accident. */
  private readonly leaving = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private number = 0;
  private closed = false;

  constructor(private readonly parts: FleetParts) {
    this.balancer = new Balancer(parts.wiring.balancer, (id, state) => this.turned(id, state));
  }

  /** The registered capacity stands when this resolves. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.parts.wiring.count }, () => this.launch()));
    const deadline = performance.now() + READY_MS;
    const isHealthy = (id: string): boolean => this.balancer.stateOf(id) === "healthy";
    while ([...this.members.keys()].filter(isHealthy).length < this.parts.wiring.count) {
      if (performance.now() > deadline)
        throw new Error(`the servers of ${this.parts.wiring.name} are not healthy after ${READY_MS / 1000} s`);
      await pause(LOOK_MS);
    }
  }

  /** Ends all servers as a deployment does: the balancer lets go of them first. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all([...this.members.keys()].map((id) => this.retire(id)));
    this.balancer.close();
  }

  /** Ends all servers at once: the region is taken away. */
  async end(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.balancer.close();
    await Promise.all([...this.members.values()].map(({ server }) => server.stop(0)));
  }

  private async launch(): Promise<void> {
    const { wiring, launch } = this.parts;
    const id = `${wiring.name}-${wiring.kind}-${(this.number += 1)}`;
    const server = await launch(id);
    if (this.closed) return void (await server.stop(0));
    this.balancer.register(id, server.port);
    this.join(id, { server, since: performance.now() });
  }

  private join(id: string, member: Member): void {
    this.members.set(id, member);
    void member.server.ended.then((how) => {
      if (this.leaving.delete(id) || this.closed) return void this.members.delete(id);
      this.parts.tell(`${id} has ended (${how})`);
      const { restartSeconds } = this.parts.wiring;
      // The instance stands, and stays the balancer's target: its checks tell whether the service in it does.
      if (restartSeconds !== undefined) return this.later(restartSeconds * 1_000, () => this.startAgain(id, member));
      this.members.delete(id);
      void this.balancer.deregister(id);
      this.replace();
    });
  }

  private startAgain(id: string, { server, since }: Member): void {
    if (!this.members.has(id) || this.leaving.has(id)) return;
    this.parts.launch(id, server.port).then(
      (again) => this.join(id, { server: again, since }),
      (error: unknown) => this.parts.tell(`${id} did not start again: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  private turned(id: string, state: TargetState): void {
    this.parts.tell(`${id} is ${state}`);
    if (state !== "unhealthy") return;
    const member = this.members.get(id);
    if (member === undefined || this.leaving.has(id)) return;
    const leftMs = this.parts.wiring.graceSeconds * 1_000 - (performance.now() - member.since);
    this.later(Math.max(0, leftMs), () => {
      // It may have recovered within its grace, or be gone.
      if (this.balancer.stateOf(id) !== "unhealthy" || this.leaving.has(id)) return;
      this.replace();
      void this.retire(id);
    });
  }

  private replace(): void {
    const { wiring, tell, startMs = START_MS[wiring.kind] } = this.parts;
    tell(`another ${wiring.kind} is ordered; it starts in ${startMs / 1000} s`);
    this.later(startMs, () => {
      this.launch().catch((error: unknown) => {
        tell(`it did not start: ${error instanceof Error ? error.message : String(error)}`);
        if (!this.closed) this.replace();
      });
    });
  }

  private async retire(id: string): Promise<void> {
    this.leaving.add(id);
    await this.balancer.deregister(id);
    await this.members.get(id)?.server.stop(this.parts.wiring.stopSeconds * 1_000);
    this.members.delete(id);
  }

  private later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.closed) act();
    }, ms);
    this.timers.add(timer);
  }
}
