import {
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from "@aws-sdk/client-rds";
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from "@aws-sdk/client-rds-data";
import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { Look } from "../../lab/drill/look/look";
import { mysqlLook } from "../../lab/drill/look/mysql";
import { postgresLook } from "../../lab/drill/look/postgres";
import type { RegionPair } from "../../lab/region/pair";
import type { RegionProcess } from "../../lab/region/region-process";
import type { LedgerEngine } from "../../lab/setup/ledger";
import { findMariadb } from "../../lab/setup/mariadb";
import { arnOf, clientConfig as config, GLOBAL_CLUSTER, somePair, wire } from "../support/lab-pair";

/** What of a global database's tests is the engine's own. */
interface Played {
  readonly engine: LedgerEngine;
  readonly isHere: boolean;
  readonly look: Look;
  /** Answer a type that AWS does not list. */
  readonly unlisted: readonly string[];
  /** Before the rest can be asked. */
  readonly prepared: string;
  readonly listed: { readonly sql: string; readonly record: readonly object[] };
  readonly refusals: { readonly duplicate: string; readonly check: string };
}

const VALUES = [{ stringValue: "calm" }, { stringValue: "1.50" }, { longValue: 2 }, { booleanValue: true }];

const PLAYED: readonly Played[] = [
  {
    engine: "aurora-postgresql",
    isHere: true,
    look: postgresLook,
    unlisted: ["select pg_advisory_xact_lock(1)", ...["regtype", "timestamptz", "text[]", '"char"'].map((type) => `select null::${type}`)],
    prepared: "create type mood as enum ('calm')",
    listed: { sql: "select 'calm'::mood, 1.50::numeric, 2::int2, true", record: VALUES },
    refusals: { duplicate: "SQLState: 23505", check: "SQLState: 23514" },
  },
  {
    engine: "aurora-mysql",
    isHere: findMariadb() !== undefined,
    look: mysqlLook,
    unlisted: ["select y from typed", "select point(1, 2)"],
    prepared:
      "create table typed (y year, mood enum ('calm'), d decimal(4, 2), i smallint, b boolean) select 2030 as y, 'calm' as mood, 1.5 as d, 2 as i, 1 as b",
    listed: { sql: "select mood, d, i, b from typed", record: VALUES },
    // As MySQL has it; MariaDB's own number is 4025.
    refusals: { duplicate: "error code: 1062", check: "error code: 3819" },
  },
];

const target = (region: RegionProcess) => ({
  resourceArn: arnOf(region.region),
  secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:ledger",
  database: "trading",
});

async function nameOfError(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

for (const { engine, isHere, look, unlisted, prepared, listed, refusals } of PLAYED)
  describe(`a global database of ${engine}`, function () {
    this.timeout(120_000);
    let pair: RegionPair;
    let east: RegionProcess;
    let other: RegionProcess;

    const run = async (region: RegionProcess, sql: string, parameters: SqlParameter[] = [], transactionId?: string) =>
      await new RDSDataClient(config(region)).send(new ExecuteStatementCommand({ ...target(region), sql, parameters, transactionId }));
    const ids = async (region: RegionProcess): Promise<number[]> => {
      const session = await look.open(pair.ledger(region));
      const rows = await session.query("select id from noted order by id");
      await session.end();
      return rows.map(({ id }) => Number(id));
    };
    const writerIs = async (region: RegionProcess): Promise<void> => {
      while (pair.globalDatabase.view().status !== "available" || pair.globalDatabase.writerRegion() !== region.region) await sleep(20);
    };
    const failover = async (to: RegionProcess): Promise<void> => {
      const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(to.region), AllowDataLoss: true };
      await new RDSClient(config(to)).send(new FailoverGlobalClusterCommand(command));
      await writerIs(to);
    };

    before(async function () {
      if (!isHere) return this.skip();
      pair = await somePair({ engine });
      [east, other] = pair.regions;
      await pair.start();
      for (const region of pair.regions) await wire(region);
      await run(east, "create table noted (id int primary key check (id > 0), what varchar(80))");
      await run(east, "insert into noted (id) values (1)");
    });
    after(async () => {
      await pair?.close();
    });

    it("the Data API runs transactions on the writer, and none on a reader", async () => {
      const client = new RDSDataClient(config(east));
      const { transactionId } = await client.send(new BeginTransactionCommand(target(east)));
      const id = { name: "id", value: { longValue: 2 } };
      await run(east, "insert into noted (id, what) values (:id, ':id is no parameter here')", [id], transactionId);
      const elsewhere = await run(east, "select count(*) from noted");
      expect(elsewhere.records).to.deep.equal([[{ longValue: 1 }]]);
      await client.send(new CommitTransactionCommand({ ...target(east), transactionId }));
      const { records } = await run(east, "select id, what, cast(:n as decimal(4, 2)), null from noted where id = :id", [
        id,
        { name: "n", value: { stringValue: "1.50" } },
      ]);
      expect(records).to.deep.equal([
        [{ longValue: 2 }, { stringValue: ":id is no parameter here" }, { stringValue: "1.50" }, { isNull: true }],
      ]);

      const undone = await client.send(new BeginTransactionCommand(target(east)));
      await run(east, "insert into noted (id) values (99)", [], undone.transactionId);
      await client.send(new RollbackTransactionCommand({ ...target(east), transactionId: undone.transactionId }));
      expect(await ids(east)).to.deep.equal([1, 2]);
      expect(await nameOfError(run(east, "select 1", [], undone.transactionId))).to.equal("TransactionNotFoundException");
      expect(await nameOfError(run(east, "insert into noted (id) values (2)"))).to.equal("DatabaseErrorException");
      expect(await nameOfError(run(east, "select :missing"))).to.equal("BadRequestException");
      expect(await nameOfError(run(other, "select 1"))).to.equal("DatabaseUnavailableException");
    });

    it("the Data API refuses a result of a type that AWS does not list, and gives the others as AWS does", async () => {
      await run(east, prepared);
      for (const sql of unlisted) expect(await nameOfError(run(east, sql)), sql).to.equal("UnsupportedResultException");
      expect((await run(east, listed.sql)).records).to.deep.equal([listed.record]);
    });

    it("the Data API tells a row that is there already, and a check that is violated, by the engine's own words", async () => {
      const said = async (sql: string): Promise<string> => await run(east, sql).then(() => "nothing", String);
      expect(await said("insert into noted (id) values (2)")).to.contain(refusals.duplicate);
      expect(await said("insert into noted (id) values (-1)")).to.contain(refusals.check);
    });

    it("a move is called where AWS wants it called, and only on what is there", async () => {
      const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(other.region) };
      const wrongRegion = new RDSClient(config(east)).send(new FailoverGlobalClusterCommand({ ...command, AllowDataLoss: true }));
      expect(await nameOfError(wrongRegion)).to.equal("InvalidParameterValue");
      const unknown = new RDSClient(config(east)).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: "none" }));
      expect(await nameOfError(unknown)).to.equal("GlobalClusterNotFoundFault");
    });

    it("a switchover loses nothing, and the old writer follows at once", async () => {
      await run(east, "insert into noted (id) values (3)");
      const command = { GlobalClusterIdentifier: GLOBAL_CLUSTER, TargetDbClusterIdentifier: arnOf(other.region) };
      // Called from the target's region, signed for the writer's: as the platform's own functions do.
      await new RDSClient(config(other, east.region)).send(new SwitchoverGlobalClusterCommand(command));
      await writerIs(other);
      expect(await ids(other)).to.deep.equal([1, 2, 3]);
      // Sooner than a copy would be rebuilt for having a history of its own.
      await pair.globalDatabase.settled(6_000);
      expect(await nameOfError(run(east, "select 1"))).to.equal("DatabaseUnavailableException");
    });

    it("a crash loses what was on its way; the old writer comes back stale, takes writes, and is rebuilt", async () => {
      await run(other, "insert into noted (id) values (4)");
      await sleep(1_500);
      await run(other, "insert into noted (id) values (5)");
      await other.kill();
      expect(await other.processes()).to.deep.equal([]);
      await failover(east);
      expect(await ids(east)).to.deep.equal([1, 2, 3, 4]);

      await other.start();
      await wire(other);
      await run(other, "insert into noted (id) values (6)");
      expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 5, 6]);
      await run(east, "insert into noted (id) values (7)");
      await pair.globalDatabase.settled(20_000);
      await sleep(1_500);
      expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7]);
    });

    it("a frozen region hangs and does not refuse; thawed, it takes writes that are lost when it is rebuilt", async () => {
      await east.freeze();
      expect(await nameOfError(run(east, "select 1"))).to.equal("TimeoutError");
      await failover(other);
      await east.thaw();
      await run(east, "insert into noted (id) values (8)");
      await pair.globalDatabase.settled(20_000);
      expect(await ids(east)).to.deep.equal([1, 2, 3, 4, 7]);
    });

    it("a region that is cut off is given up, and rebuilt when its links are mended", async () => {
      await pair.setLinks(other, "cut");
      expect(await nameOfError(new RDSClient(config(other)).send(new DescribeGlobalClustersCommand({})))).to.equal("ServiceUnavailable");
      await failover(east);
      await run(other, "insert into noted (id) values (9)");
      await sleep(2_500);
      expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7, 9]);
      await pair.setLinks(other, "whole");
      await sleep(500);
      await pair.globalDatabase.settled(20_000);
      expect(await ids(other)).to.deep.equal([1, 2, 3, 4, 7]);
    });

    it("a database that was killed alone stays down until it is started, and goes on with what it had", async () => {
      await pair.killDatabase(east);
      expect(await nameOfError(run(east, "select 1"))).to.equal("DatabaseUnavailableException");
      await pair.startDatabase(east);
      await run(east, "insert into noted (id) values (10)");
      expect(await ids(east)).to.deep.equal([1, 2, 3, 4, 7, 10]);
    });
  });
