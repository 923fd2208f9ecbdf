import type { Problems } from "./settings-reader";

/** How long what is written stays, and who could take it away before. */
export interface KeepingSettings {
  /** The audit log's objects. `GOVERNANCE`: who has a special permission can delete them before the time; `COMPLIANCE`: nobody can. */
  readonly audit: { readonly retentionDays: number; readonly lockMode: "GOVERNANCE" | "COMPLIANCE" };
  /** The backups. Without a lock, who may delete backups may; `governance` and `compliance` as above. */
  readonly backup: { readonly retentionDays: number; readonly vaultLock: "none" | "governance" | "compliance" };
}

export const KEEPING_KEYS = ["audit.retentionDays", "audit.lockMode", "backup.retentionDays", "backup.vaultLock"] as const;

export function readKeeping(read: Problems): KeepingSettings {
  return {
    audit: {
      retentionDays: read.integer("audit.retentionDays", 30, 1, 36_500),
      lockMode: read.oneOf("audit.lockMode", ["governance", "compliance"], "governance") === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
    },
    backup: {
      retentionDays: read.integer("backup.retentionDays", 35, 1, 3_650),
      vaultLock: read.oneOf("backup.vaultLock", ["none", "governance", "compliance"], "none"),
    },
  };
}
