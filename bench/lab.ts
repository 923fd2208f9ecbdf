/** A lab for as long as something is measured in it. */
import { labStack, type LabStack } from "../lab/drill/lab-stack";
import { machinesAt } from "../lab/drill/machines";
import { DEFAULT_PORT, PORT_SPAN } from "../lab/drill/options";
import { LabWorld } from "../lab/drill/world";
import { claimFreePorts } from "../lab/setup/ports";
import type { RegionHandle } from "../lab/types";
import { bundleHandlers, bundleService } from "../scripts/lib/bundle";

/** Clients at once that a stack of functions does not throttle: nothing is refused that servers would take. */
export const CLIENTS = 16;
export const UNTHROTTLED = {
  apiAuth: "apiKey",
  "api.rateLimit": "10000",
  "api.burstLimit": "5000",
  "capacity.intakeConcurrency": String(CLIENTS),
};

/** Builds the stack's regions, waits until they are at rest, and takes them away again. */
export async function inLab<T>(
  stackName: string,
  config: LabStack["config"],
  measure: (world: LabWorld, active: RegionHandle) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const onStep = (line: string): void => console.log(line);
  const stack = labStack(stackName, config);
  await Promise.all([bundleHandlers(), bundleService()]);
  const ports = await claimFreePorts(PORT_SPAN, DEFAULT_PORT);
  const machines = machinesAt({
    engine: stack.settings.database.engine,
    regions: stack.settings.regions,
    basePort: ports.base,
    onStep,
    onEvent: () => undefined,
    // What is denied here is meant to be.
    onRefused: ({ message }) => void (message.includes("explicit deny") || console.error(`AWS would refuse: ${message}`)),
  });
  const stop = (): void => {
    interruption.abort(new Error("interrupted"));
    void machines.close().finally(() => process.exit(130));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const world = await LabWorld.build({ machines, stack, onStep });
    try {
      const { active } = await world.steady(interruption.signal);
      return await measure(world, active);
    } finally {
      await world.close();
    }
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    ports.release();
  }
}
