/** Breadth-first search of everything that may happen: the first violation found is one of the shortest. */
import { wrongAtRest, wrongInStep, wrongInWorld } from "./invariants";
import { STARTERS, recovered, type Machines } from "./rest";
import { isAtRest, stepsFrom, type Model, type State } from "./steps";
import type { World } from "./world";

export interface Scenario {
  readonly name: string;
  readonly model: Model;
  readonly first: World;
  /** The machine that a person starts where recovery needs one; absent: the scenario is not about recovery. */
  readonly machines?: Machines;
  /** What must also be true on each step, and at rest. */
  readonly wrongInStep?: (before: World, after: World) => string[];
  readonly wrongAtRest?: (world: World) => string[];
  /** More states than this, and the bounds were chosen badly: an error, never a quiet stop. */
  readonly statesAtMost: number;
}

export interface Violation {
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
}
export interface Explored {
  readonly states: number;
  readonly steps: number;
  readonly worlds: number;
  /** States at rest from which recovery was run. */
  readonly rests: number;
  readonly highestEpoch: number;
  /** True if all faults that the bounds allow did happen in one run. */
  readonly faultsSpent: boolean;
  readonly violation?: Violation;
}

class Interned {
  private readonly ids = new Map<string, number>();
  private readonly byObject = new WeakMap<object, number>();
  get size(): number {
    return this.ids.size;
  }
  idOf(value: object): number {
    const known = this.byObject.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    let id = this.ids.get(text);
    if (id === undefined) this.ids.set(text, (id = this.ids.size));
    this.byObject.set(value, id);
    return id;
  }
}

/** The order of ghosts and of what lingers says nothing: without it, equal worlds look equal. */
function keyOf({ world, slots, ghosts }: State, worlds: Interned, memories: Interned): string {
  const own = slots.map(({ memory, running }) => `${memories.idOf([memory])}.${running?.node.id ?? "-"}`);
  const others = ghosts.map(({ actor, node }) => `${actor}.${node.id}`).sort();
  return [worlds.idOf(world), ...own, ...others].join(" ");
}

/** The steps that lead to the state `last`, found by walking the way again. */
async function traceOf(
  model: Model,
  first: State,
  parents: readonly number[],
  ordinals: readonly number[],
  last: number,
): Promise<string[]> {
  const way: number[] = [];
  for (let at = last; at > 0; at = parents[at] as number) way.unshift(ordinals[at] as number);
  const trace: string[] = [];
  let state = first;
  for (const ordinal of way) {
    const step = (await stepsFrom(model, state))[ordinal];
    if (!step) throw new Error("the way back differs from the way there");
    trace.push(step.label);
    state = step.state;
  }
  return trace;
}

/** Explores the scenario to the end, or to its first violation. Rejects when it has more states than it should. */
export async function explore(scenario: Scenario): Promise<Explored> {
  const { model, machines } = scenario;
  const slots = await Promise.all(model.actors.map(async (actor) => ({ memory: await actor.initial() })));
  const first: State = { world: scenario.first, slots, ghosts: [] };
  const [worlds, memories] = [new Interned(), new Interned()];
  const seen = new Set([keyOf(first, worlds, memories)]);
  const parents = [0];
  const ordinals = [0];
  const queue: { state: State; at: number }[] = [{ state: first, at: 0 }];
  const judged = new Set<number>();
  const rested = new Set<number>();
  const counts = { steps: 0, highestEpoch: 0, faultsSpent: false };
  const found = (violation?: Violation): Explored => ({
    states: seen.size,
    worlds: worlds.size,
    rests: rested.size,
    ...counts,
    ...(violation ? { violation } : {}),
  });

  for (let head = 0; head < queue.length; head++) {
    const { state, at } = queue[head] as { state: State; at: number };
    queue[head] = undefined as never;
    const world = worlds.idOf(state.world);
    counts.highestEpoch = Math.max(counts.highestEpoch, state.world.lease.epoch);
    counts.faultsSpent ||= Object.values(state.world.budget).every((left) => left === 0);
    if (isAtRest(model, state) && !rested.has(world)) {
      rested.add(world);
      const own = scenario.wrongAtRest?.(state.world) ?? [];
      if (own.length > 0) return found({ wrong: own, trace: await traceOf(model, first, parents, ordinals, at) });
      for (const starter of machines ? STARTERS : []) {
        const after: string[] = [];
        const wrong = wrongAtRest(await recovered(model, machines as Machines, state.world, starter, after));
        if (wrong.length > 0) return found({ wrong, trace: [...(await traceOf(model, first, parents, ordinals, at)), ...after] });
      }
    }
    for (const [ordinal, { state: next }] of (await stepsFrom(model, state)).entries()) {
      counts.steps++;
      const key = keyOf(next, worlds, memories);
      const wrong = [...wrongInStep(state.world, next.world), ...(scenario.wrongInStep?.(state.world, next.world) ?? [])];
      const reached = worlds.idOf(next.world);
      if (!judged.has(reached)) {
        judged.add(reached);
        wrong.push(...wrongInWorld(next.world));
      }
      if (seen.has(key) && wrong.length === 0) continue;
      seen.add(key);
      parents.push(at);
      ordinals.push(ordinal);
      if (wrong.length > 0) return found({ wrong, trace: await traceOf(model, first, parents, ordinals, parents.length - 1) });
      queue.push({ state: next, at: parents.length - 1 });
      if (seen.size > scenario.statesAtMost) throw new Error(`${scenario.name} has more than ${scenario.statesAtMost} states`);
    }
  }
  return found();
}
