/** All that may happen next in a state: the heart of the search. */
import type { Actor } from "./actors";
import { databaseHappenings } from "./database";
import { programOf, type Tuning } from "./invocations";
import type { Node, PendingCall, Replays } from "./replay";
import { changesSomething, mayBeStale, type Caller, type Service, type Services } from "./services";
import { REGIONS, type Lingering, type Region, type World } from "./world";

/** The system as it is modelled; a mutation is another one. */
export interface System {
  readonly services: Services;
  readonly tuning: Tuning;
}

/** An invocation that is under way. */
export interface Running {
  readonly node: Node;
  readonly region: Region;
  /** The epoch in its input; 0 where it has none. */
  readonly epoch: number;
}
export interface Slot {
  readonly memory: unknown;
  readonly running?: Running;
}
export interface State {
  readonly world: World;
  /** One for each actor, in the scenario's order. */
  readonly slots: readonly Slot[];
  /** Invocations that were given up by who started them, and go on nevertheless, whenever they like. */
  readonly ghosts: readonly (Running & { readonly actor: string })[];
}
export interface Step {
  readonly label: string;
  readonly state: State;
}

export interface Model {
  readonly actors: readonly Actor[];
  readonly system: System;
  readonly replays: Replays;
  /** Length of a tick and the last moment, milliseconds; absent in models without time. */
  readonly ticking?: { readonly tickMs: number; readonly horizonMs: number };
}

interface Reply {
  readonly label: string;
  readonly world: World;
  readonly node: Node;
}

const spend = (world: World, kind: keyof World["budget"]): World => ({
  ...world,
  budget: { ...world.budget, [kind]: world.budget[kind] - 1 },
});
const withSlot = (state: State, at: number, slot: Slot, world: World): State => ({
  ...state,
  world,
  slots: state.slots.map((old, i) => (i === at ? slot : old)),
});
const show = (args: readonly unknown[]): string => args.map((arg) => JSON.stringify(arg)).join(", ");

function serviceNamed(system: System, name: string): Service {
  const service = system.services[name];
  if (!service) throw new Error(`the model has no ${name}`);
  return service;
}

/** Every way in which a service may answer one call. */
async function replies(model: Model, world: World, call: PendingCall, running: Running, caller: Caller): Promise<Reply[]> {
  const { replays, system } = model;
  const { service, method, args, index } = call;
  const at = world.time;
  if (service === "clock") {
    // Without time nobody's deadline passes: a call that is late is one whose answer is lost.
    if (!model.ticking || world.time < call.issuedAt + (args[0] as number)) return [];
    return [{ label: "wakes", world, node: await replays.answer(running.node, index, { at }) }];
  }
  const name = `${service}.${method}`;
  const label = `${name}(${show(args)})`;
  const served = serviceNamed(system, name)(world, caller, args as never);
  const failed = () => replays.answer(running.node, index, { at, failed: true });
  const found: Reply[] =
    "refused" in served
      ? [{ label: `${label} refused: ${served.refused}`, world, node: await failed() }]
      : [
          {
            label: `${label} → ${JSON.stringify(served.value)}`,
            world: served.world,
            node: await replays.answer(running.node, index, { at, value: served.value }),
          },
        ];
  if (world.budget.lostAnswers > 0) {
    const spent = spend(world, "lostAnswers");
    // The write may take effect at any later time, at once, or never.
    const lingering: readonly Lingering[] = [...world.lingering, { ...caller, service, method, args }];
    if (!changesSomething(name)) found.push({ label: `${label}: no answer`, world: spent, node: await failed() });
    else if (!("refused" in served))
      found.push({ label: `${label}: no answer, still on its way`, world: { ...spent, lingering }, node: await failed() });
  }
  if (world.budget.staleReads > 0 && mayBeStale(name)) {
    const node = await replays.answer(running.node, index, { at, value: [] });
    found.push({ label: `${label} → [], the index is behind`, world: spend(world, "staleReads"), node });
  }
  return found;
}

const isDead = (world: World, region: Region | undefined): boolean => region !== undefined && world.dead.includes(region);

async function ended(actor: Actor, slot: Slot, world: World, node: Node): Promise<{ label: string; world: World; slot: Slot }[]> {
  if (!node.ended) throw new Error("not ended");
  const consequences = await actor.ends(world, slot.memory as never, node.ended);
  return consequences.map(({ label, world: after, memory }) => ({ label, world: after, slot: { memory } }));
}

