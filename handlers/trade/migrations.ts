import { LEDGER_USER } from "../../contract/ledger";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** The ledger's schema, by versions. A version that has been released is never edited; a change is a new version. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "trades, positions and the fence",
    statements: [
      `CREATE TABLE ledger_fence (
         id smallint PRIMARY KEY CHECK (id = 1),
         epoch bigint NOT NULL CHECK (epoch > 0),
         holder text NOT NULL)`,
      `CREATE TABLE trades (
         trade_id text PRIMARY KEY,
         account_id text NOT NULL,
         symbol text NOT NULL,
         side text NOT NULL CHECK (side IN ('buy', 'sell')),
         quantity bigint NOT NULL CHECK (quantity > 0),
         price numeric(18, 4) NOT NULL CHECK (price > 0),
         outcome text NOT NULL CHECK (outcome IN ('EXECUTED', 'FAILED')),
         reason text,
         settled_epoch bigint NOT NULL,
         settled_at timestamptz NOT NULL DEFAULT now(),
         CHECK ((outcome = 'FAILED') = (reason IS NOT NULL)))`,
      `CREATE INDEX trades_by_account ON trades (account_id, settled_at)`,
      `CREATE TABLE positions (
         account_id text NOT NULL,
         symbol text NOT NULL,
         quantity bigint NOT NULL,
         notional numeric(30, 4) NOT NULL,
         PRIMARY KEY (account_id, symbol))`,
    ],
  },
  {
    version: 2,
    name: "restricted accounts and symbols",
    statements: [
      `CREATE TABLE restrictions (
         account_id text NOT NULL,
         symbol text NOT NULL,
         reason text NOT NULL,
         PRIMARY KEY (account_id, symbol))`,
      `COMMENT ON TABLE restrictions IS 'A trade of a restricted account and symbol (* is any) settles as FAILED and moves no position'`,
    ],
  },
  {
    version: 3,
    name: "a row to probe for writes, and no lock outlives a function that died",
    statements: [
      `CREATE TABLE write_probe (
         id smallint PRIMARY KEY CHECK (id = 1),
         probed_at timestamptz NOT NULL)`,
      `INSERT INTO write_probe (id, probed_at) VALUES (1, now())`,
      // The Data API keeps an abandoned transaction, and its locks on the fence and on positions, for three minutes.
      `ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '15s'`,
      // Below the callers' own deadline, so that a waiting statement ends in the database too.
      `ALTER ROLE CURRENT_USER SET lock_timeout = '4s'`,
    ],
  },
  {
    version: 4,
    name: "the ledger's history is a chain of links",
    statements: [
      // seq: number of the newest link. confirmed: number of the newest head that a settlement has found in this history.
      `ALTER TABLE ledger_fence ADD COLUMN seq bigint NOT NULL DEFAULT 0, ADD COLUMN confirmed bigint NOT NULL DEFAULT 0`,
      `CREATE TABLE ledger_links (seq bigint PRIMARY KEY, id text NOT NULL)`,
    ],
  },
  {
    version: 5,
    name: "the servers' own user, which brings IAM's token and may settle, and nothing else",
    statements: [
      // Users are the cluster's and not the database's: it may be there.
      `DO $$ BEGIN
         IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${LEDGER_USER}') THEN CREATE ROLE ${LEDGER_USER} LOGIN; END IF;
       END $$`,
      // Aurora's own role: its members are let in by a token, and by nothing else.
      `GRANT rds_iam TO ${LEDGER_USER}`,
      `GRANT USAGE ON SCHEMA public TO ${LEDGER_USER}`,
      // Not its epoch and not its holder: who settles has no hand in who may settle.
      `GRANT SELECT, UPDATE (seq, confirmed) ON ledger_fence TO ${LEDGER_USER}`,
      `GRANT SELECT, INSERT, DELETE ON ledger_links TO ${LEDGER_USER}`,
      `GRANT SELECT, INSERT ON trades TO ${LEDGER_USER}`,
      `GRANT SELECT, INSERT, UPDATE (quantity, notional) ON positions TO ${LEDGER_USER}`,
      `GRANT SELECT ON restrictions TO ${LEDGER_USER}`,
      `ALTER ROLE ${LEDGER_USER} SET idle_in_transaction_session_timeout = '15s'`,
      `ALTER ROLE ${LEDGER_USER} SET lock_timeout = '4s'`,
      // A passive region's copy would pass a settlement on to the other region's writer. It is refused at once instead, and the batch is handed over.
      `ALTER ROLE ${LEDGER_USER} SET apg_write_forward.consistency_mode = 'off'`,
    ],
  },
];
