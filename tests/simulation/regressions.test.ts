import { expect } from "chai";
import { buildSimulation, type Mutation } from "../../simulation/build";
import type { Fault } from "../../simulation/faults/plan";
import { Pool } from "../../simulation/pool";

/** A seed that once failed: the faults that it needed, and what gives the bug back. A seed that no longer meets the bug is to be replaced by one that does. */
interface Regression {
  readonly seed: number;
  readonly story: string;
  readonly faults: readonly Fault[];
  readonly bug: Mutation;
  readonly rule: string;
}

const nameless: Mutation = { file: "handlers/adapters/ledger-sql.ts", find: "AND holder = :region FOR SHARE", replace: "FOR SHARE" };

const REGRESSIONS: readonly Regression[] = [
  {
    seed: 6047,
    story: "a graceful move is cut off, the lease moves on, and the move's last call lands late: two regions settle under one epoch",
    faults: [
      { kind: "events-lost", at: 15906.34210826829, lastsMs: 23199.303058208898, where: 1, size: 0.9649925047997385 },
      { kind: "partition-both-ways", at: 31476.577556692064, lastsMs: 17705.588270910084, where: 1, size: 0.2401606342755258 },
      { kind: "graceful-move", at: 24254.349480383098, lastsMs: 61317.7494504489, where: 0, size: 0.644156739814207 },
    ],
    bug: nameless,
    rule: "only an epoch's holder writes",
  },
  {
    seed: 1499,
    story: "a promotion that was asked for before the lease moved lands after it, and replication has brought the new fence along",
    faults: [{ kind: "stale-actor", at: 16838.50455423817, lastsMs: 47611.015268135816, where: 0, size: 0.32982025970704854 }],
    bug: nameless,
    rule: "only an epoch's holder writes",
  },
];

describe("seeds that once failed", function () {
  this.timeout(300_000);

  for (const { seed, story, faults, bug, rule } of REGRESSIONS) {
    it(`${seed}: ${story}`, async () => {
      const sound = new Pool(await buildSimulation(), 1);
      const sick = new Pool(await buildSimulation(bug), 1);
      try {
        expect((await sound.one(seed, false, { faults })).violations).to.deep.equal([]);
        expect((await sick.one(seed, false, { faults })).violations[0]?.rule).to.equal(rule);
      } finally {
        await Promise.all([sound.close(), sick.close()]);
      }
    });
  }
});
