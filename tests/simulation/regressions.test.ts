import { expect } from "chai";
import { buildSimulation, type Mutation } from "../../simulation/build";
import type { Fault } from "../../simulation/faults/plan";
import { Pool } from "../../simulation/pool";

/** A seed that once failed, and the faults that it needed. */
interface Regression {
  readonly seed: number;
  readonly story: string;
  readonly faults: readonly Fault[];
  /** What gives the bug back, and the rule that it breaks: so that these faults still find it. Absent where that takes thousands of seeds. */
  readonly sick?: { readonly bug: Mutation; readonly rule: string };
}

/** Seeds from the one that failed on that must hold: what a seed does shifts with each change of the system's timing. */
const SOUND = 24;
/** Seeds within which the bug, given back, must show. */
const SICK = 600;

const nameless: Mutation = { file: "handlers/trade/ledger-sql.ts", find: "AND holder = :region\n    AND EXISTS", replace: "AND EXISTS" };

const REGRESSIONS: readonly Regression[] = [
  {
    seed: 5968,
    story: "a graceful move is cut off, the lease moves on, and the move's last call lands late: two regions settle under one epoch",
    faults: [
      { kind: "events-lost", at: 15906.34210826829, lastsMs: 23199.303058208898, where: 1, size: 0.9649925047997385 },
      { kind: "partition-both-ways", at: 31476.577556692064, lastsMs: 17705.588270910084, where: 1, size: 0.2401606342755258 },
      { kind: "graceful-move", at: 24254.349480383098, lastsMs: 61317.7494504489, where: 0, size: 0.644156739814207 },
    ],
    sick: { bug: nameless, rule: "only an epoch's holder writes" },
  },
  {
    seed: 1017,
    story: "a promotion that was asked for before the lease moved lands after it, and replication has brought the new fence along",
    faults: [{ kind: "stale-actor", at: 16838.50455423817, lastsMs: 47611.015268135816, where: 0, size: 0.32982025970704854 }],
    sick: { bug: nameless, rule: "only an epoch's holder writes" },
  },
  {
    seed: 932,
    story: "a hand-over is tried again after its answer was lost, and takes the lease from the region that a person has chosen since",
    faults: [
      { kind: "failover-during-switchover", at: 49405.23335849866, lastsMs: 54754.28660935722, where: 0, size: 0.8073539847973734 },
      { kind: "graceful-move", at: 55240.1078059338, lastsMs: 41747.53152905032, where: 0, size: 0.8680067530367523 },
      { kind: "function-killed", at: 42618.53437591344, lastsMs: 33091.080606216565, where: 0, size: 0.8386326024774462 },
    ],
  },
  {
    seed: 22575,
    story:
      "a promotion lands late and takes the writer away, a later one brings it back under the same epoch, without what was settled meanwhile",
    faults: [
      { kind: "stale-actor", at: 19656.33785352111, lastsMs: 28570.24477981031, where: 0, size: 0.48270747857168317 },
      { kind: "graceful-move", at: 27370.41585613042, lastsMs: 19837.314246688038, where: 0, size: 0.32314979773946106 },
    ],
    sick: {
      bug: {
        file: "handlers/core/chain.ts",
        find: "return { ...link, epoch, base: link.seq, doubt };",
        replace: "return { ...link, epoch, base: link.seq };",
      },
      rule: "comes to rest",
    },
  },
];

describe("seeds that once failed", function () {
  this.timeout(300_000);

  for (const { seed, story, faults, sick } of REGRESSIONS) {
    it(`${seed}: ${story}`, async () => {
      expect((await violated(undefined, seed, SOUND, faults))[0]).to.equal(undefined);
      if (sick) expect((await violated(sick.bug, seed, SICK, faults))[0]).to.equal(sick.rule);
    });
  }
});

/** Rules broken by the first seeds that break one. */
async function violated(bug: Mutation | undefined, from: number, seeds: number, faults: readonly Fault[]): Promise<string[]> {
  const pool = new Pool(await buildSimulation(bug), 2);
  const rules: string[] = [];
  try {
    await pool.run(
      from,
      seeds,
      (results) => {
        rules.push(...results.flatMap(({ violations }) => violations[0]?.rule ?? []));
        return rules.length > 0 ? "enough" : undefined;
      },
      { faults },
    );
  } finally {
    await pool.close();
  }
  return rules;
}
