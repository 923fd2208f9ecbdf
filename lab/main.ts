/** `npm start`: the drill. Parses and checks everything first, then builds the lab, plays the scenarios, writes the report. */
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundleHandlers, bundleService } from "../scripts/lib/bundle";
import { stackNames } from "../scripts/lib/stack-config";
import { CsvError, parseTrades } from "./drill/csv";
import { machinesAt } from "./drill/machines";
import { labStack } from "./drill/lab-stack";
import { Refusals } from "./drill/refusals";
import { DEFAULT_PORT, type DrillOptions, PORT_SPAN, UsageError, helpText, parseOptions } from "./drill/options";
import { type ScenarioReport, verdictOf } from "./report/model";
import { notPlayed } from "./report/not-played";
import { provenance } from "./report/provenance";
import { writeReport } from "./report/write";
import { DrillRun } from "./drill/run";
import type { Scenario } from "./drill/scenario";
import { SCENARIOS } from "./drill/scenarios";
import { type PlannedTrade, type ReplayedTrade, generated, replayed, surging } from "./drill/stream";
import { summary } from "./report/summary";
import { Terminal } from "./drill/terminal";
import { LabWorld } from "./drill/world";
import { LiveServer } from "./live/server";
import { LiveSession } from "./live/session";
import { claimFreePorts, claimPorts } from "./setup/ports";

const USAGE = 2;
const EXIT = { PASSED: 0, FAILED: 1, INCONCLUSIVE: 3 } as const;
const INTERRUPTED = 130;
/** What has not stopped by then is ended by the regions' reaper, which outlives this process. */
const STOPPING_MS = 15_000;

