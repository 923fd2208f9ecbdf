/** The user by which servers connect to the ledger. It has no password: its role in IAM is what it brings. */
export const LEDGER_USER = "trade_service";

/** The database of each cluster that holds the ledger's tables. */
export const LEDGER_DATABASE = "trading";
