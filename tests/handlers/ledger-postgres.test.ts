import { expect } from "chai";
import { dataApi } from "../../handlers/adapters/data-api";
import { ledgerPostgres } from "../../handlers/adapters/ledger-postgres";
import type { Link, Trade } from "../../handlers/core/model";
import type { Ledger } from "../../handlers/ports";
import { startLedgerServer, type LedgerServer } from "../support/ledger-server";
import { trade as anyTrade } from "../support/trades";

const trade = (n: number, fields: Partial<Trade> = {}): Trade => ({ ...anyTrade(n), ...fields });

/** What only PostgreSQL has; what all engines have in common is in ledger.test.ts. */
describe("the ledger on PostgreSQL alone", function () {
  this.timeout(60_000);
  let server: LedgerServer;
  let ledger: Ledger;
  let head: Link;
  const settle = (epoch: number, trades: readonly Trade[]) => ledger.settle(epoch, head, trades);

  before(async () => {
    server = await startLedgerServer();
  });
  after(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    await server.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    ledger = ledgerPostgres(dataApi(server.client, server.database), "us-east-1");
    await ledger.migrate();
    await ledger.raiseFence(1);
    head = (await ledger.beginAnew(1, 0)).link;
    server.calls.length = 0;
  });

  it("migrates once when two start at the same time", async () => {
    await server.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const applied = await Promise.all([ledger.migrate(), ledger.migrate()]);
    expect(applied.map(({ length }) => length).sort()).to.include(0);
  });

  it("settles a batch in one call of the Data API", async () => {
    await settle(1, [trade(1), trade(2), trade(4)]);
    expect(server.calls).to.deep.equal(["/Execute"]);
  });

  it("lets go of the locks of a function that died in mid-transaction", async () => {
    const { Pool } = await import("pg");
    const later = new Pool(server.pool.options);
    const { rows: settings } = await later.query(
      "SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock",
    );
    await later.end();
    expect(settings).to.deep.equal([{ idle: "15s", lock: "4s" }]);
  });

  it("takes what a trigger raises for refused data, so that it is isolated", async () => {
    await server.pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no such desk'; END $$;
      CREATE TRIGGER desk BEFORE INSERT ON trades FOR EACH ROW WHEN (NEW.symbol = 'BAD') EXECUTE FUNCTION refuse()`);
    const refused = await settle(1, [trade(1), trade(2, { symbol: "BAD" })]);
    expect(refused.kind === "refused" && refused.reason).to.contain("no such desk");
    expect((await settle(1, [trade(1)])).kind).to.equal("settled");
  });
});
