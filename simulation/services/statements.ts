/**
 * The ledger's SQL: which text has which meaning here. A statement is understood only if it is the ledger's own, or one of those with a mutant's change; anything else
 * is an error, so that a change of the statements can't go by unnoticed: who changes one says in `ledger-copy.ts` what it does.
 */
import * as sql from "../../handlers/trade/ledger-sql";
import { LEDGER_MUTANTS, type Clause } from "../mutants/ledger";

const TEXTS = {
  settle: sql.SETTLE,
  judge: sql.JUDGE,
  present: sql.PRESENT,
  holds: sql.HOLDS,
  anew: sql.BEGIN_ANEW,
  raise: sql.RAISE_FENCE,
  fence: sql.FENCE,
  probe: sql.WRITE_PROBE,
} as const;

export interface Statement {
  readonly kind: keyof typeof TEXTS;
  /** What a mutant has left out of it. */
  readonly lacks: readonly Clause[];
}

function* meanings(): Generator<readonly [string, Statement]> {
  for (const [kind, text] of Object.entries(TEXTS) as [keyof typeof TEXTS, string][]) {
    yield [text, { kind, lacks: [] }];
    for (const { find, replace, lacks } of LEDGER_MUTANTS) if (text.includes(find)) yield [text.replace(find, replace), { kind, lacks }];
  }
}
const KNOWN: ReadonlyMap<string, Statement> = new Map(meanings());

/** @throws an error with the statement's text where it is not one that the model knows. */
export function statement(text: string): Statement {
  const known = KNOWN.get(text);
  if (known) return known;
  throw new Error(`the model of the ledger does not know this statement: ${text}`);
}
