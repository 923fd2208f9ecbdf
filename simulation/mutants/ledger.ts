import type { Mutation } from "../build";

/** A way to break one of the ledger's statements. */
export interface LedgerMutant extends Mutation {
  readonly name: string;
  /** What the statement does not do any more. */
  readonly lacks: readonly Clause[];
}

export type Clause =
  /** The fence row's epoch is compared with the caller's. */
  | "epoch"
  /** The fence row's holder is compared with the caller's region. */
  | "holder"
  /** The history must hold the head that the caller names. */
  | "head"
  /** What is confirmed is the caller's head; else the new link itself. */
  | "confirms-head"
  /** Positions move by what was inserted; else by the whole batch. */
  | "by-inserted"
  /** Positions are added to; else overwritten. */
  | "adds"
  /** The new link's number lies above the caller's. */
  | "above";

const file = "handlers/trade/ledger-sql.ts";

/** The model of the ledger (`services/statements.ts`) knows the statements as they are, and with one of these changes. */
export const LEDGER_MUTANTS: readonly LedgerMutant[] = [
  {
    name: "no fence: the ledger settles at any epoch",
    file,
    find: "WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region\n    AND EXISTS",
    replace: "WHERE id = 1\n    AND EXISTS",
    lacks: ["epoch", "holder"],
  },
  {
    name: "the fence names an epoch and no holder",
    file,
    find: "AND holder = :region\n    AND EXISTS",
    replace: "AND EXISTS",
    lacks: ["holder"],
  },
  {
    name: "the ledger settles on a history that does not hold the head",
    file,
    find: "\n    AND EXISTS (SELECT 1 FROM ledger_links l WHERE l.seq = CAST(:head_seq AS bigint) AND l.id = :head)",
    replace: "",
    lacks: ["head"],
  },
  {
    name: "what is confirmed is the newest link, and not the newest head",
    file,
    find: "confirmed = greatest(confirmed, CAST(:head_seq AS bigint))",
    replace: "confirmed = seq + 1",
    lacks: ["confirms-head"],
  },
  {
    name: "the history begins anew with a number that marks have",
    file,
    find: "greatest(seq, CAST(:after AS bigint)) + 1",
    replace: "seq + 1",
    lacks: ["above"],
  },
  {
    name: "positions move by the batch, not by what is new",
    file,
    find: "FROM inserted WHERE outcome = 'EXECUTED'",
    replace: "FROM batch",
    lacks: ["by-inserted"],
  },
  {
    name: "positions are overwritten, not added to",
    file,
    find: "quantity = positions.quantity + excluded.quantity, notional = positions.notional + excluded.notional",
    replace: "quantity = excluded.quantity, notional = excluded.notional",
    lacks: ["adds"],
  },
];
