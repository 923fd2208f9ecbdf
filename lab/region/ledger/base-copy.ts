/** Copies a running server's files, as pg_basebackup would: what vanishes meanwhile is left out, and the log comes by streaming. */
import { chmod, chown, copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Contents that belong to the running server only (PostgreSQL's own list for base backups). */
const LEFT_OUT = new Set(["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"]);
const FILES_LEFT_OUT = new Set(["postmaster.pid", "postmaster.opts", "standby.signal", "backup_label", "tablespace_map"]);

const vanished = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

async function own(path: string, { uid, gid }: Owner): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

export async function makeFolder(path: string, owner: Owner): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  await own(path, owner);
}

export async function copyServerFiles(from: string, to: string, owner: Owner): Promise<void> {
  await copyFolder(from, to, owner, true);
  // The folders of what is left out must be there.
  await makeFolder(join(to, "pg_wal", "archive_status"), owner);
  await makeFolder(join(to, "pg_wal", "summaries"), owner);
  await own(join(to, "pg_wal"), owner);
}

async function copyFolder(from: string, to: string, owner: Owner, top: boolean): Promise<void> {
  await makeFolder(to, owner);
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    if (vanished(error)) return [];
    throw error;
  });
  for (const batch of batches(entries, 64)) {
    await Promise.all(
      batch.map(async (entry) => {
        const source = join(from, entry.name);
        const target = join(to, entry.name);
        if (entry.isDirectory()) {
          if (entry.name.startsWith("pgsql_tmp")) return;
          if (top && LEFT_OUT.has(entry.name)) return await makeFolder(target, owner);
          return await copyFolder(source, target, owner, false);
        }
        if (!entry.isFile() || (top && FILES_LEFT_OUT.has(entry.name))) return;
        try {
          await copyFile(source, target);
          await own(target, owner);
        } catch (error) {
          if (!vanished(error)) throw error;
        }
      }),
    );
  }
}

function batches<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}
