import { availableParallelism } from "node:os";
import { familyNamed } from "./faults/families";

export interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly trace: boolean;
  readonly mutants: boolean;
  readonly workers: number;
  /** A family's name; absent: each seed draws its faults. */
  readonly family?: string;
  /** Runs until so many minutes are over; absent: as many seeds as asked for. */
  readonly minutes?: number;
  /** Where a soak keeps the seeds that failed. */
  readonly kept: string;
}

export const HELP = `npm run simulate -- [options]

Runs the whole failover system in virtual time, once for each seed, with faults that the seed chooses. The same seed gives the same run.

  --seeds N     how many seeds (default 1000)
  --from K      the first seed (default 1)
  --seed S      this seed alone
  --trace       with --seed: prints everything that happened
  --family F    worlds around a bug that was found (by its seed: 22575, 5968 …), a kind of fault, a habit of AWS, or "large"
  --mutants     breaks the system in one place after the other, and shows that the checkers notice
  --workers W   threads (default: the machine's, at most 8)
  --soak        runs until --minutes are over and keeps each seed that fails, a line of JSON each; the first ones shrunk
  --minutes M   with --soak: how long (default 10)
  --kept FILE   with --soak: where (default soak-failures.ndjson)
  --help        this text

The last line is a JSON summary. Exit code: 0 no seed failed (every mutant was noticed), 1 otherwise, 2 wrong usage.`;

const NUMBERS = { "--seeds": 1, "--from": 0, "--seed": 0, "--workers": 1, "--minutes": 1 } as const;
const WORDS = ["--trace", "--mutants", "--soak", "--help"] as const;
const TEXTS = ["--family", "--kept"] as const;
const MOST = 2_147_483_647;

type NumberFlag = keyof typeof NUMBERS;

/** @throws an Error that names the flag or value that is wrong, and what is allowed. */
export function optionsOf(args: readonly string[]): Options | "help" {
  const numbers = new Map<NumberFlag, number>();
  const words = new Set<string>();
  const texts = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [flag = "", attached] = (args[i] ?? "").split("=", 2);
    if ((WORDS as readonly string[]).includes(flag)) {
      if (attached !== undefined) throw new Error(`${flag} takes no value, not "${attached}"`);
      words.add(flag);
    } else if (flag in NUMBERS) numbers.set(flag as NumberFlag, numberOf(flag as NumberFlag, attached ?? args[++i]));
    else if ((TEXTS as readonly string[]).includes(flag)) texts.set(flag, textOf(flag, attached ?? args[++i]));
    else throw new Error(`unknown option "${args[i] ?? ""}"; allowed: ${[...Object.keys(NUMBERS), ...TEXTS, ...WORDS].join(", ")}`);
  }
  if (words.has("--help")) return "help";
  const seed = numbers.get("--seed");
  for (const other of ["--seeds", "--from"] as const) {
    if (seed !== undefined && numbers.has(other)) throw new Error(`--seed names one seed: give it without ${other}`);
  }
  if (words.has("--trace") && seed === undefined) throw new Error("--trace shows one seed: give it with --seed S");
  const family = texts.get("--family");
  if (family !== undefined) familyNamed(family);
  for (const only of ["--minutes", "--kept"])
    if (!words.has("--soak") && [...numbers.keys(), ...texts.keys()].includes(only))
      throw new Error(`${only} is of --soak: give it with that`);
  if (words.has("--soak") && (words.has("--mutants") || words.has("--trace") || numbers.has("--seeds")))
    throw new Error("--soak runs until its time is over: give it without --seeds, --seed, --trace and --mutants");
  if (words.has("--mutants") && words.has("--trace")) throw new Error("--mutants has no trace: give it without --trace");
  return {
    from: seed ?? numbers.get("--from") ?? 1,
    seeds: seed === undefined ? (numbers.get("--seeds") ?? (words.has("--mutants") ? 2_000 : 1_000)) : 1,
    trace: words.has("--trace"),
    mutants: words.has("--mutants"),
    family,
    minutes: words.has("--soak") ? (numbers.get("--minutes") ?? 10) : undefined,
    kept: texts.get("--kept") ?? "soak-failures.ndjson",
    workers: numbers.get("--workers") ?? Math.min(8, availableParallelism()),
  };
}

function textOf(flag: string, text: string | undefined): string {
  if (text === undefined || text === "" || text.startsWith("--")) throw new Error(`${flag} is without a value`);
  return text;
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
