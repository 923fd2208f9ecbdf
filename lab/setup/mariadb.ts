/** MariaDB's programs, which stand for Aurora MySQL: the one server of MySQL's family that distributions ship, so it is not brought along but looked for. */
import { accessSync, constants } from "node:fs";
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { SetupError } from "./emulator";

export interface MariadbPrograms {
  readonly mariadbd: string;
  /** Makes a new database. */
  readonly installDb: string;
  /** As the server tells it. */
  readonly version: string;
}

/** Where distributions put servers, on the PATH of root alone. */
const SYSTEM = ["/usr/sbin", "/usr/local/sbin"];

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM];

/** Undefined: there is none on this machine. */
export function findMariadb(folders: readonly string[] = FOLDERS): MariadbPrograms | undefined {
  const onPath = (name: string): string | undefined => folders.map((folder) => join(folder, name)).find(isProgram);
  const [mariadbd, installDb] = [onPath("mariadbd"), onPath("mariadb-install-db")];
  if (mariadbd === undefined || installDb === undefined) return undefined;
  const { stdout } = spawnSync(mariadbd, ["--no-defaults", "--version"], { encoding: "utf8" });
  return { mariadbd, installDb, version: /Ver ([\d.]+)/.exec(stdout)?.[1] ?? "?" };
}

/** Throws a SetupError that says what to install. */
export function ensureMariadb(folders: readonly string[] = FOLDERS): MariadbPrograms {
  const found = findMariadb(folders);
  if (found !== undefined) return found;
  throw new SetupError(
    "database.engine is aurora-mysql, whose ledger is played by MariaDB, and mariadbd and mariadb-install-db are not on the PATH: install the package mariadb-server (Debian, Ubuntu: apt-get install mariadb-server), or play the rest of the stack with --config database.engine=aurora-postgresql",
  );
}
