/**
 * The ledger's statements (Aurora PostgreSQL through the RDS Data API: named parameters, no `::` casts).
 */

/**
 * Settles a batch: trades that the ledger has are left alone, and positions move by those that are new.
 *
 * `fence` is what stops a region whose time is over, or has not come: no row there, no row inserted. It names epoch and holder, because
 * replication brings the row to the other region too, where a move that lands late could find the present epoch. Its lock lasts until the transaction ends, so a rise of
 * the fence either waits for this transaction or is seen by it (the condition is checked again on the newest row); there is no gap
 * between the check and the effect. Answers no row when fenced, else one for each trade inserted, or one of nulls when there was none.
 *
 * Rows are locked in one order in every batch (trades by id, then positions by key): concurrent batches wait, they don't deadlock.
 */
export const SETTLE = `
WITH fence AS (
  SELECT id FROM ledger_fence WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region FOR SHARE
), batch AS (
  SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb))
    AS t(trade_id text, account_id text, symbol text, side text, quantity bigint, price numeric(18, 4))
), inserted AS (
  INSERT INTO trades (trade_id, account_id, symbol, side, quantity, price, outcome, reason, settled_epoch)
  SELECT b.trade_id, b.account_id, b.symbol, b.side, b.quantity, b.price,
         CASE WHEN r.reason IS NULL THEN 'EXECUTED' ELSE 'FAILED' END, r.reason, CAST(:epoch AS bigint)
  FROM fence CROSS JOIN batch b
  LEFT JOIN LATERAL (
    SELECT reason FROM restrictions WHERE account_id IN (b.account_id, '*') AND symbol IN (b.symbol, '*') ORDER BY reason LIMIT 1
  ) r ON true
  ORDER BY b.trade_id
  ON CONFLICT (trade_id) DO NOTHING
  RETURNING trade_id, account_id, symbol, side, quantity, price, outcome, reason
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
SELECT i.trade_id, i.outcome, i.reason FROM fence LEFT JOIN inserted i ON true`;

/**
 * Decisions on trades that were there before. A statement of its own: one that a concurrent transaction inserted after SETTLE had begun
 * is in no snapshot of SETTLE.
 */
export const OUTCOMES = `
SELECT t.trade_id, t.outcome, t.reason
FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id`;

/** Where the fence stands, to be told in a log. */
export const FENCE = "SELECT epoch FROM ledger_fence WHERE id = 1";

/** Which ids the ledger holds; no row at all when it is not at this epoch and holder, one of null when it holds none. */
export const PRESENT = `
WITH held AS (
  SELECT t.trade_id FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id
)
SELECT held.trade_id FROM ledger_fence LEFT JOIN held ON true WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region`;

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
