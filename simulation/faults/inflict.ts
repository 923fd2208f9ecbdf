import { hook } from "../kernel/hook";
import { OUTSIDE } from "../kernel/network";
import type { Person } from "../person";
import { peerOf, WITNESS } from "../settings";
import type { World } from "../world";
import { DEADLY, type Fault, type FaultKind } from "./kinds";
import { COMMON_CAUSES } from "./common-causes";
import { blows, bothWays, cut, down, nothing, staleActor, whenReached, type End, type Scene } from "./scene";

const INFLICT: Readonly<Record<FaultKind, (scene: Scene) => End>> = {
  "region-crash": (scene) => down(scene, scene.region, "crash"),
  "region-hang": (scene) => down(scene, scene.region, "hang"),
  "slow-region": ({ region, fault, hit, world }) => {
    const slowMs = 200 + fault.size * 3_000;
    region.slowMs += slowMs;
    world.network.onSlow = hit;
    return () => (region.slowMs -= slowMs);
  },
  "partition-one-way": (scene) => {
    const { region, other, fault } = scene;
    const links: [string, string][] = [[region.name, other.name]];
    if (fault.size > 0.4) links.push([region.name, WITNESS]);
    return cut(scene, fault.size > 0.7 ? links.map(([a, b]) => [b, a]) : links);
  },
  "partition-both-ways": (scene) => {
    const { region, other, fault } = scene;
    // From the peer alone, or from everything but its clients, or from all.
    return cut(scene, [
      ...bothWays(region.name, other.name),
      ...(fault.size > 0.3 ? bothWays(region.name, WITNESS) : []),
      ...(fault.size > 0.7 ? bothWays(OUTSIDE, region.name) : []),
    ]);
  },
  "clients-cut-off": (scene) => cut(scene, bothWays(OUTSIDE, scene.region.name)),
  "witness-loss": (scene) => {
    const strong = scene.world.table("trade-lease");
    const before = strong.served;
    const end = down(scene, scene.world.region(WITNESS), "crash");
    return () => {
      end();
      // It has met something if a write had to do without the witness.
      if (strong.served > before) scene.hit();
    };
  },
  "witness-and-region-loss": (scene) => {
    const ends = [down(scene, scene.world.region(WITNESS), "crash"), down(scene, scene.region, scene.fault.size < 0.5 ? "crash" : "hang")];
    return () => ends.forEach((end) => end());
  },
  "database-failure": ({ world, region, hit }) => {
    const member = world.database.memberOf(region.name);
    if (member.broken) return nothing;
    member.broken = true;
    world.database.onBroken = hit;
    member.copy.drop();
    return () => (member.broken = false);
  },
  "pollers-dead": ({ world, region, hit }) => {
    const { queue } = world.siteOf(region.name);
    queue.pollersDead = true;
    queue.onUnpolled = hit;
    return () => {
      queue.pollersDead = false;
      queue.pollIn(100);
    };
  },
  "checkers-flapping": ({ world, fault, hit }) => {
    world.names.flapping = 0.5 + fault.size / 2;
    world.names.makeLiars(fault.size < 0.5 ? 1 : 2);
    world.names.onLie = hit;
    return () => {
      world.names.flapping = 0;
    };
  },
  "failover-twice": ({ world, person, region, other, fault, hit }) => {
    const { epoch } = world.lease;
    const target = fault.size < 0.7 ? other.name : region.name;
    person.start("failover", target, epoch);
    // Often at the same moment, or nearly.
    world.kernel.after(fault.size < 0.6 ? fault.size * 50 : fault.size * 3_000, () => {
      person.start("failover", fault.size < 0.2 ? target : peerOf(target), epoch);
      hit();
    });
    return nothing;
  },
  "failover-during-switchover": ({ world, person, fault, hit }) => {
    const from = world.lease.holder;
    person.moveOver();
    world.kernel.after(300 + fault.size * 15_000, () => {
      const moving = world.siteOf(peerOf(from)).machines.running("switchover").length > 0;
      person.start("failover", fault.size < 0.6 ? from : peerOf(from));
      if (moving) hit();
    });
    return nothing;
  },
  "graceful-move": ({ person, hit }) => {
    person.moveOver();
    hit();
    return nothing;
  },
  "orchestrator-killed": ({ world, person, fault, hit }) => {
    let states = Math.floor(fault.size * 24);
    const { machines } = world.siteOf(peerOf(world.lease.holder));
    hook(machines, "interrupt", ({ machine }) => {
      if (machine === "readiness" || states-- !== 0) return false;
      hit();
      return true;
    });
    person.start(fault.size * 7 - Math.floor(fault.size * 7) < 0.6 ? "failover" : "switchover", peerOf(world.lease.holder));
    return () => (machines.interrupt = undefined);
  },
  "old-messages": (scene) => {
    // What is in the queue stays there while its region is gone, and is delivered when everything has been settled elsewhere.
    const { world, region, fault, hit } = scene;
    const { queue } = world.siteOf(region.name);
    queue.pollersDead = true;
    let ended: End = nothing;
    let over = false;
    world.kernel.after(Math.min(8_000 + fault.size * 10_000, fault.lastsMs / 2), () => {
      if (!over) ended = down({ ...scene, hit: () => undefined }, region, fault.size < 0.5 ? "crash" : "hang");
    });
    hook(queue, "onDelivered", (bodies) => {
      const old = bodies.some((body) => world.table("trade-journal").peek(idIn(body))?.status === "SETTLED");
      if (old) hit();
    });
    return () => {
      over = true;
      ended();
      queue.pollersDead = false;
      queue.pollIn(100);
    };
  },
  "stale-actor": staleActor,
  "function-killed": (scene) => blows(scene, 0.01 + scene.fault.size * 0.15, () => "kill"),
  "function-frozen": (scene) =>
    blows(scene, 0.005 + scene.fault.size * 0.05, () => ({ freezeMs: scene.world.kernel.random.between(200, 40_000) })),
  "clock-jump": ({ world, region, fault, hit }) => {
    // A clock that is set again and again: by a second up to ten minutes, either way; small steps as likely as large ones.
    const { kernel } = world;
    let off = 0;
    let over = false;
    const jump = (): void => {
      if (over) return;
      const ms = (kernel.random.chance(0.5) ? -1 : 1) * 1_000 * 600 ** kernel.random.next();
      // Never further away than that in all.
      const next = Math.max(-600_000, Math.min(600_000, off + ms));
      region.jump(next - off);
      off = next;
      hit();
      kernel.after(2_000 + fault.size * 20_000, jump);
    };
    jump();
    return () => {
      over = true;
      region.jump(-off);
    };
  },
  "clock-drift": ({ region, fault, hit }) => {
    // The clock's reading goes on from where it is, at another speed.
    region.drift(1 + (fault.size - 0.5) / 10);
    hit();
    return () => region.drift(1);
  },
  "poison-trade": ({ world, region, fault, hit }) => {
    const { queue } = world.siteOf(region.name);
    // It has been delivered some times already: the last delivery is not far.
    queue.add(fault.size < 0.5 ? "this is no trade" : JSON.stringify({ tradeId: "x", accountId: 7 }), 8);
    const members = [...world.database.members.values()];
    const first = [...world.table("trade-journal").all().values()].find(({ status }) => status === "ACCEPTED");
    if (first) for (const { copy } of members) copy.refused.add(String(first.tradeId));
    hit();
    return () => {
      for (const { copy } of members) copy.refused.clear();
    };
  },
  throttling: ({ world, region, fault, hit }) => {
    const share = 0.05 + fault.size * 0.5;
    region.throttled += share;
    world.kernel.onStrike.set("call-throttled", hit);
    return () => (region.throttled = Math.max(0, region.throttled - share));
  },
  "ambiguous-writes": ({ world, region, fault, hit }) => {
    const share = 0.05 + fault.size * 0.4;
    region.ambiguous += share;
    world.kernel.onStrike.set("answer-unknown", hit);
    return () => (region.ambiguous = Math.max(0, region.ambiguous - share));
  },
  "replication-lag": ({ world, fault, hit }) => {
    const { lag } = world.database;
    world.database.lag = [3_000 + fault.size * 5_000, 8_000 + fault.size * 12_000];
    hit();
    return () => (world.database.lag = lag);
  },
  ...COMMON_CAUSES,
  "events-lost": ({ world, region, fault, hit }) => {
    const { events } = world.siteOf(region.name);
    events.loss = 0.3 + fault.size * 0.7;
    world.kernel.onStrike.set("event-lost", hit);
    return () => (events.loss = 0);
  },
};

