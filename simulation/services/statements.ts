/**
 * The ledger's SQL, clause by clause: which text has which meaning here. A statement is understood only if every clause of it is one of those
 * below; anything else is an error, so that a change of the statements can't go by unnoticed.
 */
export type Statement =
  | {
      readonly kind: "settle";
      /** The fence row's epoch is compared with the caller's. */
      readonly fenced: boolean;
      /** The fence row's holder is compared with the caller's region. */
      readonly held: boolean;
      /** The history must hold the head that the caller names. */
      readonly chained: boolean;
      /** What is confirmed is the caller's head; else the new link itself. */
      readonly confirmsHead: boolean;
      /** A trade that is there is left alone. */
      readonly once: boolean;
      /** Positions move by what was inserted; else by the whole batch. */
      readonly byInserted: boolean;
      /** Positions are added to; else overwritten. */
      readonly adds: boolean;
    }
  | { readonly kind: "outcomes" | "fence" | "probe" }
  | { readonly kind: "present"; readonly fenced: boolean; readonly held: boolean }
  | { readonly kind: "holds" }
  /** `above`: the new link's number lies above the caller's. */
  | { readonly kind: "anew"; readonly above: boolean }
  | { readonly kind: "raise"; readonly greatest: boolean };

type Clause = Readonly<Record<string, boolean | undefined>> | string;

const normal = (sql: string): string => sql.replace(/\s+/g, " ").trim();

/** Text, or the flag's name and its two texts: the meaning "true" first. */
type Part = string | readonly [flag: string, whenTrue: string, whenFalse: string];

const SETTLE: readonly Part[] = [
  "WITH fence AS ( UPDATE ledger_fence SET seq = seq + 1, confirmed =",
  ["confirmsHead", " greatest(confirmed, CAST(:head_seq AS bigint))", " seq + 1"],
  " WHERE id = 1",
  ["fenced", " AND epoch = CAST(:epoch AS bigint)", ""],
  ["held", " AND holder = :region", ""],
  ["chained", " AND EXISTS (SELECT 1 FROM ledger_links l WHERE l.seq = CAST(:head_seq AS bigint) AND l.id = :head)", ""],
  " RETURNING seq ), linked AS ( INSERT INTO ledger_links (seq, id) SELECT seq, :link FROM fence ), forgotten AS ( DELETE FROM ledger_links WHERE seq < (SELECT CAST(:head_seq AS bigint) - 1000 FROM fence) ), batch AS ( SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS t(trade_id text, account_id text, symbol text, side text, quantity bigint, price numeric(18, 4)) ), inserted AS ( INSERT INTO trades (trade_id, account_id, symbol, side, quantity, price, outcome, reason, settled_epoch) SELECT b.trade_id, b.account_id, b.symbol, b.side, b.quantity, b.price, CASE WHEN r.reason IS NULL THEN 'EXECUTED' ELSE 'FAILED' END, r.reason, CAST(:epoch AS bigint) FROM fence CROSS JOIN batch b LEFT JOIN LATERAL ( SELECT reason FROM restrictions WHERE account_id IN (b.account_id, '*') AND symbol IN (b.symbol, '*') ORDER BY reason LIMIT 1 ) r ON true ORDER BY b.trade_id",
  ["once", " ON CONFLICT (trade_id) DO NOTHING", ""],
  " RETURNING trade_id, account_id, symbol, side, quantity, price, outcome, reason ), moved AS ( INSERT INTO positions (account_id, symbol, quantity, notional) SELECT account_id, symbol, sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END), sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END * price)",
  ["byInserted", " FROM inserted WHERE outcome = 'EXECUTED'", " FROM batch"],
  " GROUP BY account_id, symbol ORDER BY account_id, symbol ON CONFLICT (account_id, symbol) DO UPDATE SET",
  [
    "adds",
    " quantity = positions.quantity + excluded.quantity, notional = positions.notional + excluded.notional",
    " quantity = excluded.quantity, notional = excluded.notional",
  ],
  " ) SELECT fence.seq, i.trade_id, i.outcome, i.reason FROM fence LEFT JOIN inserted i ON true",
];
const PRESENT: readonly Part[] = [
  "WITH held AS ( SELECT t.trade_id FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id ) SELECT held.trade_id FROM ledger_fence LEFT JOIN held ON true WHERE id = 1",
  ["fenced", " AND epoch = CAST(:epoch AS bigint)", ""],
  ["held", " AND holder = :region", ""],
];
const HOLDS: readonly Part[] = [
  "WITH held AS ( SELECT l.seq FROM ledger_links l JOIN jsonb_to_recordset(CAST(:links AS jsonb)) AS asked(seq bigint, id text) ON l.seq = asked.seq AND l.id = asked.id ) SELECT (SELECT count(*) FROM held) FROM ledger_fence WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region",
];
const ANEW: readonly Part[] = [
  "WITH fence AS ( UPDATE ledger_fence SET seq =",
  ["above", " greatest(seq, CAST(:after AS bigint)) + 1", " seq + 1"],
  " WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region RETURNING seq, confirmed ), linked AS ( INSERT INTO ledger_links (seq, id) SELECT seq, :link FROM fence ) SELECT seq, confirmed FROM fence",
];
const RAISE: readonly Part[] = [
  "INSERT INTO ledger_fence (id, epoch, holder) VALUES (1, CAST(:epoch AS bigint), :region) ON CONFLICT (id) DO UPDATE SET epoch =",
  ["greatest", " greatest(ledger_fence.epoch, excluded.epoch)", " excluded.epoch"],
  ", holder = CASE WHEN excluded.epoch > ledger_fence.epoch THEN excluded.holder ELSE ledger_fence.holder END RETURNING epoch",
];
const OUTCOMES: readonly Part[] = [
  "SELECT t.trade_id, t.outcome, t.reason FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id",
];
const FENCE: readonly Part[] = ["SELECT epoch, holder FROM ledger_fence WHERE id = 1"];
const PROBE: readonly Part[] = [
  "UPDATE write_probe SET probed_at = now() WHERE id = 1 RETURNING (SELECT coalesce(max(epoch), 0) FROM ledger_fence WHERE id = 1)",
];

const KINDS = {
  settle: SETTLE,
  present: PRESENT,
  holds: HOLDS,
  anew: ANEW,
  raise: RAISE,
  outcomes: OUTCOMES,
  fence: FENCE,
  probe: PROBE,
} as const;
const known = new Map<string, Statement>();

function flags(sql: string, parts: readonly Part[]): Clause {
  let rest = sql;
  const found: Record<string, boolean> = {};
  for (const part of parts) {
    const choices = typeof part === "string" ? [part] : [part[1], part[2]];
    const chosen = choices.findIndex((text) => rest.startsWith(text));
    if (chosen < 0) return rest;
    if (typeof part !== "string") found[part[0]] = chosen === 0;
    rest = rest.slice((choices[chosen] as string).length);
  }
  return rest === "" ? found : rest;
}

/** @throws an error with the statement's text where it is not one that the model knows. */
export function statement(sql: string): Statement {
  const before = known.get(sql);
  if (before) return before;
  const text = normal(sql);
  for (const [kind, parts] of Object.entries(KINDS)) {
    const found = flags(text, parts);
    if (typeof found === "string") continue;
    const made = { kind, ...found } as Statement;
    known.set(sql, made);
    return made;
  }
  throw new Error(`the model of the ledger does not know this statement: ${text}`);
}
