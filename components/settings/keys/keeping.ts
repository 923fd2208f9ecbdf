import * as v from "valibot";
import { key } from "../key";
import { flag, integer, oneNumberOf, oneOf } from "../value";

/** What CloudWatch Logs takes, days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** How long what is written stays, and who could take it away before. */
export const KEEPING = v.pipe(
  v.object({
    logRetentionDays: key(oneNumberOf(...RETENTION_DAYS), { default: 30, what: "Days that logs and event archives are kept." }),
    audit: v.object({
      retentionDays: key(integer(1, 36_500), {
        default: 30,
        what: "Days for which nobody changes or deletes an object of the audit log.",
      }),
      lockMode: key(oneOf("governance", "compliance"), {
        default: "governance",
        what: "Who can end that before its time: under governance who has a special permission, under compliance nobody, the account's root included.",
      }),
    }),
    backup: v.object({
      retentionDays: key(integer(1, 3_650), { default: 35, what: "Days that a backup and its copy in the other region are kept." }),
      vaultLock: key(oneOf("none", "governance", "compliance"), {
        default: "none",
        what: "Who can delete a backup before its time: none is who may delete backups, governance who may remove the lock, compliance nobody, once a week has passed.",
      }),
    }),
    deletionProtection: key(flag, { default: true, what: "Keeps what holds data from being deleted, by AWS and by Pulumi." }),
  }),
  v.title("What is kept"),
);
