/**
 * A region's PostgreSQL server, which stands for its Aurora cluster.
 *
 * Durability: the server never waits for the disk (fsync off). Every commit has been handed to the operating system before it is acknowledged, so
 * a SIGKILL of all its processes loses nothing; only a crash of this machine would, and the lab has no use for its data then.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { chown, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { copyServerFiles, makeFolder } from "./base-copy";
import { type DatabaseStatus, type FrontConfig, POSTGRES_DATABASE, POSTGRES_USER } from "./config";
import { continueTree, stopTree } from "./process-tree";

const START_MS = 30_000;
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

export interface Backup {
  /** Folder of the server that is copied. */
  readonly directory: string;
  /** Ends the copy; answers the label that makes the copy startable. */
  finish(): Promise<string>;
}

/** What a server needs to know of its region. */
export type ServerConfig = Pick<FrontConfig, "region" | "directory" | "postgres" | "postgresPort" | "peerPostgresLinkPort">;

export class PostgresServer {
  private child: ChildProcess | undefined;
  private readonly data: string;
  private session: Promise<Client> | undefined;
  private backupSession: Client | undefined;

  constructor(private readonly config: ServerConfig) {
    this.data = join(config.directory, "postgres");
  }

  get connection(): { host: string; port: number; user: string; database: string } {
    return { host: "127.0.0.1", port: this.config.postgresPort, user: POSTGRES_USER, database: POSTGRES_DATABASE };
  }

  /** Has this region's disk a database? */
  exists(): boolean {
    return existsSync(join(this.data, "PG_VERSION"));
  }

