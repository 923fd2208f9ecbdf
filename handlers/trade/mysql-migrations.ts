import { LEDGER_USER } from "../../contract/ledger";
import type { Migration } from "./migrations";

/**
 * The ledger's schema on Aurora MySQL, by versions, as `migrations.ts` has it for PostgreSQL. MySQL commits at each statement that defines something, so a
 * version may have been applied in part: each statement must bear repetition. Texts compare by their bytes: MySQL's default takes `acc` and `ACC` for one account.
 */
const BYTES = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/** How Aurora is told that a user brings IAM's token. */
export const BY_IAM = "IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'";

export const MYSQL_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "trades, positions, restrictions, the fence and its links",
    statements: [
      `CREATE TABLE IF NOT EXISTS ledger_fence (
         id smallint PRIMARY KEY,
         epoch bigint NOT NULL,
         holder varchar(32) NOT NULL,
         seq bigint NOT NULL DEFAULT 0,
         confirmed bigint NOT NULL DEFAULT 0,
         CONSTRAINT one_fence CHECK (id = 1),
         CONSTRAINT fence_epoch CHECK (epoch > 0)) ENGINE = InnoDB ${BYTES}`,
      `CREATE TABLE IF NOT EXISTS ledger_links (seq bigint PRIMARY KEY, id varchar(64) NOT NULL) ENGINE = InnoDB ${BYTES}`,
      `CREATE TABLE IF NOT EXISTS trades (
         trade_id varchar(64) PRIMARY KEY,
         account_id varchar(64) NOT NULL,
         symbol varchar(32) NOT NULL,
         side varchar(4) NOT NULL,
         quantity bigint NOT NULL,
         price decimal(18, 4) NOT NULL,
         outcome varchar(8) NOT NULL,
         reason varchar(1000),
         settled_epoch bigint NOT NULL,
         settled_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
         INDEX trades_by_account (account_id, settled_at),
         CONSTRAINT trade_side CHECK (side IN ('buy', 'sell')),
         CONSTRAINT trade_quantity CHECK (quantity > 0),
         CONSTRAINT trade_price CHECK (price > 0),
         CONSTRAINT trade_outcome CHECK (outcome IN ('EXECUTED', 'FAILED')),
         CONSTRAINT trade_reason CHECK ((outcome = 'FAILED') = (reason IS NOT NULL))) ENGINE = InnoDB ${BYTES}`,
      `CREATE TABLE IF NOT EXISTS positions (
         account_id varchar(64) NOT NULL,
         symbol varchar(32) NOT NULL,
         quantity bigint NOT NULL,
         notional decimal(30, 4) NOT NULL,
         PRIMARY KEY (account_id, symbol)) ENGINE = InnoDB ${BYTES}`,
      `CREATE TABLE IF NOT EXISTS restrictions (
         account_id varchar(64) NOT NULL,
         symbol varchar(32) NOT NULL,
         reason varchar(1000) NOT NULL,
         PRIMARY KEY (account_id, symbol)) ENGINE = InnoDB ${BYTES}
         COMMENT 'A trade of a restricted account and symbol (* is any) settles as FAILED and moves no position'`,
      `CREATE TABLE IF NOT EXISTS write_probe (
         id smallint PRIMARY KEY,
         probed_at timestamp(6) NOT NULL,
         CONSTRAINT one_probe CHECK (id = 1)) ENGINE = InnoDB`,
      `INSERT INTO write_probe (id, probed_at) VALUES (1, CURRENT_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE id = 1`,
    ],
  },
  {
    version: 2,
    name: "the servers' own user, which brings IAM's token and may settle, and nothing else",
    statements: [
      `CREATE USER IF NOT EXISTS '${LEDGER_USER}'@'%' ${BY_IAM}`,
      // Not its epoch and not its holder: who settles has no hand in who may settle.
      `GRANT SELECT, UPDATE (seq, confirmed) ON ledger_fence TO '${LEDGER_USER}'@'%'`,
      `GRANT SELECT, INSERT, DELETE ON ledger_links TO '${LEDGER_USER}'@'%'`,
      `GRANT SELECT, INSERT ON trades TO '${LEDGER_USER}'@'%'`,
      // Who inserts or else updates is asked for the right to update what is inserted, too.
      `GRANT SELECT, INSERT, UPDATE ON positions TO '${LEDGER_USER}'@'%'`,
      `GRANT SELECT ON restrictions TO '${LEDGER_USER}'@'%'`,
    ],
  },
];
