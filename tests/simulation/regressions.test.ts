import { expect } from "chai";
import { buildSimulation, type Mutation } from "../../simulation/build";
import { FOUND } from "../../simulation/faults/families";
import type { Fault } from "../../simulation/faults/kinds";
import { Pool } from "../../simulation/pool";

/** A seed that once failed. The faults that it needed stand in `faults/families.ts`. */
interface Regression {
  readonly seed: number;
  readonly story: string;
  /**
   * What gives the bug back, and the rule that it breaks: so that these faults still find it, `within` so many seeds (default SICK). Absent where that takes thousands: a fence that names no
   * holder shows only where a processor has frozen after it read the lease, since one that reads another holder settles nothing.
   */
  readonly sick?: { readonly bug: Mutation; readonly rule: string; readonly within?: number };
}

/** Seeds from the one that failed on that must hold: what a seed does shifts with each change of the system's timing. */
const SOUND = 24;
/** Seeds within which the bug, given back, must show. */
const SICK = 600;

const REGRESSIONS: readonly Regression[] = [
  {
    seed: 5968,
    story: "a graceful move is cut off, the lease moves on, and the move's last call lands late: two regions settle under one epoch",
  },
  {
    seed: 1017,
    story: "a promotion that was asked for before the lease moved lands after it, and replication has brought the new fence along",
  },
  {
    seed: 932,
    story: "a hand-over is tried again after its answer was lost, and takes the lease from the region that a person has chosen since",
    sick: {
      bug: {
        file: "components/site/orchestration/switchover.ts",
        find: "? $states.input.expectedEpoch : $states.result.Payload.epoch",
        replace: "? $states.input.expectedEpoch : null",
      },
      rule: "no automatic failback, no flapping",
      // One world in some hundreds loses the very answer that matters.
      within: 3_000,
    },
  },
  {
    seed: 20005959,
    story: "a trade fails because of a restriction, is lost with its ledger's tail and settled anew when the restriction is gone",
    sick: {
      bug: {
        file: "handlers/core/settlement.ts",
        find: "const standing = await ports.journal.decide(settlement);",
        replace: "const standing: Settlement | undefined = settlement;",
      },
      rule: "outcomes never flip",
    },
  },
  {
    seed: 22575,
    story:
      "a promotion lands late and takes the writer away, a later one brings it back under the same epoch, without what was settled meanwhile",
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

  for (const { seed, story, sick } of REGRESSIONS) {
    const faults = FOUND[String(seed)];
    it(`${seed}: ${story}`, async () => {
      if (!faults) throw new Error(`there are no faults of ${seed}`);
      expect((await violated(undefined, seed, SOUND, faults))[0]).to.equal(undefined);
      if (sick) expect((await violated(sick.bug, seed, sick.within ?? SICK, faults))[0]).to.equal(sick.rule);
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
