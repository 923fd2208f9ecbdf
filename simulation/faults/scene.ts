import { hook } from "../kernel/hook";
import type { Region } from "../kernel/region";
import type { Person } from "../person";
import type { Environment } from "../services/environment";
import { peerOf } from "../settings";
import type { World } from "../world";
import type { Fault } from "./plan";

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
export function blows(scene: Scene, share: number, choose: (environment: Environment) => "kill" | { freezeMs: number } | undefined): End {
  const { around, kernel } = scene.world;
  const before = around.blow;
  const blow: typeof around.blow = (environment, moment, call) => {
    const earlier = before?.(environment, moment, call);
    if (earlier !== undefined || environment.region !== scene.region || !kernel.random.chance(share)) return earlier;
    const chosen = choose(environment);
    if (chosen !== undefined) scene.hit();
    return chosen;
  };
  around.blow = blow;
  return () => {
    if (around.blow === blow) around.blow = before;
    else share = 0;
  };
}

/** One function freezes in the middle of its work and goes on when its time is long over. */
export function staleActor(scene: Scene): End {
  const { world, fault, region } = scene;
  const { kernel } = world;
  const actors = [
    "trade-processor",
    "trade-processor",
    "database-step",
    "database-step",
    "database-step",
    "lease-step",
    "reconciler",
    "sentinel",
  ];
  const actor = actors[Math.floor(fault.size * actors.length)] ?? "sentinel";
  let left = 1;
  // Early in its work as well as late.
  const end = blows(scene, kernel.random.pick([0.05, 0.1, 0.4]), (environment) => {
    if (left === 0 || environment.functionName !== actor) return undefined;
    left--;
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
  });
  if (actor.endsWith("-step")) scene.person.start("failover", region.name, world.lease.epoch);
  return end;
}
