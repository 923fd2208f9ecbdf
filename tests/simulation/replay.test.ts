import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { buildSimulation } from "../../simulation/build";
import { Pool } from "../../simulation/pool";

const root = join(__dirname, "../..");
const SEED = 11;

const command = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", "simulation/main.ts", ...args], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });

/** What is printed but for the summary, which tells the real time too. */
function traceOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  return lines.slice(0, -1).join("\n");
}

describe("a seed", function () {
  this.timeout(300_000);

  it("gives the same trace in another process and after other seeds, byte for byte", async () => {
    const first = command("--seed", String(SEED), "--trace");
    expect(first.stderr).to.equal("");
    const pool = new Pool(await buildSimulation(), 1);
    try {
      await pool.run(40, 20, () => undefined);
      const { trace } = await pool.one(SEED, true);
      expect(trace?.length).to.be.above(500);
      expect(traceOf(first.stdout)).to.equal(trace?.join("\n"));
      expect((await pool.one(SEED + 1, true)).trace).to.not.deep.equal(trace);
    } finally {
      await pool.close();
    }
  });
});

describe("npm run simulate", function () {
  this.timeout(300_000);

  it("closes with a summary on one line", () => {
    const { status, stdout } = command("--seeds", "8", "--from", "3", "--workers", "1");
    expect(status).to.equal(0);
    const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(summary).to.include({ seeds: 8, passed: 8 });
    expect(summary.failed).to.deep.equal([]);
    expect(summary).to.have.all.keys("seeds", "passed", "failed", "faults", "trades", "coverage", "virtualHours", "wallSeconds");
    expect(summary.trades).to.have.keys("accepted", "settled");
    expect(summary.faults).to.include.keys("region-crash", "stale-actor");
  });

  for (const [args, says] of [
    [["--sedes", "4"], 'unknown option "--sedes"; allowed: --seeds'],
    [["--seeds", "four"], '--seeds is "four"; allowed: a whole number from 1'],
    [["--seeds", "0"], '--seeds is "0"'],
    [["--seed"], "--seed is without a value"],
    [["--trace"], "--trace shows one seed"],
    [["--seed", "4", "--from", "2"], "--seed names one seed"],
  ] as const) {
    it(`says what is wrong with ${args.join(" ")}`, () => {
      const { status, stderr, stdout } = command(...args);
      expect(stderr).to.contain(says);
      expect(stderr.trim().split("\n")).to.have.length(1);
      expect([status, stdout]).to.deep.equal([2, ""]);
    });
  }
});
