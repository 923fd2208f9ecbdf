/**
 * The ledger's statements on Aurora MySQL 3 (MySQL 8.0). What MySQL and MariaDB, which the tests run, say differently is left out: no RETURNING (MariaDB has
 * it), no LATERAL and no `FOR SHARE` (MySQL has them), no row alias in ON DUPLICATE KEY. docs/DECISIONS.md lists the differences.
 */
import { LINKS_KEPT } from "./ledger-sql";

const TEXT = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/** A list of ids, given as JSON, as a table. */
const asked = (list: string): string => `JSON_TABLE(${list}, '$[*]' COLUMNS (id varchar(64) ${TEXT} PATH '$')) AS asked`;

/**
 * Takes the fence's lock, which lasts until the transaction ends: a rise of the fence either waits for it or is seen by it, links are committed in the order
 * of their numbers, and batches take no locks against each other. No row: another epoch, or another region's.
 */
export const LOCK_FENCE = "SELECT seq, confirmed FROM ledger_fence WHERE id = 1 AND epoch = :epoch AND holder = :region FOR UPDATE";

/** Reads what is committed and not what a snapshot remembers: no snapshot may be taken before the fence's lock is had. */
export const HOLDS_HEAD = "SELECT seq FROM ledger_links WHERE seq = :head_seq AND id = :head LOCK IN SHARE MODE";

export const ADVANCE = "UPDATE ledger_fence SET seq = :seq, confirmed = greatest(confirmed, :head_seq) WHERE id = 1";
export const LINK = "INSERT INTO ledger_links (seq, id) VALUES (:seq, :link)";
export const FORGET = `DELETE FROM ledger_links WHERE seq < :head_seq - ${LINKS_KEPT}`;

export const KNOWN = `SELECT t.trade_id FROM trades t JOIN ${asked(":ids")} ON t.trade_id = asked.id`;

/**
 * Why each of these trades fails, or null: of a trade that the ledger has, what was decided; of any other, what is restricted now. No row at all when the ledger is not at
 * this epoch and holder.
 */
export const JUDGE = `
SELECT judged.trade_id, judged.reason FROM ledger_fence f
LEFT JOIN (
  SELECT b.trade_id, CASE WHEN t.trade_id IS NOT NULL THEN t.reason ELSE (
    SELECT min(r.reason) FROM restrictions r WHERE r.account_id IN (b.account_id, '*') AND r.symbol IN (b.symbol, '*')
  ) END AS reason
  FROM JSON_TABLE(:batch, '$[*]' COLUMNS (
    trade_id varchar(64) ${TEXT} PATH '$.trade_id',
    account_id varchar(64) ${TEXT} PATH '$.account_id',
    symbol varchar(32) ${TEXT} PATH '$.symbol')) AS b
  LEFT JOIN trades t ON t.trade_id = b.trade_id
) AS judged ON true
WHERE f.id = 1 AND f.epoch = :epoch AND f.holder = :region`;

/**
 * Inserts trades that the ledger does not have. Numbers come as texts and become numbers in their columns, which refuse what does not fit in strict mode: the
 * list as a table would make the nearest number of them, and say nothing.
 */
export const INSERT_TRADES = `
INSERT INTO trades (trade_id, account_id, symbol, side, quantity, price, outcome, reason, settled_epoch)
SELECT b.trade_id, b.account_id, b.symbol, b.side, b.quantity, b.price,
       CASE WHEN b.reason IS NULL THEN 'EXECUTED' ELSE 'FAILED' END, b.reason, :epoch
FROM JSON_TABLE(:batch, '$[*]' COLUMNS (
  trade_id varchar(64) ${TEXT} PATH '$.trade_id',
  account_id varchar(64) ${TEXT} PATH '$.account_id',
  symbol varchar(32) ${TEXT} PATH '$.symbol',
  side varchar(4) ${TEXT} PATH '$.side',
  quantity varchar(32) PATH '$.quantity',
  price varchar(64) PATH '$.price',
  reason text ${TEXT} PATH '$.reason')) AS b`;

export const MOVE_POSITIONS = `
INSERT INTO positions (account_id, symbol, quantity, notional)
SELECT moved.account_id, moved.symbol, moved.quantity, moved.notional
FROM (
  SELECT t.account_id, t.symbol,
         sum(CASE t.side WHEN 'buy' THEN t.quantity ELSE -t.quantity END) AS quantity,
         sum(CASE t.side WHEN 'buy' THEN t.quantity ELSE -t.quantity END * t.price) AS notional
  FROM trades t JOIN ${asked(":ids")} ON t.trade_id = asked.id
  WHERE t.outcome = 'EXECUTED'
  GROUP BY t.account_id, t.symbol
) AS moved
ON DUPLICATE KEY UPDATE quantity = positions.quantity + moved.quantity, notional = positions.notional + moved.notional`;

/** Where the fence stands: why a batch was not settled. */
export const FENCE = "SELECT epoch, holder FROM ledger_fence WHERE id = 1";

/** Which ids the ledger holds; no row at all when it is not at this epoch and holder, one of null when it holds none. */
export const PRESENT = `
SELECT held.trade_id FROM ledger_fence f
LEFT JOIN (SELECT t.trade_id FROM trades t JOIN ${asked(":ids")} ON t.trade_id = asked.id) AS held ON true
WHERE f.id = 1 AND f.epoch = :epoch AND f.holder = :region`;

/** How many of these links the history holds; no row at all when the ledger is not at this epoch and holder. */
export const HOLDS = `
SELECT (
  SELECT count(*) FROM ledger_links l
  JOIN JSON_TABLE(:links, '$[*]' COLUMNS (seq bigint PATH '$.seq', id varchar(64) ${TEXT} PATH '$.id')) AS asked ON l.seq = asked.seq AND l.id = asked.id
) FROM ledger_fence f WHERE f.id = 1 AND f.epoch = :epoch AND f.holder = :region`;

/** Columns are set one after the other: the holder is decided by the epoch as it was. */
export const RAISE_FENCE = `
INSERT INTO ledger_fence (id, epoch, holder) VALUES (1, :epoch, :region)
ON DUPLICATE KEY UPDATE holder = CASE WHEN :epoch > epoch THEN :region ELSE holder END, epoch = greatest(epoch, :epoch)`;

/** Finds out whether this cluster takes writes. A row of its own: the fence's is locked by every settlement. */
export const WRITE_PROBE = "UPDATE write_probe SET probed_at = CURRENT_TIMESTAMP(6) WHERE id = 1";
/** No row where there is nothing to probe. */
export const PROBED = "SELECT (SELECT coalesce(max(epoch), 0) FROM ledger_fence WHERE id = 1) FROM write_probe WHERE id = 1";

export const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version int PRIMARY KEY, name varchar(200) NOT NULL, checksum varchar(64) NOT NULL,
  applied_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)) ENGINE = InnoDB`;

/** Two migrators at once apply the same statements, which bear it, and one of them notes it. */
export const MIGRATED = `
INSERT INTO schema_migrations (version, name, checksum) VALUES (:version, :name, :checksum) ON DUPLICATE KEY UPDATE version = :version`;
