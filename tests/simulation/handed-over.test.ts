import { expect } from "chai";
import { buildSimulation, type Mutation } from "../../simulation/build";
import type { Fault } from "../../simulation/faults/kinds";
import { Pool } from "../../simulation/pool";
import type { Result } from "../../simulation/run";

/** A switchover's machine that is ended right after its hand-over. */
const DIES: Fault = { kind: "orchestrator-killed", at: 20_000, lastsMs: 30_000, where: 0, size: 0.13 };
const SEEDS = 60;

/** Worlds in which nothing else happens: AWS has no habits, and nobody comes. */
async function worlds(bug?: Mutation): Promise<Result[]> {
  const pool = new Pool(await buildSimulation(bug), 2);
  const quiet: Result[] = [];
  try {
    const note = (results: readonly Result[]): undefined =>
      void quiet.push(...results.filter(({ habits, unattended }) => unattended && Object.keys(habits).length === 0));
    await pool.run(1, SEEDS, note, { faults: [DIES] });
  } finally {
    await pool.close();
  }
  return quiet;
}

const promotions = (results: readonly Result[]): number => results.reduce((sum, { faults }) => sum + (faults.promotion ?? 0), 0);

describe("a graceful move that dies after its hand-over", function () {
  this.timeout(120_000);

  it("is begun again gracefully by the holder's sentinel, and nothing is promoted by force", async () => {
    const results = await worlds();
    expect(results.length).to.be.at.least(3);
    expect(results.flatMap(({ violations }) => violations)).to.deep.equal([]);
    expect(results.every(({ faults }) => faults["orchestrator-killed"] === 1)).to.equal(true);
    expect(promotions(results)).to.equal(0);
  });

  it("would be one with loss of data if the sentinel did not know how it came by its lease", async () => {
    const find = "if (await losesNothing()) {";
    const results = await worlds({ file: "handlers/core/sentinel.ts", find, replace: "if (await losesNothing().then(() => false)) {" });
    expect(promotions(results)).to.be.at.least(1);
  });
});
