import { parseArgs } from "node:util";

/** What the drill was asked to do; every value checked. */
export interface DrillOptions {
  readonly scenarios: readonly string[];
  /** Whose stack file the regions are built from. */
  readonly stack: string;
  readonly seconds: number;
  readonly rate: number;
  readonly clients: number;
  readonly input: string | undefined;
  readonly speed: number;
  readonly minutes: number | undefined;
  readonly keep: boolean;
  /** First port; undefined: the first free ones from DEFAULT_PORT on. */
  readonly port: number | undefined;
  readonly reportDir: string;
  readonly short: boolean;
  readonly seed: number;
  readonly plain: boolean;
  readonly quiet: boolean;
  /** Configuration keys of the program that win over the lab's stack file. */
  readonly config: Readonly<Record<string, string>>;
  readonly help: boolean;
  /** Serve the live page instead of playing scenarios. */
  readonly ui: boolean;
  /** Name the scenarios, and do nothing. */
  readonly list: boolean;
}

/** The command line is wrong. The message names the mistake and says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Seconds of a `--short` stream: long enough to contain the takeover and the move of the DNS name. */
const SHORT_SECONDS = 50;
const SHORT_RATE = 10;
const DEFAULT_STACK = "dev";
export const DEFAULT_PORT = 23_400;
/** Ports that a lab takes from its base on, and one more that holds them for it. */
export const PORT_SPAN = 16;
/** Linux gives the ports after it to outgoing connections. */
const LAST_PORT = 32_767;

const FLAGS = {
  help: { type: "boolean", short: "h" },
  list: { type: "boolean" },
  all: { type: "boolean" },
  ui: { type: "boolean" },
  stack: { type: "string" },
  scenario: { type: "string", multiple: true },
  seconds: { type: "string" },
  rate: { type: "string" },
  clients: { type: "string" },
  input: { type: "string" },
  speed: { type: "string" },
  minutes: { type: "string" },
  keep: { type: "boolean" },
  port: { type: "string" },
  "report-dir": { type: "string" },
  short: { type: "boolean" },
  seed: { type: "string" },
  plain: { type: "boolean" },
  quiet: { type: "boolean" },
  config: { type: "string", multiple: true },
} as const;

/** The text of `--help`. */
export function helpText(
  scenarios: readonly { readonly name: string; readonly summary: string; readonly byDefault: boolean }[],
  stacks: readonly string[],
): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const list = scenarios.map(
    ({ name, summary, byDefault }) => `      ${name.padEnd(width)}  ${summary}${byDefault ? "" : " (not in the default run)"}`,
  );
  const defaults = scenarios.filter(({ byDefault }) => byDefault).map(({ name }) => name);
  return `npm start -- [options]

Builds two emulated AWS regions on this machine from what the Pulumi program registers, sends trades from independent clients,
breaks the active region, lets the system act by itself, and compares the clients' own records with the ledger.
Exit code: 0 every goal met, 1 a goal missed or the drill failed, 2 wrong usage, 3 nothing proven either way.

  --scenario NAME     what happens; may be repeated or a comma list (default ${defaults.join(",")}):
${list.join("\n")}
  --all               every scenario
  --list              names the scenarios, and what each does and expects
  --stack NAME        whose stack file the regions are built from: ${stacks.join(", ")} (default ${DEFAULT_STACK})
  --seconds N         length of each scenario's stream of trades (default 60)
  --rate N            trades per second (default 20)
  --clients N         1 to 64 (default 8): half follow DNS, half use client/
  --input FILE        replay a CSV instead: columns time,symbol,side,quantity,price
  --speed N           pace of the replay as a multiple of the file's own (default 1)
  --minutes N         replay only the first N minutes of the file's own time
  --short             a smaller stream (${SHORT_SECONDS} s at ${SHORT_RATE}/s) and, unless --scenario says otherwise, only crash
  --seed N            another made-up stream (default 1)
  --config KEY=VALUE  a configuration key of the program, as in Pulumi.<stack>.yaml without its prefix; may be repeated
  --port BASE         first of ${PORT_SPAN + 1} ports on 127.0.0.1 (default: the first that are free from ${DEFAULT_PORT} on)
  --report-dir DIR    where report.json, index.html and the clients' records go (default drill-report)
  --ui                serve a page on which you break the regions yourself and watch; Ctrl-C ends it
  --keep              leave the regions up afterwards and print their endpoints; Ctrl-C ends them
  --plain             a line every five seconds instead of the live table
  --quiet             results only
  -h, --help          this text`;
}

