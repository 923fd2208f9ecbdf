/**
 * A region's PostgreSQL server, which stands for its Aurora cluster.
 *
 * Durability: the server never waits for the disk (fsync off). Every commit has been handed to the operating system before it is acknowledged, so
 * a SIGKILL of all its processes loses nothing; only a crash of this machine would, and the lab has no use for its data then.
 */
import { existsSync } from "node:fs";
import { chown, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { PostgresPrograms } from "../../setup/postgres";
import { postgresSession } from "../aurora/postgres-session";
import type { SqlSession } from "../aurora/session";
import { type DatabaseStatus, type FrontConfig, LEDGER_ACCESS } from "../config";
import { copyServerFiles, makeFolder } from "./base-copy";
import { runProgram, ServerChild, type ServerCommand } from "./child";
import type { Backup, LedgerServer } from "./server";

const STOP_MS = 10_000;
const PROMOTE_SECONDS = 10;

/** Both servers run with the same settings, whatever their role: it changes without a restart. */
const SETTINGS: Readonly<Record<string, string>> = {
  unix_socket_directories: "",
  max_connections: "120",
  shared_buffers: "64MB",
  wal_level: "replica",
  max_wal_senders: "8",
  // What a copy has missed while its region was away; more than a drill writes.
  wal_keep_size: "1GB",
  hot_standby: "on",
  // The default of five seconds is what a promotion would wait for when the writer is dead.
  wal_retrieve_retry_interval: "100ms",
  wal_receiver_timeout: "4s",
  wal_sender_timeout: "4s",
  wal_receiver_status_interval: "1s",
  max_standby_streaming_delay: "1s",
  log_min_messages: "warning",
  autovacuum_naptime: "30s",
};

/** What a server needs to know of its region. */
type ServerConfig = Pick<FrontConfig, "region" | "directory" | "ledgerPort" | "peerLedgerLinkPort">;

export class PostgresServer implements LedgerServer {
  private readonly child = new ServerChild();
  private readonly data: string;
  private kept: Promise<Client> | undefined;
  private backupSession: Client | undefined;
  /** When the last news that arrived had been sent, by the writer's clock (the machines share one). */
  private lastSent: number | undefined;

  constructor(
    private readonly config: ServerConfig,
    private readonly programs: PostgresPrograms,
  ) {
    this.data = join(config.directory, "postgres");
  }

  get connection(): { host: string; port: number; user: string; database: string } {
    return { host: "127.0.0.1", port: this.config.ledgerPort, ...LEDGER_ACCESS };
  }

  exists(): boolean {
    return existsSync(join(this.data, "PG_VERSION"));
  }

  running(): boolean {
    return this.child.running();
  }

  async initialize(): Promise<void> {
    await makeFolder(this.data, this.programs.identity);
    const args = ["-D", this.data, "-U", LEDGER_ACCESS.user, "-A", "trust", "--no-sync", "--no-instructions", "--locale=C", "-E", "UTF8"];
    await runProgram(`initdb of ${this.config.region}`, this.command(this.programs.initdb, args));
    await this.start();
    const client = await this.connect("postgres");
    await client.query(`create database ${LEDGER_ACCESS.database}`);
    // Aurora brings the role whose members are let in by IAM. Here it is empty: who may connect is not asked.
    await client.query("create role rds_iam nologin");
    await client.end();
  }

  async start(): Promise<void> {
    if (this.running()) return;
    // Left by a server that was killed; whoever has its number now is another process.
    await rm(join(this.data, "postmaster.pid"), { force: true });
    // sslmode and gssencmode: two round trips less on a slow link.
    const upstream = `host=127.0.0.1 port=${this.config.peerLedgerLinkPort} user=${LEDGER_ACCESS.user} sslmode=disable gssencmode=disable connect_timeout=5`;
    const settings = { ...SETTINGS, primary_conninfo: upstream };
    const args = ["-D", this.data, "-p", String(this.config.ledgerPort), "-h", "127.0.0.1", "-F"];
    for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
    const answers = async (): Promise<void> => (await this.connect("postgres")).end();
    await this.child.start(`PostgreSQL of ${this.config.region}`, this.command(this.programs.postgres, args), answers);
  }

  /** "Fast": sessions end, readers get everything that was written. */
  async stop(): Promise<void> {
    await this.stopInOrder();
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
    const [row] = await this.query<{ done: boolean }>(`select not pg_is_in_recovery() or pg_promote(true, ${PROMOTE_SECONDS}) as done`);
    if (row?.done !== true) throw new Error(`PostgreSQL of ${this.config.region} was not promoted within ${PROMOTE_SECONDS} s`);
  }

  async status(): Promise<DatabaseStatus> {
    if (!this.exists()) return { role: "absent", streaming: false, position: "0" };
    try {
      const [row] = await this.query<{ reader: boolean; streaming: boolean; position: string }>(
        `select pg_is_in_recovery() as reader,
                exists (select 1 from pg_stat_wal_receiver where status = 'streaming') as streaming,
                coalesce(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end - '0/0', 0)::text as position`,
      );
      return { role: row?.reader === false ? "writer" : "reader", streaming: row?.streaming === true, position: row?.position ?? "0" };
    } catch {
      return { role: "down", streaming: false, position: "0" };
    }
  }

  /** An orderly stop ends only when the reader has all that was written. */
  async handOver(): Promise<string> {
    const position = await this.quiesce();
    const orderly = await this.stopInOrder();
    await this.unquiesce();
    if (orderly) return position;
    await this.start();
    throw new Error("the reader did not take over all that was written");
  }

  async becomeFollower(): Promise<void> {
    const file = join(this.data, "standby.signal");
    await writeFile(file, "");
    await this.own(file);
  }

  async rebuildFrom(backup: () => Promise<Backup>): Promise<void> {
    await this.kill();
    const source = await backup();
    const building = `${this.data}.new`;
    await rm(building, { recursive: true, force: true });
    await copyServerFiles(source.directory, building, this.programs.identity);
    const label = join(building, "backup_label");
    await writeFile(label, await source.finish());
    await this.own(label);
    await rm(this.data, { recursive: true, force: true });
    await rename(building, this.data);
    await this.unquiesce();
    await this.becomeFollower();
    await this.start();
  }

  async beginBackup(): Promise<string> {
    await this.endBackup();
    const client = await this.connect(LEDGER_ACCESS.database);
    this.backupSession = client;
    setTimeout(() => {
      if (this.backupSession === client) void this.endBackup();
    }, 60_000).unref();
    await client.query("select pg_backup_start('rebuild', true)");
    return this.data;
  }

  /** Answers the label. */
  async endBackup(): Promise<string> {
    const client = this.backupSession;
    this.backupSession = undefined;
    if (client === undefined) return "";
    try {
      const { rows } = await client.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)");
      return rows[0]?.labelfile ?? "";
    } catch {
      return "";
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async measureLag(): Promise<number | undefined> {
    const [row] = await this.query<{ reader: boolean; sent: string | null; transit: string | null; behind: string | null }>(
      `select pg_is_in_recovery() as reader,
              (extract(epoch from r.last_msg_send_time) * 1000)::bigint::text as sent,
              (extract(epoch from r.last_msg_receipt_time - r.last_msg_send_time) * 1000)::bigint::text as transit,
              case when pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()
                   then (extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000)::bigint else 0 end::text as behind
         from (select 1) as one left join pg_stat_wal_receiver r on true`,
    );
    if (row?.reader !== true) {
      this.lastSent = undefined;
      return undefined;
    }
    const sent = row.sent === null ? undefined : Number(row.sent);
    if (sent !== undefined) this.lastSent = sent;
    if (this.lastSent === undefined) return undefined;
    // Connected: what a message takes, or what is received and not yet replayed. Not connected: as long as nothing has come.
    return sent === undefined ? Date.now() - this.lastSent : Math.max(Number(row.transit ?? 0), Number(row.behind ?? 0));
  }

  async session(onLost: () => void): Promise<SqlSession> {
    return await postgresSession(this.connection, onLost);
  }

  /** Lets no session write any more; answers the end of the log. The sessions end. */
  private async quiesce(): Promise<string> {
    await this.query("alter system set default_transaction_read_only = on");
    await this.query("select pg_reload_conf()");
    await this.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    const [row] = await this.query<{ position: string }>("select (pg_current_wal_flush_lsn() - '0/0')::text as position");
    return row?.position ?? "0";
  }

  /** Takes back `quiesce`; the server may be stopped or running. */
  private async unquiesce(): Promise<void> {
    const file = join(this.data, "postgresql.auto.conf");
    await writeFile(file, "");
    await this.own(file);
    if (this.running()) await this.query("select pg_reload_conf()");
  }

  private async stopInOrder(): Promise<boolean> {
    await this.endBackup();
    return await this.child.stop("SIGINT", "SIGQUIT", STOP_MS);
  }

  /** Runs a statement over one kept connection; a broken one is replaced at the next call. */
  private async query<Row extends object>(text: string): Promise<Row[]> {
    const kept = (this.kept ??= this.connect(LEDGER_ACCESS.database));
    try {
      const client = await kept;
      return (await client.query<Row>(text)).rows;
    } catch (error) {
      if (this.kept === kept) this.kept = undefined;
      void kept.then((client) => client.end()).catch(() => undefined);
      throw error;
    }
  }

  private async connect(database: string): Promise<Client> {
    const client = new Client({ ...this.connection, database, connectionTimeoutMillis: 2_000, query_timeout: 15_000 });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  private command(program: string, args: readonly string[]): ServerCommand {
    const logFile = join(this.config.directory, "postgres.log");
    return { program, args, cwd: this.data, identity: this.programs.identity, logFile };
  }

  private async own(file: string): Promise<void> {
    const { uid, gid } = this.programs.identity;
    if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
  }
}
