/**
 * A region's MariaDB server, which stands for its Aurora MySQL cluster. Readers follow by the binary log and its global transaction ids, asynchronously.
 *
 * Durability: the server never waits for the disk. Every commit has been handed to the operating system before it is acknowledged, so a SIGKILL loses
 * nothing; only a crash of this machine would, and the lab has no use for its data then.
 */
import { existsSync } from "node:fs";
import { cp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";
import { engineSetup } from "../../../components/site/data/ledger-parameters";
import type { MariadbPrograms } from "../../setup/mariadb";
import { mysqlSession } from "../aurora/mysql-session";
import type { SqlSession } from "../aurora/session";
import { type DatabaseStatus, type FrontConfig, LEDGER_ACCESS } from "../config";
import { makeFolder } from "./base-copy";
import { runProgram, ServerChild, type ServerCommand } from "./child";
import { LAG_PERIOD_MS, type Backup, type LedgerServer } from "./server";

const STOP_MS = 10_000;
const PROMOTE_SECONDS = 10;
const CONNECT_MS = 2_000;
const ANSWER_MS = 15_000;

/** Both servers run with the same settings, whatever their role: it changes without a restart. */
const SETTINGS: Readonly<Record<string, string>> = {
  "bind-address": "127.0.0.1",
  "skip-name-resolve": "ON",
  "default-time-zone": "+00:00",
  "character-set-server": "utf8mb4",
  "max-connections": "120",
  "innodb-buffer-pool-size": "64M",
  "innodb-log-file-size": "16M",
  // A commit is handed to the operating system, and not to the disk.
  "innodb-flush-log-at-trx-commit": "2",
  "sync-binlog": "0",
  "log-bin": "binlog",
  "binlog-format": "ROW",
  "log-slave-updates": "ON",
  // A copy with a history of its own is refused by the writer, and not mixed with it.
  "gtid-strict-mode": "ON",
  "relay-log": "relay",
  "skip-slave-start": "ON",
  "slave-net-timeout": "4",
  "performance-schema": "OFF",
};

/** What Aurora's MySQL has and MariaDB has not, or not without certificates. */
const AURORAS_OWN = /^(require_secure_transport|server_audit_)/;

/** As the program sets up a cluster. */
const REGISTERED = Object.fromEntries(
  engineSetup({ engine: "aurora-mysql", version: "" })
    .parameters.filter(({ name }) => !AURORAS_OWN.test(name))
    .map(({ name, value }) => [name.replaceAll("_", "-"), value]),
);

/** Who has the server itself: the lab. */
const ROOT = "root";
/** Who beats, see below. Unlike root it can't write to what is to be read only: a beat after a hand-over would be a history of its own. */
const BEATER = "beat";

/**
 * The lab's own tables, beside the ledger's. The writer beats into one; the statement itself is what is sent, and so `sysdate` is each server's own time at
 * which it came to it. A beat that is overdue tells that the copy is further behind than the last one was.
 */
const LAB_TABLES = [
  "CREATE DATABASE lab",
  "CREATE TABLE lab.beat (id int PRIMARY KEY, sent timestamp(6) NOT NULL, arrived timestamp(6) NOT NULL)",
  `CREATE USER '${BEATER}'@'%'`,
  `GRANT BINLOG ADMIN ON *.* TO '${BEATER}'@'%'`,
  `GRANT SELECT, INSERT, UPDATE ON lab.beat TO '${BEATER}'@'%'`,
  `CREATE VIEW lab.lag AS SELECT greatest(0, timestampdiff(MICROSECOND, sent, arrived), timestampdiff(MICROSECOND, sent, sysdate(6)) - ${LAG_PERIOD_MS * 1000}) DIV 1000 AS ms FROM lab.beat`,
];
const BEAT =
  "SET STATEMENT binlog_format = 'STATEMENT' FOR INSERT INTO lab.beat VALUES (1, now(6), sysdate(6)) ON DUPLICATE KEY UPDATE sent = now(6), arrived = sysdate(6)";

/** As AWS's master user: all of the ledger's database, users, and nothing of the server. So it can't write to a reader. */
const MASTER = [
  `CREATE DATABASE ${LEDGER_ACCESS.database}`,
  `CREATE USER '${LEDGER_ACCESS.user}'@'%'`,
  `GRANT CREATE USER, PROCESS ON *.* TO '${LEDGER_ACCESS.user}'@'%'`,
  `GRANT ALL ON ${LEDGER_ACCESS.database}.* TO '${LEDGER_ACCESS.user}'@'%' WITH GRANT OPTION`,
  `GRANT SELECT ON lab.lag TO '${LEDGER_ACCESS.user}'@'%'`,
];

/** "0-1-42", of domain, server and number: the numbers go on from writer to writer. */
const numberOf = (gtid: unknown): string => /(\d+)$/.exec(typeof gtid === "string" ? gtid : "")?.[1] ?? "0";

/** What a server needs to know of its region. */
type ServerConfig = Pick<FrontConfig, "site" | "region" | "directory" | "ledgerPort" | "peerLedgerLinkPort">;

export class MariadbServer implements LedgerServer {
  private readonly child = new ServerChild();
  private readonly data: string;
  /** By user. */
  private readonly kept = new Map<string, Promise<Connection>>();

  constructor(
    private readonly config: ServerConfig,
    private readonly programs: MariadbPrograms,
  ) {
    this.data = join(config.directory, "mariadb");
  }

  get connection(): { host: string; port: number; user: string; database: string } {
    return { host: "127.0.0.1", port: this.config.ledgerPort, ...LEDGER_ACCESS };
  }

  exists(): boolean {
    return existsSync(join(this.data, "ibdata1"));
  }

  running(): boolean {
    return this.child.running();
  }

  async initialize(): Promise<void> {
    await makeFolder(this.data, {});
    const args = [...this.place(), "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M"];
    await runProgram(`mariadb-install-db of ${this.config.region}`, this.command(this.programs.installDb, args));
    await this.start();
    for (const statement of [...LAB_TABLES, ...MASTER]) await this.query(statement);
  }

  async start(): Promise<void> {
    if (!this.running()) {
      // Connections of before have ended with the server.
      this.kept.clear();
      const { ledgerPort, site } = this.config;
      const own = {
        port: String(ledgerPort),
        socket: join(this.data, "socket"),
        "server-id": site === "primary" ? "1" : "2",
        "read-only": "ON",
      };
      const settings = Object.entries({ ...SETTINGS, ...REGISTERED, ...own });
      const args = [...this.place(), ...settings.map(([name, value]) => `--${name}=${value}`)];
      const answers = async (): Promise<void> => (await this.connect()).end();
      await this.child.start(`MariaDB of ${this.config.region}`, this.command(this.programs.mariadbd, args), answers);
    }
    await this.takeRole();
  }

  async stop(): Promise<void> {
    await this.child.stop("SIGTERM", "SIGKILL", STOP_MS);
  }

  async kill(): Promise<void> {
    await this.child.kill();
  }

  async freeze(): Promise<void> {
    await this.child.freeze();
  }

  async thaw(): Promise<void> {
    await this.child.thaw();
  }

  async promote(): Promise<void> {
    if (!this.follows()) return;
    await this.query("STOP SLAVE IO_THREAD");
    const [status] = await this.query("SHOW SLAVE STATUS");
    const received = String(status?.["Gtid_IO_Pos"] ?? "");
    const [row] = await this.query(`SELECT MASTER_GTID_WAIT('${received}', ${PROMOTE_SECONDS}) AS late`);
    if (Number(row?.["late"]) !== 0) throw new Error(`MariaDB of ${this.config.region} was not promoted within ${PROMOTE_SECONDS} s`);
    await this.query("STOP SLAVE");
    await this.query("RESET SLAVE ALL");
    await rm(this.follower);
    await this.query("SET GLOBAL read_only = OFF");
  }

  async status(): Promise<DatabaseStatus> {
    if (!this.exists()) return { role: "absent", streaming: false, position: "0" };
    try {
      if (this.follows()) {
        const [status] = await this.query("SHOW SLAVE STATUS");
        const streaming = status?.["Slave_IO_Running"] === "Yes" && status["Slave_SQL_Running"] === "Yes";
        return { role: "reader", streaming, position: numberOf(status?.["Gtid_IO_Pos"]) };
      }
      const [row] = await this.query("SELECT @@read_only AS quiet, @@gtid_binlog_pos AS position");
      return { role: Number(row?.["quiet"]) === 0 ? "writer" : "down", streaming: false, position: numberOf(row?.["position"]) };
    } catch {
      return { role: "down", streaming: false, position: "0" };
    }
  }

  /** It does not stop: a reader that is still to receive the log's end would lose it with the connection. */
  async handOver(): Promise<string> {
    await this.query("SET GLOBAL read_only = ON");
    await this.endSessions();
    const [row] = await this.query("SELECT @@gtid_binlog_pos AS position");
    return numberOf(row?.["position"]);
  }

  async becomeFollower(): Promise<void> {
    await writeFile(this.follower, "");
  }

  async rebuildFrom(backup: () => Promise<Backup>): Promise<void> {
    await this.kill();
    const source = await backup();
    await rm(this.data, { recursive: true, force: true });
    await rename(source.directory, this.data);
    await source.finish();
    await this.becomeFollower();
    await this.start();
  }

  /** The files of a process that is stopped are of one moment, as a volume's snapshot is; whoever starts on them recovers as after a crash. */
  async beginBackup(): Promise<string> {
    await this.endBackup();
    await this.freeze();
    try {
      const left = new Set([this.follower, join(this.data, "socket")]);
      await cp(this.data, this.snapshot, { recursive: true, filter: (file) => !left.has(file) });
    } finally {
      await this.thaw();
    }
    return this.snapshot;
  }

  async endBackup(): Promise<string> {
    await rm(this.snapshot, { recursive: true, force: true });
    return "whole";
  }

  async measureLag(): Promise<number | undefined> {
    if (!this.follows()) {
      await this.query(BEAT, BEATER);
      return undefined;
    }
    const [row] = await this.query("SELECT ms FROM lab.lag");
    return row === undefined ? undefined : Number(row["ms"]);
  }

  async session(onLost: () => void): Promise<SqlSession> {
    return await mysqlSession(this.connection, onLost);
  }

  /** Reader or writer, by what the disk says. All that a follower has applied is in its own log, so it goes on from there. */
  private async takeRole(): Promise<void> {
    if (!this.follows()) {
      await this.query("SET GLOBAL read_only = OFF");
      return;
    }
    await this.query("STOP SLAVE");
    await this.query("RESET SLAVE ALL");
    await this.query("SET GLOBAL read_only = ON");
    await this.query("SET GLOBAL gtid_slave_pos = @@gtid_binlog_pos");
    const upstream = `MASTER_HOST = '127.0.0.1', MASTER_PORT = ${this.config.peerLedgerLinkPort}, MASTER_USER = '${ROOT}'`;
    await this.query(`CHANGE MASTER TO ${upstream}, MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`);
    await this.query("START SLAVE");
  }

  /** All but the lab's own, and those by which a reader is served. */
  private async endSessions(): Promise<void> {
    const others = await this.query(
      `SELECT id FROM information_schema.processlist WHERE user NOT IN ('${ROOT}', 'system user', 'event_scheduler')`,
    );
    // One that has ended by itself meanwhile is no longer known.
    for (const { id } of others) await this.query(`KILL ${Number(id)}`).catch(() => undefined);
  }

  private get follower(): string {
    return join(this.data, "follower");
  }

  private get snapshot(): string {
    return `${this.data}.snapshot`;
  }

  private follows(): boolean {
    return existsSync(this.follower);
  }

  /** Runs a statement over one kept connection of the user's; a broken one is replaced at the next call. */
  private async query(sql: string, user = ROOT): Promise<RowDataPacket[]> {
    const kept = this.kept.get(user) ?? this.connect(user);
    this.kept.set(user, kept);
    try {
      const [rows] = await (await kept).query<RowDataPacket[]>({ sql, timeout: ANSWER_MS });
      return Array.isArray(rows) ? rows : [];
    } catch (error) {
      if (this.kept.get(user) === kept) this.kept.delete(user);
      void kept.then((connection) => connection.destroy()).catch(() => undefined);
      throw error;
    }
  }

  private async connect(user = ROOT): Promise<Connection> {
    const connection = await createConnection({
      host: "127.0.0.1",
      port: this.config.ledgerPort,
      user,
      connectTimeout: CONNECT_MS,
      supportBigNumbers: true,
    });
    connection.on("error", () => undefined);
    return connection;
  }

  private place(): string[] {
    // It refuses to run as root by accident; here it is meant.
    return ["--no-defaults", `--datadir=${this.data}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
  }

  private command(program: string, args: readonly string[]): ServerCommand {
    return { program, args, cwd: this.data, logFile: join(this.config.directory, "mariadb.log") };
  }
}