/** Parses and checks the command line; throws a UsageError for the first thing that is wrong. `known` are the scenarios' names, `stacks` those that have a file. */
export function parseOptions(
  argv: readonly string[],
  known: readonly string[],
  byDefault: readonly string[],
  stacks: readonly string[],
): DrillOptions {
  const values = strictly(argv);
  const short = values.short ?? false;
  if (values.ui) {
    for (const flag of ["scenario", "all", "input", "short", "keep"] as const)
      if (values[flag] !== undefined) throw new UsageError(`--${flag} does not go with --ui: there you choose yourself what happens`);
  }
  if (values.all && values.scenario !== undefined) throw new UsageError("--all does not go with --scenario: it is every scenario");
  if (values.input === undefined) {
    for (const flag of ["speed", "minutes"] as const) if (values[flag] !== undefined) throw new UsageError(`--${flag} needs --input FILE`);
  } else {
    for (const flag of ["seconds", "rate", "seed"] as const) {
      if (values[flag] !== undefined) throw new UsageError(`--${flag} does not go with --input: the file gives the trades and their pace`);
    }
  }
  return {
    scenarios: scenariosOf(values.scenario, known, values.all ? known : short ? ["crash"] : byDefault),
    stack: stackOf(values.stack, stacks),
    seconds: decimal("seconds", values.seconds, short ? SHORT_SECONDS : 60, 1, 86_400),
    rate: decimal("rate", values.rate, short ? SHORT_RATE : 20, 0.1, 500),
    clients: whole("clients", values.clients, 8, 1, 64),
    input: values.input,
    speed: decimal("speed", values.speed, 1, 0.001, 10_000),
    minutes: values.minutes === undefined ? undefined : decimal("minutes", values.minutes, 0, 0.01, 100_000),
    keep: values.keep ?? false,
    port: values.port === undefined ? undefined : whole("port", values.port, DEFAULT_PORT, 1024, LAST_PORT - PORT_SPAN),
    reportDir: values["report-dir"] ?? "drill-report",
    short,
    seed: whole("seed", values.seed, 1, 0, 2 ** 32 - 1),
    plain: values.plain ?? false,
    quiet: values.quiet ?? false,
    config: Object.fromEntries((values.config ?? []).map(configEntry)),
    help: values.help ?? false,
    list: values.list ?? false,
    ui: values.ui ?? false,
  };
}

function strictly(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const what = (error instanceof Error ? error.message : String(error)).split(". ")[0] ?? "";
    throw new UsageError(
      `${what}; allowed: ${Object.keys(FLAGS)
        .map((flag) => `--${flag}`)
        .join(" ")}`,
    );
  }
}

function scenariosOf(asked: readonly string[] | undefined, known: readonly string[], byDefault: readonly string[]): string[] {
  if (asked === undefined) return [...byDefault];
  const names = asked.flatMap((value) => value.split(",")).map((name) => name.trim());
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new UsageError(`unknown scenario "${wrong}"; allowed: ${known.join(", ")}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`scenario "${twice}" is named twice`);
  return names;
}

function stackOf(asked: string | undefined, stacks: readonly string[]): string {
  const stack = asked ?? DEFAULT_STACK;
  if (!stacks.includes(stack))
    throw new UsageError(`--stack "${stack}" has no stack file Pulumi.${stack}.yaml; there are: ${stacks.join(", ")}`);
  return stack;
}

function configEntry(entry: string): [string, string] {
  const match = /^([A-Za-z][A-Za-z0-9.]*)=(.*)$/s.exec(entry);
  if (match === null) throw new UsageError(`--config "${entry}" is not KEY=VALUE`);
  return [match[1] ?? "", match[2] ?? ""];
}

function decimal(flag: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new UsageError(`--${flag} "${text}" is not a number from ${least} to ${most}`);
  return value;
}

function whole(flag: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new UsageError(`--${flag} "${text}" is not a whole number from ${least} to ${most}`);
  return value;
}