  running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Makes a new, empty database. */
  async initialize(): Promise<void> {
    await makeFolder(this.data, this.config.postgres.identity);
    const args = ["-D", this.data, "-U", POSTGRES_USER, "-A", "trust", "--no-sync", "--no-instructions", "--locale=C", "-E", "UTF8"];
    const child = spawn(this.config.postgres.initdb, args, { ...this.config.postgres.identity, cwd: this.data, stdio: this.log() });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`initdb of ${this.config.region} ended with ${code}; see ${this.config.directory}/postgres.log`);
    await this.start();
    const client = await this.connect("postgres");
    await client.query(`create database ${POSTGRES_DATABASE}`);
    // Aurora brings the role whose members are let in by IAM. Here it is empty: who may connect is not asked.
    await client.query("create role rds_iam nologin");
    await client.end();
  }

  /** Starts on what the disk has: as writer, or as a reader if its last role was that. */
  async start(): Promise<void> {
    if (this.running()) return;
    // Left by a server that was killed; whoever has its number now is another process.
    await rm(join(this.data, "postmaster.pid"), { force: true });
    // sslmode and gssencmode: two round trips less on a slow link.
    const upstream = `host=127.0.0.1 port=${this.config.peerPostgresLinkPort} user=${POSTGRES_USER} sslmode=disable gssencmode=disable connect_timeout=5`;
    const settings = { ...SETTINGS, primary_conninfo: upstream };
    const args = ["-D", this.data, "-p", String(this.config.postgresPort), "-h", "127.0.0.1", "-F"];
    for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
    const child = spawn(this.config.postgres.postgres, args, { ...this.config.postgres.identity, cwd: this.data, stdio: this.log() });
    child.once("error", () => undefined);
    this.child = child;
    const deadline = performance.now() + START_MS;
    for (;;) {
      try {
        const client = await this.connect("postgres");
        await client.end();
        return;
      } catch (error) {
        if (!this.running() || performance.now() > deadline) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`PostgreSQL of ${this.config.region} did not start (${why}); see ${this.config.directory}/postgres.log`, {
            cause: error,
          });
        }
        await sleep(30);
      }
    }
  }

  /** Orderly and at once ("fast"): sessions end, readers get everything that was written. After `patienceMs` by force. */
  async stop(patienceMs = 10_000): Promise<boolean> {
    const child = this.child;
    await this.endBackup();
    if (child === undefined || !this.running()) return true;
    const ended = once(child, "exit");
    child.kill("SIGINT");
    let orderly = true;
    const timer = setTimeout(() => {
      orderly = false;
      child.kill("SIGQUIT");
    }, patienceMs);
    await ended;
    clearTimeout(timer);
    return orderly;
  }

  /** SIGKILL to the server; its workers see that it is gone and end. */
  async kill(): Promise<void> {
    const child = this.child;
    if (child === undefined || !this.running()) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** SIGSTOP to the server and its workers: connections stay open, and nothing answers on them. */
  async freeze(): Promise<void> {
    if (this.child?.pid !== undefined && this.running()) await stopTree(this.child.pid);
  }

  async thaw(): Promise<void> {
    if (this.child?.pid !== undefined && this.running()) await continueTree(this.child.pid);
  }

  async promote(): Promise<void> {
    const [row] = await this.query<{ done: boolean }>(`select not pg_is_in_recovery() or pg_promote(true, ${PROMOTE_SECONDS}) as done`);
    if (row?.done !== true) throw new Error(`PostgreSQL of ${this.config.region} was not promoted within ${PROMOTE_SECONDS} s`);
  }

  async status(): Promise<DatabaseStatus> {
    if (!this.exists()) return { role: "absent", streaming: false, lsn: "0/0" };
    try {
      const [row] = await this.query<{ reader: boolean; streaming: boolean; lsn: string | null }>(
        `select pg_is_in_recovery() as reader,
                exists (select 1 from pg_stat_wal_receiver where status = 'streaming') as streaming,
                (case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end)::text as lsn`,
      );
      return { role: row?.reader === false ? "writer" : "reader", streaming: row?.streaming === true, lsn: row?.lsn ?? "0/0" };
    } catch {
      return { role: "down", streaming: false, lsn: "0/0" };
    }
  }

  /** Lets no session write any more; answers the end of the log. The sessions end. */
  async quiesce(): Promise<string> {
    await this.query("alter system set default_transaction_read_only = on");
    await this.query("select pg_reload_conf()");
    await this.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    const [row] = await this.query<{ lsn: string }>("select pg_current_wal_flush_lsn()::text as lsn");
    return row?.lsn ?? "0/0";
  }

  /** Takes back `quiesce`; the server may be stopped or running. */
  async unquiesce(): Promise<void> {
    const file = join(this.data, "postgresql.auto.conf");
    await writeFile(file, "");
    await this.own(file);
    if (this.running()) await this.query("select pg_reload_conf()");
  }

  /** From its next start on it follows the other region's server. */
  async becomeFollower(): Promise<void> {
    const file = join(this.data, "standby.signal");
    await writeFile(file, "");
    await this.own(file);
  }

  /** Stops, forgets all it had, and becomes a copy of another server. */
  async rebuildFrom(backup: () => Promise<Backup>): Promise<void> {
    await this.kill();
    const source = await backup();
    const building = `${this.data}.new`;
    await rm(building, { recursive: true, force: true });
    await copyServerFiles(source.directory, building, this.config.postgres.identity);
    const label = join(building, "backup_label");
    await writeFile(label, await source.finish());
    await this.own(label);
    await rm(this.data, { recursive: true, force: true });
    await rename(building, this.data);
    await this.unquiesce();
    await this.becomeFollower();
    await this.start();
  }

  /** Begins a base backup for another region; `endBackup` must follow within the minute. */
  async beginBackup(): Promise<string> {
    await this.endBackup();
    const client = await this.connect(POSTGRES_DATABASE);
    this.backupSession = client;
    setTimeout(() => {
      if (this.backupSession === client) void this.endBackup();
    }, 60_000).unref();
    await client.query("select pg_backup_start('rebuild', true)");
    return this.data;
  }

  /** Answers the label; "" when no backup was begun. */
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

  /** Runs a statement over one kept connection; a broken one is replaced at the next call. */
  async query<Row extends object>(text: string): Promise<Row[]> {
    const session = (this.session ??= this.connect(POSTGRES_DATABASE));
    try {
      const client = await session;
      return (await client.query<Row>(text)).rows;
    } catch (error) {
      if (this.session === session) this.session = undefined;
      void session.then((client) => client.end()).catch(() => undefined);
      throw error;
    }
  }

  private async connect(database: string): Promise<Client> {
    const client = new Client({ ...this.connection, database, connectionTimeoutMillis: 2_000, query_timeout: 15_000 });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  private log(): ["ignore", number, number] {
    const file = openSync(join(this.config.directory, "postgres.log"), "a");
    return ["ignore", file, file];
  }

  private async own(file: string): Promise<void> {
    const { uid, gid } = this.config.postgres.identity;
    if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
  }
}
