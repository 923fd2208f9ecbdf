import { expect } from "chai";
import type { Link, Trade } from "../../handlers/core/model";
import type { Decided, Ledger } from "../../handlers/ports";
import { ENGINES, type EngineServer } from "../support/ledger-engines";
import { id } from "../support/trades";

function trade(n: number, fields: Partial<Decided> = {}): Decided {
  return {
    tradeId: id(n),
    idempotencyKey: `key-${n}`,
    accountId: `acc-${n % 3}`,
    symbol: "AMZN",
    side: n % 2 ? "buy" : "sell",
    quantity: n + 1,
    price: "223.82",
    acceptedAt: "2030-01-01T00:00:00.000Z",
    acceptedRegion: "us-east-1",
    ...fields,
  };
}

for (const { name, migrations, start } of ENGINES)
  describe(`the ledger on ${name}`, function () {
    this.timeout(60_000);
    let server: EngineServer;
    let ledger: Ledger;
    /** Where the history began. */
    let head: Link;
    const settle = (epoch: number, trades: readonly Trade[]) => ledger.settle(epoch, head, trades);
    const ledgerOf = (region: string): Ledger => server.ledgerOf(region);
    const rows = (sql: string): Promise<string[][]> => server.rows(sql);

    before(async function () {
      if (!start) return this.skip();
      server = await start();
    });
    after(async () => {
      await server?.stop();
    });
    beforeEach(async () => {
      await server.reset();
      ledger = ledgerOf("us-east-1");
      await ledger.migrate();
      await ledger.raiseFence(1);
      head = (await ledger.beginAnew(1, 0)).link;
    });
    afterEach(async () => {
      if (start) expect(await server.openTransactions(), "every transaction was ended").to.equal(0);
    });

    it("takes accounts that differ in case alone for two", async () => {
      await settle(1, [trade(1, { accountId: "acc" }), trade(2, { accountId: "ACC" })]);
      expect((await rows("SELECT account_id FROM positions ORDER BY account_id")).flat().sort()).to.deep.equal(["ACC", "acc"]);
    });

    it("migrates once, also when two start at the same time, and refuses an edited migration", async () => {
      await server.reset();
      const applied = await Promise.all([ledger.migrate(), ledger.migrate()]);
      expect([...new Set(applied.flat())]).to.deep.equal(migrations.map(({ version }) => version));
      expect(await ledger.migrate(), "there is nothing left").to.deep.equal([]);
      await server.rows("UPDATE schema_migrations SET checksum = 'x' WHERE version = 1");
      const error = await ledger.migrate().catch((reason: unknown) => reason as Error);
      expect((error as Error).message).to.contain("migration 1");
    });

    it("settles a batch", async () => {
      const result = await settle(1, [trade(1), trade(2), trade(4)]);
      expect(result.kind === "settled" && [...result.fresh].sort()).to.deep.equal([id(1), id(2), id(4)]);
      expect(await rows("SELECT account_id, quantity, notional FROM positions ORDER BY account_id")).to.deep.equal([
        ["acc-1", "-3", "-671.4600"],
        ["acc-2", "-3", "-671.4600"],
      ]);
    });

    it("settles a trade once, whatever repeats", async () => {
      await settle(1, [trade(1)]);
      const again = await settle(1, [trade(1), trade(3)]);
      expect(again).to.deep.include({ kind: "settled", fresh: new Set([id(3)]) });
      const all = await settle(1, [trade(1)]);
      expect(all.kind === "settled" && all.fresh.size).to.equal(0);
      expect(await rows("SELECT sum(quantity) FROM positions")).to.deep.equal([["6"]]);
    });

    it("refuses another epoch than the fence's, lower or higher, and writes nothing", async () => {
      await ledger.raiseFence(3);
      expect(await settle(2, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 3 });
      expect(await settle(4, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 3 });
      expect(await rows("SELECT trade_id FROM trades UNION ALL SELECT account_id FROM positions")).to.deep.equal([]);
      await server.rows("DELETE FROM ledger_fence");
      expect(await settle(1, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 0 });
    });

    it("refuses the other region at the very epoch that its fence stands at: a late move has brought the row along", async () => {
      const beside = ledgerOf("us-east-2");
      expect(await beside.settle(1, head, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 1 });
      expect(await rows("SELECT trade_id FROM trades")).to.deep.equal([]);
      const error = await beside.present(1, [id(1)]).catch((reason: unknown) => reason as Error);
      expect((error as Error).message).to.contain("not at epoch 1");
      expect(await beside.raiseFence(1), "an epoch has one holder for ever").to.equal(1);
      expect((await beside.settle(1, head, [trade(1)])).kind).to.equal("fenced");
      expect(await beside.raiseFence(2)).to.equal(2);
      expect((await beside.settle(2, head, [trade(1)])).kind).to.equal("settled");
      expect((await settle(2, [trade(2)])).kind).to.equal("fenced");
    });

    it("never lowers the fence", async () => {
      expect(await ledger.raiseFence(5)).to.equal(5);
      expect(await ledger.raiseFence(4)).to.equal(5);
    });

    it("holds a settlement back while the fence rises, and then refuses it", async () => {
      const raising = await server.session();
      await raising.query("UPDATE ledger_fence SET epoch = 2 WHERE id = 1");
      const late = settle(1, [trade(1)]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await raising.end();
      expect(await late).to.deep.equal({ kind: "fenced", ledgerEpoch: 2 });
      expect(await rows("SELECT trade_id FROM trades")).to.deep.equal([]);
    });

    it("takes overlapping batches in any order at the same time without a deadlock, and positions stay exact", async () => {
      const trades = Array.from({ length: 60 }, (_, n) => trade(n));
      const batches = Array.from({ length: 16 }, (_, n) => [...trades.slice(n * 2, n * 2 + 30), trade(59)].reverse());
      const results = await Promise.all(batches.map((batch, n) => settle(1, n % 2 ? batch : [...batch].reverse())));
      expect(results.every((result) => result.kind === "settled")).to.equal(true);
      const freshTotal = results.reduce((sum, result) => sum + (result.kind === "settled" ? result.fresh.size : 0), 0);
      const [counted] = await rows("SELECT count(*), sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) FROM trades");
      expect(String(freshTotal)).to.equal(counted?.[0]);
      expect(await rows("SELECT sum(quantity) FROM positions")).to.deep.equal([[counted?.[1]]]);
    });

    it("locks rows in one order: large batches that hold the same trades in opposite orders don't deadlock", async () => {
      for (let round = 0; round < 3; round++) {
        const trades = Array.from({ length: 1_500 }, (_, n) => trade(round * 1_500 + n));
        const results = await Promise.all([trades, [...trades].reverse(), trades, [...trades].reverse()].map((batch) => settle(1, batch)));
        expect(results.map((result) => result.kind === "settled" && result.fresh.size).sort()).to.deep.equal([0, 0, 0, 1_500]);
      }
    });

    const judged = async (epoch: number, trades: readonly Trade[]) => {
      const answer = await ledger.judge(epoch, trades);
      return answer.kind === "judged" ? [...answer.settlements.values()] : answer;
    };

    it("judges a trade by what is restricted, and says nothing at another epoch", async () => {
      await server.rows("INSERT INTO restrictions VALUES ('acc-1', 'AMZN', 'account is frozen'), ('*', 'BAD', 'symbol is halted')");
      expect(await judged(1, [trade(1), trade(2), trade(5, { symbol: "BAD" })])).to.have.deep.members([
        { tradeId: id(1), outcome: "FAILED", reason: "account is frozen" },
        { tradeId: id(2), outcome: "EXECUTED" },
        { tradeId: id(5), outcome: "FAILED", reason: "symbol is halted" },
      ]);
      expect(await judged(2, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 1 });
      expect(await ledgerOf("us-east-2").judge(1, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 1 });
    });

    it("settles as was decided, whatever is restricted by now, and leaves the position of a failed trade alone", async () => {
      await server.rows("INSERT INTO restrictions VALUES ('acc-2', 'AMZN', 'account is frozen')");
      await settle(1, [trade(1, { reason: "account was frozen" }), trade(2)]);
      expect(await rows("SELECT trade_id, outcome, reason FROM trades ORDER BY trade_id")).to.deep.equal([
        [id(1), "FAILED", "account was frozen"],
        [id(2), "EXECUTED", "null"],
      ]);
      expect(await rows("SELECT account_id FROM positions")).to.deep.equal([["acc-2"]]);
    });

    it("judges a trade that it has by its row", async () => {
      await settle(1, [trade(1), trade(2, { reason: "account was frozen" })]);
      await server.rows("INSERT INTO restrictions VALUES ('*', '*', 'all is halted')");
      expect(await judged(1, [trade(1), trade(2)])).to.have.deep.members([
        { tradeId: id(1), outcome: "EXECUTED" },
        { tradeId: id(2), outcome: "FAILED", reason: "account was frozen" },
      ]);
    });

    it("tells refused data from a database that is not there, and rolls back", async () => {
      const refused = await settle(1, [trade(1), trade(2, { price: "123456789012345678" })]);
      expect(refused.kind).to.equal("refused");
      expect(await rows("SELECT trade_id FROM trades")).to.deep.equal([]);
      await server.rows("DROP TABLE positions");
      const error = await settle(1, [trade(1)]).catch((reason: unknown) => reason as Error);
      expect(error).to.be.instanceOf(Error);
    });

    it("says which trades it holds, and only at the epoch it is asked for", async () => {
      await settle(1, [trade(1), trade(2)]);
      expect(await ledger.present(1, [id(1), id(9)])).to.deep.equal(new Set([id(1)]));
      expect(await ledger.present(1, [])).to.deep.equal(new Set());
      const error = await ledger.present(2, [id(1)]).catch((reason: unknown) => reason as Error);
      expect((error as Error).message).to.contain("not at epoch 2");
    });

    it("appends a link with each batch, in the order of commits, and holds those of its own history alone", async () => {
      const batches = await Promise.all([1, 2, 3, 4, 5].map((n) => settle(1, [trade(n)])));
      const links = batches.flatMap((batch) => (batch.kind === "settled" ? batch.link : []));
      expect(links.map(({ seq }) => seq).sort()).to.deep.equal([2, 3, 4, 5, 6]);
      expect(await ledger.holds(1, [head, ...links])).to.equal(true);
      expect(await ledger.holds(1, [head, { seq: 2, id: "of another history" }])).to.equal(false);
      expect(await ledger.holds(1, [{ ...head, seq: 2 }]), "an id is no other link's").to.equal(false);
      expect(await ledger.holds(1, [])).to.equal(true);
      for (const asked of [ledger.holds(2, [head]), ledgerOf("us-east-2").holds(1, [head]), ledger.beginAnew(2, 0)]) {
        const error = await asked.catch((reason: unknown) => reason as Error);
        expect((error as Error).message).to.contain("not at epoch");
      }
    });

    it("settles nothing on a history that does not hold the head", async () => {
      const astray = { seq: 9, id: "of another history" };
      expect(await ledger.settle(1, astray, [trade(1)])).to.deep.equal({ kind: "astray" });
      expect(await ledger.settle(2, astray, [trade(1)])).to.deep.equal({ kind: "fenced", ledgerEpoch: 1 });
      expect(await rows("SELECT trade_id FROM trades")).to.deep.equal([]);
      expect(await rows("SELECT seq FROM ledger_links")).to.deep.equal([["1"]]);
    });

    it("begins its history anew above every number, and says up to which head it is known to hold it", async () => {
      const first = await settle(1, [trade(1)]);
      if (first.kind !== "settled") throw new Error(first.kind);
      await ledger.settle(1, first.link, [trade(2)]);
      // The third link is here, and no settlement has found it as a head yet.
      const anew = await ledger.beginAnew(1, 50);
      expect(anew).to.deep.include({ confirmed: 2 });
      expect(anew.link.seq).to.equal(51);
      expect((await ledger.beginAnew(1, 0)).link.seq).to.equal(52);
      await ledger.settle(1, anew.link, [trade(3)]);
      expect(await ledger.beginAnew(1, 0)).to.deep.include({ confirmed: 51 });
    });

    it("forgets links that lie far below the head, and never the head", async () => {
      await server.rows(
        `INSERT INTO ledger_links (seq, id) VALUES ${Array.from({ length: 2_999 }, (_, n) => `(${n + 2}, 'link-${n + 2}')`).join()}`,
      );
      await server.rows("UPDATE ledger_fence SET seq = 3000");
      await ledger.settle(1, { seq: 2_500, id: "link-2500" }, [trade(1)]);
      expect(await rows("SELECT min(seq), max(seq) FROM ledger_links")).to.deep.equal([["1500", "3001"]]);
    });

    it("finds out whether it takes writes and where its fence stands, also while the fence is locked", async () => {
      const settling = await server.session();
      await settling.query("SELECT epoch FROM ledger_fence WHERE id = 1 FOR UPDATE");
      expect(await ledger.writableAt()).to.equal(1);
      await settling.end();
      await server.rows("DROP TABLE write_probe");
      expect(await ledger.writableAt()).to.equal(undefined);
    });

    it("lets the servers' own user settle, and neither decide who settles nor change what is settled", async () => {
      await settle(1, [trade(1)]);
      const forbidden = [
        "UPDATE ledger_fence SET epoch = 9 WHERE id = 1",
        "UPDATE ledger_fence SET holder = 'us-east-2' WHERE id = 1",
        "DELETE FROM ledger_fence",
        "INSERT INTO ledger_fence (id, epoch, holder) VALUES (1, 9, 'us-east-2')",
        "UPDATE ledger_links SET id = 'x'",
        "UPDATE trades SET outcome = 'FAILED', reason = 'x'",
        "DELETE FROM trades",
        "DELETE FROM positions",
        "INSERT INTO restrictions VALUES ('*', '*', 'x')",
        "DELETE FROM restrictions",
        "SELECT version FROM schema_migrations",
        "CREATE TABLE loot (id int)",
      ];
      for (const sql of forbidden) {
        const error = await server.asService(sql).then(
          () => undefined,
          (reason: unknown) => reason as Error,
        );
        expect(error?.message, sql).to.match(/denied/);
      }
      expect(await rows("SELECT epoch, holder FROM ledger_fence")).to.deep.equal([["1", "us-east-1"]]);
      expect(await rows("SELECT count(*) FROM trades WHERE outcome = 'EXECUTED'")).to.deep.equal([["1"]]);
    });
  });