const idIn = (body: string): string => /"tradeId":"([0-9a-f]{32})"/.exec(body)?.[1] ?? "";

/** Brings the planned faults about, each at its time; answers what ends those that are still on. */
export function inflict(world: World, person: Person, faults: readonly Fault[]): () => void {
  const { kernel, around } = world;
  const open = new Set<End>();
  let over = false;
  const begin = (fault: Fault, number: number): void => {
    if (over) return;
    const active = world.lease.holder;
    const region = world.region(fault.where === 0 ? active : peerOf(active));
    let struck = false;
    const hit = (): void => {
      if (!struck) kernel.strike(fault.kind);
      struck = true;
    };
    kernel.trace("FAULT", fault.kind, `${region.name} for ${Math.round(fault.lastsMs)} ms, size ${fault.size.toFixed(3)}`);
    const steps = world.stepsMetBy(fault.kind);
    around.meeting.add(steps);
    const deadly = DEADLY[fault.kind];
    const deadlyTo = deadly === undefined ? [] : deadly === "region" ? [region.name] : [region.name, peerOf(region.name)];
    kernel.observer.fault(number, true, deadlyTo);
    const end = INFLICT[fault.kind]({ world, person, fault, region, other: world.region(peerOf(region.name)), hit });
    const once: End = () => {
      if (!open.delete(once)) return;
      kernel.trace("FAULT", "over", fault.kind);
      around.meeting.delete(steps);
      kernel.observer.fault(number, false, deadlyTo);
      end();
    };
    open.add(once);
    kernel.after(fault.lastsMs, once);
  };
  for (const [number, fault] of faults.entries()) {
    kernel.after(fault.at, () => {
      if (!fault.when) return begin(fault, number);
      let begun = false;
      const once = (): undefined => {
        if (begun) return;
        begun = true;
        // In an event of its own: the effect that comes next is the first that meets it, or the last that does not.
        kernel.after(0, () => begin(fault, number));
      };
      const { actor, progress } = fault.when;
      const unwatched = whenReached(world, actor, progress, () => true, once);
      // A moment that does not come is not waited for.
      kernel.after(fault.lastsMs, () => {
        unwatched();
        once();
      });
    });
  }
  return () => {
    over = true;
    for (const end of [...open]) end();
  };
}
