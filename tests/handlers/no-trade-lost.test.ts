import { expect } from "chai";
import fc from "fast-check";
import { SITES, TwoRegions, type Trouble } from "./two-regions";

const site = fc.constantFrom(...SITES);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ faults: fc.array(fc.constantFrom("none", "before", "after" as const), { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ parkAt: fc.nat(7) }) },
);

type Step = (world: TwoRegions) => Promise<unknown> | void;
const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name });
const show = (...parts: unknown[]): string => parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");

const submit = fc.tuple(site, fc.nat(14), trouble).map(([at, n, t]) => {
  // Ten keys; some are used again with another body.
  const key = `order-${n % 10}`;
  return named(show("submit", at, n, t), (world) => world.submit(at, key, n < 10 ? n + 1 : n + 100, t));
});
const deliver = fc
  .tuple(site, fc.integer({ min: 1, max: 6 }), trouble, fc.boolean())
  .map(([at, count, t, twice]) => named(show("deliver", at, count, t, twice), (world) => world.deliver(at, count, t, twice)));
const reconcile = fc.tuple(site, trouble).map(([at, t]) => named(show("reconcile", at, t), (world) => world.reconcile(at, t)));
const move = fc.oneof(
  fc.nat(4).map((lag) => named(`failover ${lag}`, (world) => world.failover(lag))),
  fc.nat(4).map((lag) => named(`promote ${lag}`, (world) => world.promote(lag))),
  fc.constant(named("take", (world) => world.take())),
  fc.constant(named("switchover", (world) => world.switchover())),
  fc.constant(named("heal", (world) => world.heal())),
  fc.constant(named("raiseFence", (world) => world.raiseFence())),
  fc.constant(named("thaw", (world) => world.thaw())),
);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: submit },
    { weight: 4, arbitrary: deliver },
    { weight: 1, arbitrary: reconcile },
    { weight: 3, arbitrary: move },
  ),
  { minLength: 5, maxLength: 40 },
);

async function endOf(run: readonly Step[], fenced = true): Promise<string[]> {
  const world = new TwoRegions();
  for (const at of SITES) world.ledgers[at].fenced = fenced;
  for (const step of run) await step(world);
  const rested = await world.settleDown();
  return rested ? world.violations() : ["the system did not come to rest", ...world.violations()];
}

describe("whatever fails, freezes, repeats or moves", () => {
  it("no accepted trade is lost, none settles twice, and positions are exact", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        expect(await endOf(run), run.map(String).join("\n")).to.deep.equal([]);
      }),
      { numRuns: 1500 },
    );
  }).timeout(60_000);

  it("without the fence this very test finds settlements by actors whose time is over", async () => {
    const found = await fc.check(
      fc.asyncProperty(steps, async (run) => (await endOf(run, false)).length === 0),
      { numRuns: 5_000, endOnFailure: true },
    );
    expect(found.failed).to.equal(true);
  }).timeout(60_000);

  it("an actor that froze before its settlement and wakes after the failover has no effect that lasts", async () => {
    const world = new TwoRegions();
    await world.submit("east", "one", 1);
    await world.deliver("east", 1, { parkAt: 1 });
    await world.failover(0);
    await world.reconcile("west", {}, 2);
    await world.thaw();
    expect(world.ledgers.east.rows.size, "the left copy took it").to.equal(1);
    expect([...world.journal.entries.values()][0]?.settledEpoch).to.equal(1);
    expect(await world.settleDown()).to.equal(true);
    expect(world.violations()).to.deep.equal([]);
    expect([...world.journal.entries.values()][0]?.settledEpoch).to.equal(2);
  });

  it("a settlement that replication had not carried over is replayed", async () => {
    const world = new TwoRegions();
    for (let n = 1; n <= 7; n++) {
      await world.submit("east", `order-${n}`, n);
      await world.deliver("east", 1);
    }
    await world.failover(4);
    expect(world.ledgers.west.rows.size).to.equal(3);
    const result = await world.reconcile("west", {}, 2);
    expect(result).to.deep.include({ done: true, replayed: 4 });
    expect(await world.settleDown()).to.equal(true);
    expect(world.violations()).to.deep.equal([]);
  });

  it("an old region's queue that comes back announces nothing a second time", async () => {
    const world = new TwoRegions();
    for (let n = 1; n <= 5; n++) await world.submit("east", `order-${n}`, n);
    await world.failover(0);
    const old = [...world.queues.of("east")];
    expect(await world.settleDown()).to.equal(true);
    const announced = [...world.effects.announced];
    world.queues.of("east").push(...old, ...old);
    expect(await world.settleDown()).to.equal(true);
    expect(world.effects.announced).to.deep.equal(announced);
    expect(world.violations()).to.deep.equal([]);
  });
});
