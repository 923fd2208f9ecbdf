/** A server of MySQL's family in a temporary folder: MySQL's own where it is, or Debian's `mariadb-server`. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createConnection } from "mysql2/promise";
import { claimFreePorts } from "../../lab/setup/ports";

/** Where distributions put servers, on the PATH of root alone. */
const SYSTEM = ["/usr/sbin", "/usr/local/sbin"];

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM];
  return folders
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

interface Mysql {
  readonly server: string;
  /** MariaDB makes a database by a program of its own. */
  readonly install: string | undefined;
}

export function findMysql(): Mysql | undefined {
  const mariadb = onPath("mariadbd");
  if (mariadb !== undefined) return { server: mariadb, install: onPath("mariadb-install-db") };
  const mysqld = onPath("mysqld");
  return mysqld === undefined ? undefined : { server: mysqld, install: undefined };
}

/** As Aurora's cluster parameters are set, see `components/site/data/ledger-parameters.ts`. */
const SETTINGS = [
  "--sql-mode=STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
  "--innodb-lock-wait-timeout=4",
  "--character-set-server=utf8mb4",
];

export async function startMysql(): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const found = findMysql();
  if (!found) throw new Error("there is no mariadbd or mysqld on the PATH");
  const folder = mkdtempSync(join(tmpdir(), "trade-failover-mysql-"));
  const data = join(folder, "data");
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const made =
    found.install === undefined
      ? spawnSync(found.server, ["--no-defaults", "--initialize-insecure", `--datadir=${data}`, ...user], { encoding: "utf8" })
      : spawnSync(
          found.install,
          ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...user],
          { encoding: "utf8" },
        );
  if (made.status !== 0) throw new Error(`no database could be made: ${made.stdout}${made.stderr}`);
  const ports = await claimFreePorts(1);
  const server = spawn(
    found.server,
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--port=${ports.base}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "socket")}`,
      ...user,
      ...SETTINGS,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  server.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  // A test that hangs must not leave the server behind.
  const abandon = (): void => void server.kill("SIGKILL");
  process.once("exit", abandon);
  await untilItAnswers(server, ports.base, () => said);
  return {
    port: ports.base,
    stop: async () => {
      process.off("exit", abandon);
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      ports.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(server: ChildProcess, port: number, said: () => string): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the database server ended with ${server.exitCode}: ${said()}`);
    try {
      const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
      await connection.query("CREATE DATABASE IF NOT EXISTS trading");
      await connection.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
