/** `npm run drill`: a drill on a deployed stack, from outside. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../handlers/adapters/clock";
import { provenance } from "../lab/report/provenance";
import { verdictOf, type ScenarioReport } from "../lab/report/model";
import { summary } from "../lab/report/summary";
import { writeReport } from "../lab/report/write";
import { awsPlatform } from "../operate/aws-platform";
import { Usage } from "../operate/command-line";
import { runMove } from "../operate/move";
import { readStack } from "../operate/stack";
import { verifySync } from "../operate/verify-sync";
import { regionBehind, stackFace } from "./face";
import { parseGameDay } from "./options";
import { byMove, experiment } from "./passages";
import { playPassage, type GameDayPorts } from "./play";
import { ledgerRows, unsettled } from "./stack-ledger";

const EXIT = { PASSED: 0, FAILED: 1, INCONCLUSIVE: 3 } as const;
const print = (line: string): void => console.log(line);

async function main(argv: readonly string[]): Promise<number> {
  const options = parseGameDay(argv);
  const stack = await readStack(options);
  const platform = awsPlatform(stack);
  const movePorts = { platform, clock: systemClock, print };
  const startedAt = Date.now();
  const run = `${options.accounts}${startedAt.toString(36)}`;

  print("preflight: both regions in sync, and a switchover that would not be refused");
  const move = { command: "switchover", stack: stack.name, reason: "drill", dryRun: true } as const;
  if ((await verifySync(stack, platform, print)) !== 0 || (await runMove(move, stack, movePorts)) !== 0) {
    print("nothing was done: a drill begins with a stack that is well");
    return EXIT.FAILED;
  }
  const face = stackFace(stack, options.caller, process.env.TRADE_API_KEY);
  const regions = stack.sites.map(({ region }) => region);
  const ports: GameDayPorts = {
    platform,
    face,
    nameLeadsTo: () => regionBehind(face.name, regions),
    rows: (site) => ledgerRows(site, run),
    unsettled: (ids) => unsettled(stack, ids),
    print,
    sleep: (ms) => sleep(ms),
  };
  const there = options.play === "switchover" ? byMove("switchover", stack, movePorts) : experiment(stack, ports);
  const reports: ScenarioReport[] = [await playPassage(there, run, stack, options, ports)];
  const back = byMove("way-back", stack, movePorts);
  reports.push(await playPassage(back, run, stack, options, ports));

  const verdict = verdictOf(reports);
  const { json, html } = writeReport(resolve(options.reportDir), {
    schema: 2,
    ...provenance(startedAt, { ...options }),
    topology: `stack ${stack.name}, ${regions.join(" and ")}`,
    engine: "Aurora Global Database",
    verdict,
    scenarios: reports,
    simulated: [],
  });
  for (const line of summary(reports)) print(line);
  print(`\n${json}\n${html}`);
  return EXIT[verdict];
}

process.once("SIGINT", () => {
  console.error("the drill has stopped sending and watching; a move that was started goes on: npm run verify-sync tells how the stack is");
  process.exit(130);
});

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error instanceof Usage ? error.message : `${error.name}: ${error.message}`) : String(error));
    process.exit(error instanceof Usage ? error.exitCode : 1);
  },
);
