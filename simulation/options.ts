import { availableParallelism } from "node:os";

export interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly trace: boolean;
  readonly mutants: boolean;
  readonly workers: number;
}

export const HELP = `npm run simulate -- [options]

Runs the whole failover system in virtual time, once for each seed, with faults that the seed chooses. The same seed gives the same run.

  --seeds N     how many seeds (default 1000)
  --from K      the first seed (default 1)
  --seed S      this seed alone
  --trace       with --seed: prints everything that happened
  --mutants     breaks the system in one place after the other, and shows that the checkers notice
  --workers W   threads (default: the machine's, at most 8)
  --help        this text

The last line is a JSON summary. Exit code: 0 no seed failed (every mutant was noticed), 1 otherwise, 2 wrong usage.`;

const NUMBERS = { "--seeds": 1, "--from": 0, "--seed": 0, "--workers": 1 } as const;
const WORDS = ["--trace", "--mutants", "--help"] as const;
const MOST = 2_147_483_647;

type NumberFlag = keyof typeof NUMBERS;

/** @throws an Error that names the flag or value that is wrong, and what is allowed. */
export function optionsOf(args: readonly string[]): Options | "help" {
  const numbers = new Map<NumberFlag, number>();
  const words = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const [flag = "", attached] = (args[i] ?? "").split("=", 2);
    if ((WORDS as readonly string[]).includes(flag)) {
      if (attached !== undefined) throw new Error(`${flag} takes no value, not "${attached}"`);
      words.add(flag);
    } else if (flag in NUMBERS) numbers.set(flag as NumberFlag, numberOf(flag as NumberFlag, attached ?? args[++i]));
    else throw new Error(`unknown option "${args[i] ?? ""}"; allowed: ${[...Object.keys(NUMBERS), ...WORDS].join(", ")}`);
  }
  if (words.has("--help")) return "help";
  const seed = numbers.get("--seed");
  for (const other of ["--seeds", "--from"] as const) {
    if (seed !== undefined && numbers.has(other)) throw new Error(`--seed names one seed: give it without ${other}`);
  }
  if (words.has("--trace") && seed === undefined) throw new Error("--trace shows one seed: give it with --seed S");
  if (words.has("--mutants") && words.has("--trace")) throw new Error("--mutants has no trace: give it without --trace");
  return {
    from: seed ?? numbers.get("--from") ?? 1,
    seeds: seed === undefined ? (numbers.get("--seeds") ?? (words.has("--mutants") ? 2_000 : 1_000)) : 1,
    trace: words.has("--trace"),
    mutants: words.has("--mutants"),
    workers: numbers.get("--workers") ?? Math.min(8, availableParallelism()),
  };
}

function numberOf(flag: NumberFlag, text: string | undefined): number {
  const value = Number(text);
  const wrong = text === undefined || !/^\d+$/.test(text) || value < NUMBERS[flag] || value > MOST;
  if (wrong)
    throw new Error(
      `${flag} is ${text === undefined ? "without a value" : `"${text}"`}; allowed: a whole number from ${NUMBERS[flag]} to ${MOST}`,
    );
  return value;
}
