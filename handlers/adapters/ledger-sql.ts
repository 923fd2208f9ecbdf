/**
 * The ledger's statements (Aurora PostgreSQL through the RDS Data API: named parameters, no `::` casts).
 */

/**
 * The fence: first statement of every settlement. The row's lock lasts until the transaction ends, so a rise of the fence either
 * waits for this transaction or is seen by it; there is no gap between the check and the effect.
 */
export const FENCE = "SELECT epoch FROM ledger_fence WHERE id = 1 FOR SHARE";

/** Settles a batch: trades that the ledger has are left alone, and positions move by those that are new. */
export const SETTLE = `
WITH batch AS (
  SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb))
    AS t(trade_id text, account_id text, symbol text, side text, quantity bigint, price numeric(18, 4))
), inserted AS (
  INSERT INTO trades (trade_id, account_id, symbol, side, quantity, price, outcome, reason, settled_epoch)
  SELECT b.trade_id, b.account_id, b.symbol, b.side, b.quantity, b.price,
         CASE WHEN r.reason IS NULL THEN 'EXECUTED' ELSE 'FAILED' END, r.reason, CAST(:epoch AS bigint)
  FROM batch b
  LEFT JOIN LATERAL (
    SELECT reason FROM restrictions WHERE account_id IN (b.account_id, '*') AND symbol IN (b.symbol, '*') ORDER BY reason LIMIT 1
  ) r ON true
  ORDER BY b.trade_id
  ON CONFLICT (trade_id) DO NOTHING
  RETURNING account_id, symbol, side, quantity, price, outcome
)
INSERT INTO positions (account_id, symbol, quantity, notional)
SELECT account_id, symbol,
       sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END),
       sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END * price)
FROM inserted WHERE outcome = 'EXECUTED'
GROUP BY account_id, symbol
ORDER BY account_id, symbol
ON CONFLICT (account_id, symbol) DO UPDATE
  SET quantity = positions.quantity + excluded.quantity, notional = positions.notional + excluded.notional`;

/** Decisions on a batch, those of earlier deliveries included. */
export const OUTCOMES = `
SELECT t.trade_id, t.outcome, t.reason
FROM trades t JOIN jsonb_array_elements_text(CAST(:ids AS jsonb)) AS asked(id) ON t.trade_id = asked.id`;

export const RAISE_FENCE = `
INSERT INTO ledger_fence (id, epoch) VALUES (1, :epoch)
ON CONFLICT (id) DO UPDATE SET epoch = greatest(ledger_fence.epoch, excluded.epoch)
RETURNING epoch`;

/** A write that changes nothing, to find out whether this cluster takes writes. */
export const WRITE_PROBE = "UPDATE ledger_fence SET epoch = epoch WHERE id = 1";

export const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;

/** One migrator at a time; the lock ends with the transaction. */
export const MIGRATION_LOCK = "SELECT pg_advisory_xact_lock(724105)";
