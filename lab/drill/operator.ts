import { setTimeout as sleep } from "node:timers/promises";
import type { RegionHandle } from "../types";
import type { MachineKind, PlatformNames } from "./names";
import type { Watched } from "./observe";

const POLL_MS = 300;

export interface MoveEnd {
  readonly status: string;
  readonly detail: string;
}

export interface MoveRequest {
  readonly kind: Exclude<MachineKind, "readiness">;
  /** Region that is to become active. */
  readonly region: RegionHandle;
  /** Epoch at which the lease is expected to stand. */
  readonly epoch: number;
  /** Name of the execution; default that of the move, as the system itself would name it. */
  readonly name?: string;
}

/** An execution of a state machine, as a person with credentials sees it. */
export interface Execution {
  /** Names of the states entered so far; none where nobody answers. */
  entered(): Promise<readonly string[]>;
  /** Status and detail; RUNNING where nobody answers. */
  look(): Promise<MoveEnd>;
  /** Resolves when it has ended, or with RUNNING after the time. */
  ended(timeoutMs: number): Promise<MoveEnd>;
  /** StopExecution. */
  stop(cause: string): Promise<void>;
}

/** What a person with credentials does to the platform, by AWS's own calls. */
export class Operator {
  private readonly unpolled = new Set<RegionHandle>();

  constructor(
    private readonly watched: readonly Watched[],
    private readonly names: PlatformNames,
    private readonly redeploy: (region: string) => Promise<void>,
  ) {}

  async start({ kind, region, epoch, name = `${kind}-${epoch + 1}` }: MoveRequest): Promise<Execution> {
    const arn = await this.view(region).aws.start(this.machine(kind, region), name, {
      expectedEpoch: epoch,
      reason: "drill: asked for by an operator",
      trigger: "operator",
    });
    return this.execution(region, arn);
  }

  /** The first execution of the machine that runs now, whoever started it. */
  async running(kind: MoveRequest["kind"], region: RegionHandle): Promise<Execution | undefined> {
    const found = await this.view(region)
      .aws.executions(this.machine(kind, region))
      .catch(() => []);
    const running = found.find(({ status }) => status === "RUNNING");
    return running && this.execution(region, running.arn);
  }

  /** Disables or enables the mapping from the trade queue to the function that settles: nobody polls the queue, or somebody does again. */
  async setPollers(region: RegionHandle, enabled: boolean): Promise<void> {
    const processor = this.names.functions.get(region.region)?.get("trade-processor");
    if (processor === undefined) throw new Error(`no function in ${region.region} settles trades`);
    await this.view(region).aws.setPollers(processor, enabled);
    if (enabled) this.unpolled.delete(region);
    else this.unpolled.add(region);
  }

  /** What has been changed in the region since the program wrote it, by type of resource: it outlives the region's death. */
  changed(region: RegionHandle): Readonly<Record<string, { readonly enabled: boolean }>> {
    return this.unpolled.has(region) ? { "aws:lambda/eventSourceMapping:EventSourceMapping": { enabled: false } } : {};
  }

  /** An update of the region with what is registered already: every resource is written again. */
  async deploy(region: RegionHandle): Promise<void> {
    await this.redeploy(region.region);
  }

  private execution(region: RegionHandle, arn: string): Execution {
    const { aws } = this.view(region);
    const look = async (): Promise<MoveEnd> => {
      const { status, error, output } = await aws.execution(arn).catch(() => ({ status: "RUNNING", error: "", output: "" }));
      return { status, detail: `${error} ${output}`.trim() };
    };
    return {
      entered: () => aws.statesEntered(arn).catch(() => []),
      look,
      ended: async (timeoutMs) => {
        const deadline = performance.now() + timeoutMs;
        while (performance.now() < deadline) {
          const seen = await look();
          if (seen.status !== "RUNNING") return seen;
          await sleep(POLL_MS);
        }
        return { status: "RUNNING", detail: `not done after ${timeoutMs / 1000} s` };
      },
      stop: (cause) => aws.stop(arn, cause),
    };
  }

  private view(region: RegionHandle): Watched {
    const view = this.watched.find(({ handle }) => handle === region);
    if (view === undefined) throw new Error(`no region ${region.region} in this lab`);
    return view;
  }

  private machine(kind: MachineKind, region: RegionHandle): string {
    const machine = this.names.machines.get(region.region)?.find((one) => one.kind === kind);
    if (machine === undefined) throw new Error(`no ${kind} machine in ${region.region}`);
    return machine.arn;
  }
}