async function main(argv: readonly string[]): Promise<number> {
  const options = parseOptions(
    argv,
    SCENARIOS.map(({ name }) => name),
    SCENARIOS.filter(({ byDefault }) => byDefault).map(({ name }) => name),
    stackNames(),
  );
  if (options.help) {
    console.log(helpText(SCENARIOS, stackNames()));
    return 0;
  }
  if (options.list) {
    for (const { name, summary: what, expected } of SCENARIOS) console.log(`${name}: ${what}\n  expected: ${expected}`);
    return 0;
  }
  const file = options.input === undefined ? undefined : readTrades(options.input);
  const stack = labStack(options.stack, options.config);
  const ports = await (options.port === undefined ? claimFreePorts(PORT_SPAN, DEFAULT_PORT) : claimPorts(options.port, PORT_SPAN));
  await Promise.all([bundleHandlers(), bundleService()]);
  const terminal = new Terminal({ plain: options.plain, quiet: options.quiet });
  const interruption = new AbortController();
  const stop = (): void => {
    interruption.abort(new Error("interrupted"));
    setTimeout(() => process.exit(INTERRUPTED), STOPPING_MS).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  process.once("SIGHUP", stop);
  const told: { world?: LabWorld } = {};
  const refusals = new Refusals(({ region, what, message }) => {
    told.world?.note(region, `refused ${what}`, message);
    terminal.step(`  AWS would refuse in ${region}: ${message}`);
  });
  const machines = machinesAt({
    engine: stack.settings.database.engine,
    regions: stack.settings.regions,
    basePort: ports.base,
    onStep: (line) => terminal.step(line),
    onEvent: ({ region, event, detail }) => told.world?.note(region, event, detail),
    onRefused: (refusal) => refusals.add(refusal),
  });
  // The last word in every case: also when something throws where nobody catches.
  const dead = (error: unknown): void => {
    console.error(`drill: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    void machines.close().finally(() => process.exit(1));
  };
  process.once("uncaughtException", dead);
  process.once("unhandledRejection", dead);
  let world: LabWorld | undefined;
  try {
    const building = LabWorld.build({ machines, stack, onStep: (line) => terminal.step(line) });
    world = await orInterrupted(building, interruption.signal);
    told.world = world;
    if (options.ui) return await play(world, terminal, options, interruption.signal);
    const code = await orInterrupted(drill(world, terminal, options, file, refusals, interruption.signal), interruption.signal);
    if (options.keep) await keep(world, terminal, interruption.signal);
    return code;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    terminal.result("interrupted; everything is being stopped");
    return INTERRUPTED;
  } finally {
    terminal.erase();
    await (world === undefined ? machines.close() : world.close());
  }
}

async function drill(
  world: LabWorld,
  terminal: Terminal,
  options: DrillOptions,
  file: readonly ReplayedTrade[] | undefined,
  refusals: Refusals,
  signal: AbortSignal,
): Promise<number> {
  const reportDir = resolve(options.reportDir);
  const recordsFolder = join(reportDir, "records");
  rmSync(recordsFolder, { recursive: true, force: true });
  const startedAt = Date.now();
  const keys = `r${startedAt.toString(36)}`;
  const planOf = ({ name, leastSeconds = 0, surge }: Scenario): { plan: PlannedTrade[]; streamMs: number } => {
    const identity = { run: keys, scenario: name, clients: options.clients };
    const seconds = Math.max(options.seconds, leastSeconds * goalFactor(world));
    const plan =
      file === undefined
        ? surge === undefined
          ? generated(identity, seconds, options.rate, options.seed)
          : surging(identity, seconds, options.rate, options.seed, surge)
        : replayed(identity, file, options.speed, options.minutes);
    return { plan, streamMs: file === undefined ? seconds * 1000 : (plan.at(-1)?.dueMs ?? 0) };
  };
  const drillRun = new DrillRun({ world, terminal, clients: options.clients, recordsFolder, planOf, refusals, signal });
  const reports: ScenarioReport[] = [];
  let failure: unknown;
  for (const name of options.scenarios) {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario === undefined) continue;
    try {
      reports.push(await drillRun.play(scenario));
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
      reports.push(notPlayed(scenario, error));
      break;
    }
  }
  const run = provenance(startedAt, { ...options });
  const { json, html } = writeReport(reportDir, {
    schema: 2,
    ...run,
    topology: topologyOf(world),
    engine: world.engine,
    verdict: verdictOf(reports),
    scenarios: reports,
    simulated: world.simulated(),
  });
  for (const line of summary(reports)) terminal.result(line);
  terminal.result(`\n${json}\n${html}`);
  return failure === undefined ? EXIT[verdictOf(reports)] : EXIT.FAILED;
}

/** Serves the live page until the drill is interrupted. */
async function play(world: LabWorld, terminal: Terminal, options: DrillOptions, signal: AbortSignal): Promise<number> {
  const session = new LiveSession(world, join(resolve(options.reportDir), "records"));
  const server = new LiveServer(session);
  try {
    terminal.result(`\nopen ${await server.open()}\nCtrl-C ends it.`);
    await until(signal);
    return 0;
  } finally {
    session.close();
    await server.close();
  }
}

/** A stack that allows itself more time than the usual minute needs longer faults, and streams that outlast them. */
const goalFactor = ({ settings }: LabWorld): number => Math.max(1, settings.rto.budgetSeconds / 60);

const until = (signal: AbortSignal): Promise<void> =>
  new Promise((end) => {
    if (signal.aborted) end();
    else signal.addEventListener("abort", () => end(), { once: true });
  });

function topologyOf({ regions, settings }: LabWorld): string {
  return `${settings.compute}, ${regions.map(({ region, site }) => `${region} (${site})`).join(" and ")}, ${settings.routing} routing`;
}

async function keep(world: LabWorld, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.result("\nThe lab stays up until Ctrl-C:");
  terminal.result(`  public name    ${world.publicUrl}   (curl -i ${world.publicUrl}/health)`);
  for (const { region, endpoint, ledgerPort } of world.regions) {
    terminal.result(
      `  ${region}      ${endpoint}   (aws --endpoint-url ${endpoint} --region ${region} dynamodb list-tables; access key "test")`,
    );
    terminal.result(`                 the ledger on 127.0.0.1:${ledgerPort}`);
  }
  await until(signal);
}

function readTrades(path: string): ReplayedTrade[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--input "${path}" can't be read (${error instanceof Error ? error.message : String(error)})`);
  }
  return parseTrades(text, path);
}

async function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return await new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
    work.then(resolve, reject);
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`drill: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(error instanceof UsageError || error instanceof CsvError ? USAGE : 1);
  },
);
