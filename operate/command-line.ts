import { parseArgs } from "node:util";

/** The state machines that move the activity. */
export type Machine = "failover" | "switchover";
/** A failback is a switchover to the home primary. */
export type MoveCommand = Machine | "failback";
export const COMMANDS = ["verify-sync", "failover", "switchover", "failback"] as const;
export type CommandName = (typeof COMMANDS)[number];

interface Common {
  readonly stack: string;
  /** File with the stack's outputs as JSON; without it they are asked of `pulumi`. */
  readonly outputs?: string;
}
export interface MoveOptions extends Common {
  readonly command: MoveCommand;
  /** Region that shall become active; a failback knows it. */
  readonly to?: string;
  readonly reason: string;
  readonly dryRun: boolean;
}
export interface VerifyOptions extends Common {
  readonly command: "verify-sync";
}
export type Options = MoveOptions | VerifyOptions;

/** The command line is wrong, or its answer is help: nothing was done. */
export class Usage extends Error {
  constructor(
    message: string,
    readonly exitCode: 0 | 2,
  ) {
    super(message);
  }
}

const OUTPUTS = "  --outputs FILE   the stack's outputs (pulumi stack output --json) where the pulumi CLI is not at hand";
const HELP: Readonly<Record<CommandName, string>> = {
  "verify-sync": `npm run verify-sync -- --stack NAME
Compares both regions of a deployed stack, from both sides. Exits 0 only if they are in sync.
  --stack NAME     the stack
${OUTPUTS}`,
  failover: `npm run failover -- --stack NAME [--to REGION] [--reason TEXT] [--dry-run]
Makes a region active without asking the other: for when the active one is lost. No accepted trade is lost; the ledger's copy is promoted as it
is, and what it lacks is settled again from the journal. Exits 0 only when a trade was settled there.
  --stack NAME     the stack
  --to REGION      the region that shall be active; default: the one that is not
  --reason TEXT    goes into the execution's input
  --dry-run        shows what would happen, and does nothing
${OUTPUTS}`,
  switchover: `npm run switchover -- --stack NAME [--to REGION] [--reason TEXT] [--dry-run]
Makes a region active gracefully: only when its ledger is a healthy copy that has caught up. Exits 0 only when a trade was settled there.
  --stack NAME     the stack
  --to REGION      the region that shall be active; default: the one that is not
  --reason TEXT    goes into the execution's input
  --dry-run        shows what would happen, and does nothing
${OUTPUTS}`,
  failback: `npm run failback -- --stack NAME [--reason TEXT] [--dry-run]
Switches over to the home primary: what brings a stack back after a failover. It is refused until the home primary's ledger is a healthy copy that
has caught up. Exits 0 only when a trade was settled there.
  --stack NAME     the stack
  --reason TEXT    goes into the execution's input
  --dry-run        shows what would happen, and does nothing
${OUTPUTS}`,
};

/** @throws Usage, with one message that says what is wrong and what is allowed */
export function parseCommandLine(argv: readonly string[]): Options {
  const [command, ...rest] = argv;
  if (!isCommand(command)) throw new Usage(`"${command ?? ""}" is no command; allowed: ${COMMANDS.join(", ")}`, 2);
  const wrong = (what: string): Usage => new Usage(`${command}: ${what}\n\n${HELP[command]}`, 2);
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options: Record<string, typeof text | typeof flag> = { stack: text, outputs: text, help: flag };
  if (command !== "verify-sync") Object.assign(options, { reason: text, "dry-run": flag });
  if (command === "failover" || command === "switchover") options.to = text;
  let values: Readonly<Record<string, unknown>>;
  try {
    ({ values } = parseArgs({ args: [...rest], options, allowPositionals: false }));
  } catch (error) {
    throw wrong((error instanceof Error ? error.message : String(error)).split(". ")[0] ?? "unknown option");
  }
  if (values.help === true) throw new Usage(HELP[command], 0);
  const of = (name: string): string | undefined => {
    const value = values[name];
    if (value === "") throw wrong(`--${name} needs a value`);
    return typeof value === "string" ? value : undefined;
  };
  const stack = of("stack");
  if (stack === undefined) throw wrong("--stack NAME is missing");
  const common = { stack, outputs: of("outputs") };
  if (command === "verify-sync") return { command, ...common };
  return { command, ...common, to: of("to"), reason: of("reason") ?? "asked for by an operator", dryRun: values["dry-run"] === true };
}

const isCommand = (name: string | undefined): name is CommandName => COMMANDS.some((command) => command === name);
