/** DynamoDB's expressions, as far as the handlers use them: read once, run often. What is not understood is an error, never a guess. */
import type { Item } from "../kernel/history";
import { ServiceError } from "../kernel/host";

export interface Placeholders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

export type Condition = (item: Item | undefined, placeholders: Placeholders) => boolean;
export type Change = (item: Item, placeholders: Placeholders) => Record<string, unknown>;
type Operand = (item: Item | undefined, placeholders: Placeholders) => unknown;

const TOKEN = /\s*(attribute_exists|attribute_not_exists|<=|>=|<>|[()=<>,+]|[:#]?[A-Za-z_][A-Za-z0-9_]*)/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      if (text.slice(at).trim() === "") break;
      throw new ServiceError("ValidationException", `expression not understood at "${text.slice(at)}"`);
    }
    found.push(match[1] as string);
  }
  return found;
}

const COMPARE: Readonly<Record<string, (a: never, b: never) => boolean>> = {
  "=": (a, b) => a === b,
  "<>": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

class Reader {
  private at = 0;
  private readonly words: readonly string[];

  constructor(private readonly text: string) {
    this.words = tokens(text);
  }

  get ended(): boolean {
    return this.at >= this.words.length;
  }

  take(word: string): boolean {
    if (this.words[this.at]?.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) this.fail(`"${word}" expected`);
  }

  fail(why: string): never {
    throw new ServiceError("ValidationException", `${why} in "${this.text}"`);
  }

  word(): string {
    const word = this.words[this.at++];
    return word ?? this.fail("it ends too early");
  }

  path(): (placeholders: Placeholders) => string {
    const word = this.word();
    if (!word.startsWith("#")) return () => word;
    return ({ names }) => names[word] ?? this.fail(`no name for ${word}`);
  }

  operand(): Operand {
    if (this.words[this.at]?.startsWith(":")) {
      const word = this.word();
      return (_item, { values }) => {
        if (!(word in values)) this.fail(`no value for ${word}`);
        return values[word];
      };
    }
    const path = this.path();
    return (item, placeholders) => item?.[path(placeholders)];
  }

  any(): Condition {
    const first = this.all();
    if (!this.take("OR")) return first;
    const second = this.any();
    return (item, placeholders) => first(item, placeholders) || second(item, placeholders);
  }

  private all(): Condition {
    const first = this.one();
    if (!this.take("AND")) return first;
    const second = this.all();
    return (item, placeholders) => first(item, placeholders) && second(item, placeholders);
  }

  private one(): Condition {
    if (this.take("(")) {
      const inner = this.any();
      this.expect(")");
      return inner;
    }
    for (const [word, wanted] of [
      ["ATTRIBUTE_EXISTS", true],
      ["ATTRIBUTE_NOT_EXISTS", false],
    ] as const) {
      if (!this.take(word)) continue;
      this.expect("(");
      const path = this.path();
      this.expect(")");
      return (item, placeholders) => (item?.[path(placeholders)] !== undefined) === wanted;
    }
    const left = this.operand();
    if (this.take("BETWEEN")) return this.between(left);
    const compare = COMPARE[this.word()] ?? this.fail("a comparison expected");
    const right = this.operand();
    return (item, placeholders) => {
      const [a, b] = [left(item, placeholders), right(item, placeholders)];
      // A missing attribute, or one of another type, satisfies no comparison.
      return typeof a === typeof b && a !== undefined && compare(a as never, b as never);
    };
  }

  private between(value: Operand): Condition {
    const low = this.operand();
    this.expect("AND");
    const high = this.operand();
    return (item, placeholders) => {
      const [a, from, to] = [value(item, placeholders), low(item, placeholders), high(item, placeholders)];
      return typeof a === typeof from && typeof a === typeof to && (a as number) >= (from as number) && (a as number) <= (to as number);
    };
  }
}

const conditions = new Map<string, Condition>();
const changes = new Map<string, Change>();

function cached<T>(cache: Map<string, T>, text: string, make: (reader: Reader) => T): T {
  const known = cache.get(text);
  if (known) return known;
  const reader = new Reader(text);
  const made = make(reader);
  if (!reader.ended) reader.fail("more than was understood");
  cache.set(text, made);
  return made;
}

export const condition = (text: string): Condition => cached(conditions, text, (reader) => reader.any());

export const change = (text: string): Change =>
  cached(changes, text, (reader) => {
    const steps: ((next: Record<string, unknown>, before: Item, placeholders: Placeholders) => void)[] = [];
    while (!reader.ended) {
      if (reader.take("SET")) {
        do {
          const path = reader.path();
          reader.expect("=");
          const left = reader.operand();
          const right = reader.take("+") ? reader.operand() : undefined;
          steps.push((next, before, placeholders) => {
            const value = left(before, placeholders);
            const added = right?.(before, placeholders);
            if (value === undefined) throw new ServiceError("ValidationException", "an operand of the update is missing in the item");
            next[path(placeholders)] = right ? Number(value) + Number(added) : value;
          });
        } while (reader.take(","));
      } else if (reader.take("REMOVE")) {
        do {
          const path = reader.path();
          steps.push((next, _before, placeholders) => delete next[path(placeholders)]);
        } while (reader.take(","));
      } else reader.fail("SET or REMOVE expected");
    }
    return (item, placeholders) => {
      const next: Record<string, unknown> = { ...item };
      for (const step of steps) step(next, item, placeholders);
      return next;
    };
  });
