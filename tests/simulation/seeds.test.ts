import { availableParallelism } from "node:os";
import { expect } from "chai";
import { buildSimulation } from "../../simulation/build";
import { FAULT_KINDS } from "../../simulation/faults/kinds";
import { Pool } from "../../simulation/pool";
import type { Result } from "../../simulation/run";
import { shrink } from "../../simulation/shrink";

const SEEDS = 500;

/** A failing seed as a person needs it: what broke, and by which faults. */
async function story(failed: Result, pool: Pool): Promise<string> {
  const { result } = await shrink(failed, (chosen) => pool.one(failed.seed, false, { chosen }));
  const [first] = failed.violations;
  return `seed ${failed.seed}: ${first?.rule}: ${first?.what}; it needs ${JSON.stringify(result.planned)}; npm run simulate -- --seed ${failed.seed} --trace`;
}

describe(`${SEEDS} worlds`, () => {
  const results: Result[] = [];
  let failures: string[] = [];

  before(async function () {
    this.timeout(600_000);
    const pool = new Pool(await buildSimulation(), Math.min(4, availableParallelism()));
    try {
      await pool.run(1, SEEDS, (some) => {
        results.push(...some);
        return undefined;
      });
      const failed = results.filter(({ violations }) => violations.length > 0);
      failures = await Promise.all(failed.slice(0, 1).map((one) => story(one, pool)));
      failures.push(...failed.slice(1).map(({ seed, violations }) => `seed ${seed}: ${violations[0]?.rule}`));
    } finally {
      await pool.close();
    }
  });

  it("break no rule and come to rest", () => {
    expect(failures).to.deep.equal([]);
    expect(results).to.have.length(SEEDS);
  });

  it("take and settle at least twenty trades each", () => {
    for (const { accepted, settled, seed } of results) {
      expect(accepted, `seed ${seed}`).to.be.at.least(20);
      expect(settled, `seed ${seed}`).to.equal(accepted);
    }
  });

  it("meet every kind of fault, each really", () => {
    const struck = new Set(results.flatMap(({ faults }) => Object.keys(faults)));
    expect(FAULT_KINDS.filter((kind) => !struck.has(kind))).to.deep.equal([]);
  });

  it("lose the tail of replication, refuse without a quorum, and meet answers that say nothing", () => {
    const sum = (name: string): number => results.reduce((total, { faults }) => total + (faults[name] ?? 0), 0);
    for (const name of ["promotion-lost-tail", "quorum-refused", "answer-unknown", "duplicate-message", "redelivery", "event-doubled"])
      expect(sum(name), name).to.be.above(0);
  });
});
