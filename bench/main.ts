/** `npm run bench`: what the project costs, always beside a peer measured in the same run; writes bench-report.json. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureAcceptance } from "./acceptance";
import { measureBacklog } from "./backlog";
import { measureBundles } from "./bundles";
import { measureEvaluation } from "./evaluation";
import { inLab, UNTHROTTLED } from "./lab";
import { measureSimulation } from "./simulation";
import { readable } from "./statistics";
import { measureThroughput } from "./throughput";

const ROUNDS = 5;
const SEEDS = 10_000;
/** What the batch must be better by than one trade a call. */
const SETTLEMENT_GOAL = 10;
/** What servers must be better by than functions, for each second of the CPU that the trade's code has. */
const ACCEPTANCE_GOAL = 5;

async function main(): Promise<number> {
  if (process.argv.length > 2) {
    console.error(`bench: unknown argument "${process.argv[2] ?? ""}"; it takes none`);
    return 2;
  }
  console.log("evaluation of the program …");
  const evaluation = await measureEvaluation(ROUNDS, (line) => console.log(line));
  console.log("bundles …");
  const bundles = await measureBundles(ROUNDS);
  console.log("simulation …");
  const simulation = await measureSimulation(SEEDS);
  console.log("backlog …");
  const backlog = await measureBacklog();
  const handlers = await inLab("dev", UNTHROTTLED, measureThroughput);
  const acceptance = await measureAcceptance();
  const report = readable({ schema: 1, evaluation, bundles, simulation, backlog, handlers, acceptance });
  const file = join(__dirname, "..", "bench-report.json");
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  const { settlement, intake, health } = report.handlers;
  const { program, cdk, ratio, goals, bundlingMs } = report.evaluation;
  console.log(
    `program      ${program.resources} resources in ${program.processMs} ms, ${program.peakMb} MB (goals: under ${goals.processMs} ms, ${goals.peakMb} MB); ${bundlingMs} ms more where handlers have changed`,
  );
  console.log(
    `             AWS CDK ${cdk.version}: ${cdk.processMs} ms, ${cdk.peakMb} MB for as many: ${ratio.cdkMs} times as long; under tsx ${ratio.tsxMs} times`,
  );
  console.log(
    `bundles      ${report.bundles.handlers["trade-processor"]?.kib ?? "?"} KiB, ${report.bundles.handlers["trade-processor"]?.loadMs ?? "?"} ms to load (trade-processor); esbuild's defaults ${report.bundles.ratio.kib} times the size`,
  );
  console.log(`intake       ${intake.perSecond} trades/s (p99 ${intake.p99Ms} ms); GET /health ${health.perSecond}/s`);
  console.log(
    `settlement   ${settlement.batchedPerSecond} trades/s by batches of ${settlement.batchSize}, ${settlement.singlePerSecond} one by one: ${settlement.ratio} times`,
  );
  const { functions, servers, ratio: faster } = report.acceptance;
  console.log(
    `acceptance   ${servers.perSecond} trades/s by servers, ${functions.perSecond} by functions; for each second of their own CPU ${servers.perCpuSecond} and ${functions.perCpuSecond}: ${faster} times (goal: ${ACCEPTANCE_GOAL}); of the whole region's ${servers.perCpuSecondOfRegion} and ${functions.perCpuSecondOfRegion}`,
  );
  const { seedsPerMinute, timesRealTime, threads, goals: simulated, failed } = report.simulation;
  console.log(
    `simulation   ${seedsPerMinute} seeds a minute on ${threads} threads (goal: ${simulated.seedsPerMinute}), ${timesRealTime} times as fast as real time, ${failed} failed`,
  );
  console.log(
    `backlog      ${report.backlog.trades} trades queued in ${report.backlog.seconds} virtual seconds and ${report.backlog.runs} runs (goal: ${report.backlog.goals.seconds}), one after the other in ${report.backlog.aloneSeconds}; ${report.backlog.cpuMicroseconds} µs of CPU a trade, at most ${report.backlog.heldAtMost} of them in memory`,
  );
  console.log(file);
  // Ratios and memory are the code's; how many milliseconds it takes is also the machine's.
  return settlement.ratio >= SETTLEMENT_GOAL &&
    acceptance.ratio >= ACCEPTANCE_GOAL &&
    backlog.seconds <= backlog.goals.seconds &&
    ratio.cdkMs > 1 &&
    program.peakMb < goals.peakMb
    ? 0
    : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(1);
  },
);
