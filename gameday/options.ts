import { parseArgs } from "node:util";
import { Usage } from "../operate/command-line";

/** `switchover`: the planned move. `experiment`: a person breaks the active region meanwhile, and the system acts by itself. */
export const PLAYS = ["switchover", "experiment"] as const;
export type Play = (typeof PLAYS)[number];

export interface GameDayOptions {
  readonly stack: string;
  /** File with the stack's outputs as JSON; without it they are asked of `pulumi`. */
  readonly outputs?: string;
  readonly play: Play;
  /** What the accounts of the trades begin with; the caller must own all that do. */
  readonly accounts: string;
  /** Who sends them, as the stack's `callers` has it: the ids of trades follow from it. */
  readonly caller: string;
  readonly seconds: number;
  /** Trades a second. */
  readonly rate: number;
  readonly clients: number;
  readonly reportDir: string;
}

const HELP = `npm run drill -- --stack NAME --confirm NAME --caller NAME --accounts PREFIX [options]

A drill on a deployed stack: real trades by clients outside, a move, the way back, and the report of \`npm start\`. Trades of these accounts stay in the
ledger. Exit code: 0 every goal met, 1 a goal missed or refused, 2 wrong usage, 3 nothing proven either way.

  --stack NAME       the stack
  --confirm NAME     the same again: this moves the stack's activity and settles trades in it
  --caller NAME      who sends the trades, as the stack's callers have it: the ARN of a role or user, or the name of a key
  --accounts PREFIX  what the trades' accounts begin with; the caller must own them
  --play WHAT        switchover (default): moves the activity gracefully; experiment: you break the active region by FIS, the system acts by itself
  --seconds N        length of each stream of trades, there and back: 10 to 3600 (default 300)
  --rate N           trades a second: 0.1 to 100 (default 2)
  --clients N        1 to 64 (default 8): half follow DNS, half use client/; without a public name all use client/
  --report-dir DIR   where report.json, index.html and the clients' records go (default drill-report)
  --outputs FILE     the stack's outputs (pulumi stack output --json) where the pulumi CLI is not at hand

Credentials: as the AWS SDK finds them; TRADE_API_KEY holds the API's key where the stack asks for one. They must be allowed to do what an operator does,
and to read the ledger by the Data API. docs/RUNBOOK.md says more.`;

const wrong = (what: string): Usage => new Usage(`drill: ${what}\n\n${HELP}`, 2);

/** @throws Usage, with one message that says what is wrong and what is allowed */
export function parseGameDay(argv: readonly string[]): GameDayOptions {
  const text = { type: "string" } as const;
  const options = {
    stack: text,
    confirm: text,
    accounts: text,
    caller: text,
    play: text,
    seconds: text,
    rate: text,
    clients: text,
    "report-dir": text,
    outputs: text,
    help: { type: "boolean" },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options, allowPositionals: false }));
  } catch (error) {
    throw wrong((error instanceof Error ? error.message : String(error)).split(". ")[0] ?? "unknown option");
  }
  if (values.help === true) throw new Usage(HELP, 0);
  const { stack = "", accounts = "", caller = "", play = "switchover" } = values;
  if (stack === "") throw wrong("--stack NAME is missing");
  if (values.confirm !== stack)
    throw wrong(`--confirm ${stack} is missing: a drill moves the activity of ${stack} and settles trades in it; nothing was done`);
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,30}$/.test(accounts))
    throw wrong(`--accounts "${accounts}": allowed: 1 to 31 letters, digits and dashes, a letter or digit first`);
  if (accounts.startsWith("synthetic-"))
    throw wrong(`--accounts "${accounts}": these are the platform's own canaries, which no check counts`);
  if (caller === "") throw wrong("--caller NAME is missing: who sends the trades, as the stack's callers have it");
  if (!PLAYS.some((one) => one === play)) throw wrong(`--play "${play}": allowed: ${PLAYS.join(", ")}`);
  return {
    stack,
    accounts,
    caller,
    play: play as Play,
    seconds: number("seconds", values.seconds, 300, 10, 3_600),
    rate: number("rate", values.rate, 2, 0.1, 100),
    clients: Math.round(number("clients", values.clients, 8, 1, 64)),
    reportDir: values["report-dir"] ?? "drill-report",
    ...(values.outputs === undefined ? {} : { outputs: values.outputs }),
  };
}

function number(flag: string, given: string | undefined, otherwise: number, least: number, most: number): number {
  if (given === undefined) return otherwise;
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= least && value <= most)) throw wrong(`--${flag} "${given}": allowed: ${least} to ${most}`);
  return value;
}
