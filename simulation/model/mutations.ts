/** The system with one of its rules broken: each must be found, or the checkers prove nothing. */
import { REAL, type ScenarioName } from "./scenarios";
import { holdsLink, SERVICES, sorted, withEntry, withLease, withLink, type Service, type Services } from "./services";
import type { System } from "./steps";
import { fenceHolderOf, fenceOf, rowsOf, seqOf, type HeadItem, type Link, type Region } from "./world";

export interface Mutation {
  readonly name: string;
  readonly system: System;
  /** Where it shows. */
  readonly scenario: ScenarioName;
  /** What the checkers must say. */
  readonly symptom: RegExp;
}

const withService = (name: keyof typeof SERVICES, service: Service): System => ({
  ...REAL,
  services: { ...(SERVICES as Services), [name]: service },
});
type Settle = readonly [number, Link, readonly string[]];
const CAME_BACK: ScenarioName = "a writer that was away comes back under the same epoch";
const UNDER_FREEZE: ScenarioName = "a failover, and a function frozen anywhere";
const TWO: ScenarioName = "two orchestrators, one against the other";

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "the ledger settles without looking at its fence",
    scenario: TWO,
    symptom: /behind a fence/,
    system: withService("ledger.settle", (world, { region }, [epoch, head, ids]: Settle) => {
      const { takesWrites, log } = world.copies[region];
      if (!takesWrites) return { refused: "no writer here" };
      if (!holdsLink(log, head)) return { world, value: { astray: true } };
      const fresh = sorted(ids).filter((id) => !rowsOf(log).includes(id));
      const settled = withLink(world, region, seqOf(log) + 1, { settled: fresh, epoch, confirmed: head.seq });
      return { world: settled.world, value: { fresh, link: settled.link } };
    }),
  },
  {
    name: "the ledger inserts a trade that it has",
    scenario: "two processors, a reconciler, an index that is behind",
    symptom: /settled (twice|2 times)/,
    system: withService("ledger.settle", (world, { region }, [epoch, head, ids]: Settle) => {
      const { takesWrites, log } = world.copies[region];
      if (!takesWrites) return { refused: "no writer here" };
      if (fenceOf(log) !== epoch) return { world, value: { fencedAt: fenceOf(log) } };
      if (!holdsLink(log, head)) return { world, value: { astray: true } };
      const settled = withLink(world, region, seqOf(log) + 1, { settled: ids, epoch, confirmed: head.seq });
      return { world: settled.world, value: { fresh: ids, link: settled.link } };
    }),
  },
  {
    name: "the ledger settles on a history that does not hold the head",
    scenario: CAME_BACK,
    symptom: /accepted and is lost/,
    system: withService("ledger.settle", (world, { region }, [epoch, head, ids]: Settle) => {
      const { takesWrites, log } = world.copies[region];
      if (!takesWrites) return { refused: "no writer here" };
      if (fenceOf(log) !== epoch || fenceHolderOf(log) !== region) return { world, value: { fencedAt: fenceOf(log) } };
      const fresh = sorted(ids).filter((id) => !rowsOf(log).includes(id));
      const settled = withLink(world, region, seqOf(log) + 1, { settled: fresh, epoch, confirmed: head.seq });
      return { world: settled.world, value: { fresh, link: settled.link } };
    }),
  },
  {
    name: "the head stays where it is, and marks go beyond it",
    scenario: UNDER_FREEZE,
    symptom: /accepted and is lost/,
    system: withService("chain.advance", (world) => ({ world, value: true })),
  },
  {
    name: "a mark has no condition on the epoch",
    scenario: UNDER_FREEZE,
    symptom: /was overwritten by epoch 1/,
    system: withService("journal.markSettled", (world, _caller, [id, epoch, seq]: readonly [string, number, number]) => ({
      world: withEntry(world, id, { status: "SETTLED", settledEpoch: epoch, settledSeq: seq }),
      value: "marked",
    })),
  },
  {
    name: "the lease is taken without a condition",
    scenario: TWO,
    symptom: /the epoch fell|passed from/,
    system: withService("lease.take", (world, _caller, [holder, expected]: readonly [Region, number]) => {
      const taken = withLease(world, { holder, epoch: expected + 1, renewals: 0 });
      return { world: taken, value: { holder, epoch: expected + 1, renewals: 0 } };
    }),
  },
  {
    name: "a renewal writes back the lease that was read",
    scenario: "the lease moves while both sentinels are at work",
    symptom: /the epoch fell/,
    system: withService("lease.renew", (world, _caller, [holder, epoch]: readonly [Region, number]) => {
      const renewals = world.lease.renewals + 1;
      return { world: withLease(world, { holder, epoch, renewals }), value: { holder, epoch, renewals } };
    }),
  },
  {
    name: "a doubt is forgotten before it is looked at",
    scenario: UNDER_FREEZE,
    symptom: /accepted and is lost/,
    system: withService("chain.replace", (world, caller, [from, { seq, id, epoch, base }]: readonly [HeadItem, HeadItem]) =>
      SERVICES["chain.replace"](world, caller, [from, { seq, id, epoch, base }]),
    ),
  },
  {
    name: "a promotion records nothing before it",
    scenario: UNDER_FREEZE,
    symptom: /which nothing had recorded/,
    system: withService("lease.recordPromotion", (world) => ({ world, value: true })),
  },
  {
    name: "202 comes before the journal has the trade",
    scenario: UNDER_FREEZE,
    symptom: /answered 202 and is not in the journal/,
    system: withService("journal.accept", (world) => ({ world, value: null })),
  },
  {
    name: "a trade is reopened whatever has marked it since",
    scenario: UNDER_FREEZE,
    symptom: /was overwritten by epoch 1/,
    system: withService("journal.reopen", (world, _caller, [id, markedSeq]: readonly [string, number]) => ({
      world: withEntry(world, id, { status: "ACCEPTED", settledEpoch: 1, settledSeq: markedSeq }),
      value: "reopened",
    })),
  },
  {
    name: "the watcher has no patience",
    scenario: "the holder renews: an answer lost anywhere costs no lease",
    symptom: /was started, and the holder renews/,
    system: { ...REAL, tuning: { ...REAL.tuning, leaseLimitMs: 5_000 } },
  },
  {
    name: "the watcher is too patient",
    scenario: "the holder is dead: the other takes the lease in time",
    symptom: /nobody has taken/,
    system: { ...REAL, tuning: { ...REAL.tuning, leaseLengthMs: 60_000 } },
  },
];
