/**
 * The ledger's statements (Aurora PostgreSQL through the RDS Data API: named parameters, no `::` casts).
 */

/** Links that the history remembers below the head: more than are appended while a function that has read the head gets to its statement. */
export const LINKS_KEPT = 1_000;

/**
 * Settles a batch: trades that the ledger has are left alone, and positions move by those that are new. A transaction by itself.
 *
 * `fence` is what stops a region whose time is over, or has not come: no row there, no row inserted. It names epoch and holder, because
 * replication brings the row to the other region too, where a move that lands late could find the present epoch. It is also what stops a writer that has lost a tail: its
 * history must hold the head. The row stays locked until the commit, so a rise of the fence either waits for this statement or is seen by it (the condition is checked
 * again on the newest row), links are committed in the order of their numbers, and batches take no locks against each other.
 *
 * Answers no row when fenced or astray, else one for each trade inserted, or one of null when there was none, each with the link's number.
 */
export const SETTLE = `
WITH fence AS (
  UPDATE ledger_fence SET seq = seq + 1, confirmed = greatest(confirmed, CAST(:head_seq AS bigint))
  WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region
    AND EXISTS (SELECT 1 FROM ledger_links l WHERE l.seq = CAST(:head_seq AS bigint) AND l.id = :head)
  RETURNING seq
), linked AS (
  INSERT INTO ledger_links (seq, id) SELECT seq, :link FROM fence
), forgotten AS (
  DELETE FROM ledger_links WHERE seq < (SELECT CAST(:head_seq AS bigint) - ${LINKS_KEPT} FROM fence)
), batch AS (
  SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb))
    AS t(trade_id text, account_id text, symbol text, side text, quantity bigint, price numeric(18, 4), reason text)
), inserted AS (
  INSERT INTO trades (trade_id, account_id, symbol, side, quantity, price, outcome, reason, settled_epoch)
  SELECT b.trade_id, b.account_id, b.symbol, b.side, b.quantity, b.price,
         CASE WHEN b.reason IS NULL THEN 'EXECUTED' ELSE 'FAILED' END, b.reason, CAST(:epoch AS bigint)
  FROM fence CROSS JOIN batch b
  ORDER BY b.trade_id
  ON CONFLICT (trade_id) DO NOTHING
  RETURNING trade_id, account_id, symbol, side, quantity, price, outcome
), moved AS (
  INSERT INTO positions (account_id, symbol, quantity, notional)
  SELECT account_id, symbol,
         sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END),
         sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END * price)
  FROM inserted WHERE outcome = 'EXECUTED'
  GROUP BY account_id, symbol
  ORDER BY account_id, symbol
  ON CONFLICT (account_id, symbol) DO UPDATE
    SET quantity = positions.quantity + excluded.quantity, notional = positions.notional + excluded.notional
)
SELECT fence.seq, i.trade_id FROM fence LEFT JOIN inserted i ON true`;

/**
 * Why each of these trades fails, or null: of a trade that the ledger has, what was decided; of any other, what is restricted now. No row at all when the ledger is not at
 * this epoch and holder.
 */
export const JUDGE = `
WITH judged AS (
  SELECT asked.trade_id, CASE WHEN t.trade_id IS NULL THEN r.reason ELSE t.reason END AS reason
  FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS asked(trade_id text, account_id text, symbol text)
  LEFT JOIN trades t ON t.trade_id = asked.trade_id
  LEFT JOIN LATERAL (
    SELECT reason FROM restrictions WHERE account_id IN (asked.account_id, '*') AND symbol IN (asked.symbol, '*') ORDER BY reason LIMIT 1
  ) r ON true
)
SELECT judged.trade_id, judged.reason FROM ledger_fence LEFT JOIN judged ON true
WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region`;

/** Where the fence stands: why a batch was not settled. */
export const FENCE = "SELECT epoch, holder FROM ledger_fence WHERE id = 1";

/** Which ids the ledger holds; no row at all when it is not at this epoch and holder, one of null when it holds none. */
export const PRESENT = `
WITH held AS (
  SELECT t.trade_id FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id
)
SELECT held.trade_id FROM ledger_fence LEFT JOIN held ON true WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region`;

/** How many of these links the history holds; no row at all when the ledger is not at this epoch and holder. */
export const HOLDS = `
WITH held AS (
  SELECT l.seq FROM ledger_links l JOIN jsonb_to_recordset(CAST(:links AS jsonb)) AS asked(seq bigint, id text) ON l.seq = asked.seq AND l.id = asked.id
)
SELECT (SELECT count(*) FROM held) FROM ledger_fence WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region`;

/** Appends a link above all numbers so far; no row when the ledger is not at this epoch and holder. */
export const BEGIN_ANEW = `
WITH fence AS (
  UPDATE ledger_fence SET seq = greatest(seq, CAST(:after AS bigint)) + 1
  WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region
  RETURNING seq, confirmed
), linked AS (
  INSERT INTO ledger_links (seq, id) SELECT seq, :link FROM fence
)
SELECT seq, confirmed FROM fence`;

export const RAISE_FENCE = `
INSERT INTO ledger_fence (id, epoch, holder) VALUES (1, CAST(:epoch AS bigint), :region)
ON CONFLICT (id) DO UPDATE SET epoch = greatest(ledger_fence.epoch, excluded.epoch),
  holder = CASE WHEN excluded.epoch > ledger_fence.epoch THEN excluded.holder ELSE ledger_fence.holder END
RETURNING epoch`;

/** Finds out whether this cluster takes writes. A row of its own: the fence's is locked by every settlement. */
export const WRITE_PROBE =
  "UPDATE write_probe SET probed_at = now() WHERE id = 1 RETURNING (SELECT coalesce(max(epoch), 0) FROM ledger_fence WHERE id = 1)";

export const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;

/** One migrator at a time; the lock ends with the transaction. The Data API returns no void, so it is given something else to return. */
export const MIGRATION_LOCK = "SELECT CAST(pg_advisory_xact_lock(724105) AS text)";