async function stepsOf(model: Model, state: State, at: number): Promise<Step[]> {
  const { world } = state;
  const actor = model.actors[at] as Actor;
  const slot = state.slots[at] as Slot;
  if (isDead(world, actor.region)) return [];
  const steps: Step[] = [];
  const { running } = slot;
  if (!running) {
    for (const { label, world: after, memory, invocation, region } of actor.begins(world, slot.memory as never)) {
      const key = `${region} ${JSON.stringify(invocation)}`;
      if (isDead(world, region)) {
        for (const { label: then, world: w, memory: m } of await actor.ends(after, memory as never, { error: "that region is dead" }))
          steps.push({ label: `${actor.name}: ${label}: ${then}`, state: withSlot(state, at, { memory: m }, w) });
        continue;
      }
      const node = await model.replays.start(key, programOf(invocation, region, model.system.tuning), world.time);
      const started: Slot = { memory, running: { node, region, epoch: Number(invocation.payload.epoch ?? 0) } };
      steps.push({ label: `${actor.name}: ${label}`, state: withSlot(state, at, started, after) });
    }
    return steps;
  }
  if (isDead(world, running.region)) {
    const ends = await actor.ends(world, slot.memory as never, { error: "that region has died" });
    return ends.map((end) => ({ label: `${actor.name}: ${end.label}`, state: withSlot(state, at, { memory: end.memory }, end.world) }));
  }
  const caller: Caller = { actor: actor.name, region: running.region, epoch: running.epoch };
  for (const call of running.node.calls) {
    for (const { label, world: after, node } of await replies(model, world, call, running, caller)) {
      const text = `${actor.name}: ${label}`;
      if (!node.ended) steps.push({ label: text, state: withSlot(state, at, { ...slot, running: { ...running, node } }, after) });
      else
        for (const end of await ended(actor, slot, after, node))
          steps.push({ label: `${text}; ${end.label}`, state: withSlot(state, at, end.slot, end.world) });
    }
  }
  if (world.budget.timeouts > 0) {
    // Killed or frozen: whoever started it goes on without it; it may go on too, whenever, or never.
    const spent = spend(world, "timeouts");
    for (const { label, world: after, memory } of await actor.ends(spent, slot.memory as never, { error: "timed out" })) {
      const ghosts = [...state.ghosts, { ...running, actor: actor.name }];
      steps.push({ label: `${actor.name}: frozen; ${label}`, state: { ...withSlot(state, at, { memory }, after), ghosts } });
    }
  }
  return steps;
}

async function ghostSteps(model: Model, state: State): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [at, ghost] of state.ghosts.entries()) {
    if (isDead(state.world, ghost.region)) continue;
    for (const call of ghost.node.calls) {
      for (const { label, world, node } of await replies(model, state.world, call, ghost, ghost)) {
        const ghosts = node.ended
          ? state.ghosts.filter((_, i) => i !== at)
          : state.ghosts.map((old, i) => (i === at ? { ...ghost, node } : old));
        steps.push({ label: `${ghost.actor}, thawed: ${label}`, state: { ...state, world, ghosts } });
      }
    }
  }
  return steps;
}

function happenings({ system }: Model, { world }: State): { label: string; world: World }[] {
  const arrived = world.lingering.flatMap((late, at) => {
    const without = { ...world, lingering: world.lingering.filter((_, i) => i !== at) };
    const served = serviceNamed(system, `${late.service}.${late.method}`)(without, late, late.args as never);
    return "refused" in served
      ? []
      : [{ label: `late: ${late.actor}: ${late.service}.${late.method}(${show(late.args)})`, world: served.world }];
  });
  const deaths =
    world.budget.deaths > 0
      ? REGIONS.map((region) => ({ label: `${region} dies`, world: { ...spend(world, "deaths"), dead: [...world.dead, region] } }))
      : [];
  return [...databaseHappenings(world), ...arrived, ...deaths];
}

/** Every step from `state`, in an order that is always the same. */
export async function stepsFrom(model: Model, state: State): Promise<Step[]> {
  const acted: Step[] = [];
  for (const at of model.actors.keys()) acted.push(...(await stepsOf(model, state, at)));
  const steps = [...acted, ...(await ghostSteps(model, state))];
  steps.push(...happenings(model, state).map(({ label, world }) => ({ label, state: { ...state, world } })));
  // Who can act acts at once: time passes when all wait. Ghosts may take their time.
  const { ticking } = model;
  const waits = acted.every(({ state: after }) => after.ghosts.length > state.ghosts.length);
  if (ticking && waits && state.world.time < ticking.horizonMs) {
    const time = state.world.time + ticking.tickMs;
    steps.push({ label: `— ${time} ms —`, state: { ...state, world: { ...state.world, time } } });
  }
  return steps;
}

/** Nobody has anything under way or to begin: what is left undone now stays undone, unless something is started anew. */
export function isAtRest({ actors, ticking }: Model, { world, slots }: State): boolean {
  if (world.move !== null || (ticking && world.time < ticking.horizonMs)) return false;
  // At the end of time who sleeps is at rest.
  const sleeps = ({ node }: Running): boolean =>
    ticking !== undefined &&
    node.calls.every(({ service, issuedAt, args }) => service === "clock" && world.time < issuedAt + (args[0] as number));
  return actors.every((actor, i) => {
    const { memory, running } = slots[i] as Slot;
    if (isDead(world, actor.region)) return true;
    return running ? sleeps(running) : actor.begins(world, memory as never).length === 0;
  });
}
