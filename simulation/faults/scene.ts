import { hook } from "../kernel/hook";
import type { Region } from "../kernel/region";
import type { Person } from "../person";
import type { Blow, Environment } from "../services/environment";
import { peerOf } from "../settings";
import type { World } from "../world";
import type { Fault } from "./kinds";

/** Ends a fault; what it broke is whole again, and the system has to find its way back by itself. */
export type End = () => void;

export interface Scene {
  readonly world: World;
  readonly person: Person;
  readonly fault: Fault;
  /** The region that the fault is about. */
  readonly region: Region;
  readonly other: Region;
  /** Called when the fault has really met something. Counts once. */
  readonly hit: () => void;
}

export const nothing: End = () => undefined;

/** Calls `hit` for the calls that did not come through, as long as `matters` says so. */
function watchCalls({ world, hit }: Scene, matters: (from: string, to: string, cause: string) => boolean): End {
  let on = true;
  const { onHit } = world.network;
  hook(world.network, "onHit", (from, to, cause) => {
    onHit(from, to, cause);
    if (on && matters(from, to, cause)) hit();
  });
  return () => (on = false);
}

export function down(scene: Scene, region: Region, how: "crash" | "hang"): End {
  if (region.health !== "up") return nothing;
  const watched = watchCalls(scene, (from, to, cause) => cause !== "cut" && (to === region.name || from === region.name));
  region[how]();
  return () => {
    watched();
    region.restore();
  };
}

export function cut(scene: Scene, links: readonly (readonly [string, string])[]): End {
  const { network } = scene.world;
  const watched = watchCalls(
    scene,
    (from, to, cause) => cause === "cut" && links.some(([a, b]) => (a === from && b === to) || (a === to && b === from)),
  );
  for (const [from, to] of links) network.cut(from, to);
  return () => {
    watched();
    for (const [from, to] of links) network.mend(from, to);
  };
}

export const bothWays = (a: string, b: string): [string, string][] => [
  [a, b],
  [b, a],
];

/** Something befalls functions between two effects, as often as `share` says, in `region`. */
export function blows(scene: Scene, share: number, choose: () => Blow): End {
  const { around, kernel } = scene.world;
  const blow = (environment: Environment): Blow => {
    if (environment.region !== scene.region || !kernel.random.chance(share)) return undefined;
    scene.hit();
    return choose();
  };
  around.blows.add(blow);
  return () => void around.blows.delete(blow);
}

/** Moments of an invocation, until one has shown how many there are. A sentinel's run has hundreds, of which one tick is as good as any other. */
const LENGTHS: Readonly<Record<string, number>> = {
  "trade-processor": 40,
  "database-step": 10,
  "lease-step": 6,
  reconciler: 20,
  sentinel: 24,
  "trade-intake": 4,
};

/**
 * Once, when `actor` is so far in its work: 0 its first moment between two effects, 1 its last. Late moments come as often as early ones.
 * An invocation that ends sooner than expected tells how long the next will be.
 */
export function whenReached(
  { around }: World,
  actor: string,
  progress: number,
  matters: (environment: Environment) => boolean,
  act: (environment: Environment) => Blow,
): End {
  const end = (): void => void around.blows.delete(blow);
  const blow = (environment: Environment): Blow => {
    if (environment.functionName !== actor || !matters(environment)) return undefined;
    const expected = LENGTHS[actor] ?? 10;
    const length = actor === "sentinel" ? expected : (around.lengths.get(actor) ?? expected);
    if (environment.moments <= Math.floor(progress * length)) return undefined;
    end();
    return act(environment);
  };
  around.blows.add(blow);
  return end;
}

const STALE_ACTORS = [
  "trade-processor",
  "trade-processor",
  "database-step",
  "database-step",
  "database-step",
  "lease-step",
  "reconciler",
  "sentinel",
];

/** One function freezes in the middle of its work and goes on when its time is long over. */
export function staleActor(scene: Scene): End {
  const { world, fault, region } = scene;
  const { kernel } = world;
  const actor = STALE_ACTORS[Math.floor(fault.size * STALE_ACTORS.length)] ?? "sentinel";
  const freeze = (environment: Environment): Blow => {
    const { epoch } = world.lease;
    const forHours = kernel.random.chance(0.005);
    const freezeMs = forHours ? kernel.random.between(3_600_000, 4_500_000) : kernel.random.between(15_000, 90_000);
    // It is stale when it goes on after the lease has moved.
    kernel.after(freezeMs, () => {
      if (environment.dead || world.lease.epoch <= epoch) return;
      kernel.strike("stale-actor");
      if (forHours) kernel.strike("stale-for-hours");
    });
    if (kernel.random.chance(0.8))
      kernel.after(kernel.random.between(500, 8_000), () => scene.person.start("failover", peerOf(region.name)));
    return { freezeMs };
  };
  const end = whenReached(world, actor, kernel.random.next(), (environment) => environment.region === region, freeze);
  if (actor.endsWith("-step")) scene.person.start("failover", region.name, world.lease.epoch);
  return end;
}
