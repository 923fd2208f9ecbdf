import { flag, integer } from "../support/config";
import { stackPolicy, type ReportOn } from "../support/policy";
import type { Member } from "../support/resource";
import type { Stack } from "../support/stack";
import { CLUSTER, PLAN, TABLE, VAULT } from "../support/types";
import { arnOf } from "../support/documents";
import { at, isText, list, number, UNKNOWN } from "../support/values";

const SELECTION = "aws:backup/selection:Selection";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";

function judgePlan(stack: Stack, plan: Member, minDays: number, report: ReportOn): void {
  const rules = list(plan.props.rules);
  if (rules.length === 0) report("it has no rule", plan);
  for (const rule of rules) {
    if (rule === UNKNOWN) continue;
    const copies = list(at(rule, "copyActions"));
    if (copies.length === 0) report("a rule copies nothing to another region (copyActions)", plan);
    for (const copy of copies) {
      const vault = at(copy, "destinationVaultArn");
      if (vault === UNKNOWN || copy === UNKNOWN) continue;
      const region = isText(vault) ? (stack.owner(vault, undefined)?.member.region ?? arnOf(vault)?.region) : undefined;
      if (region === undefined) report("a copy has no destinationVaultArn", plan);
      else if (region === plan.region) report("a copy stays in the plan's own region (destinationVaultArn)", plan);
    }
    const kept = at(list(at(rule, "lifecycle"))[0], "deleteAfter");
    if (kept !== UNKNOWN && kept !== undefined && (number(kept) ?? 0) < minDays)
      report(`backups are kept for less than ${minDays} days (lifecycle.deleteAfter)`, plan);
  }
  if (stack.attached(plan, SELECTION, "planId").length === 0 && !stack.mayBeAttached(plan, SELECTION, "planId"))
    report("it selects nothing (no Selection)", plan);
}

/** Replication copies deletions too, and a backup in the lost region is lost with it. */
export const backupCopies = stackPolicy({
  name: "backup-copies",
  rule: "What holds data is backed up by a plan that copies every backup to another region.",
  severity: "high",
  mend: "add a backup Plan whose rules have copyActions to a vault of the other region, a Selection of the tables, databases and buckets, and vault locks",
  options: {
    required: flag(true, "Whether a stack that holds data must have a plan."),
    locked: flag(false, "Whether each vault must be locked, so that nobody can delete its backups before their time."),
    minDays: integer(7, { minimum: 1, maximum: 3650 }, "Least days that a backup is kept."),
  },
  judge: (stack, report, { required, locked, minDays }) => {
    const plans = stack.of(PLAN);
    if (required && plans.length === 0 && stack.of(TABLE, CLUSTER).length > 0) report("the stack holds data and has no backup plan");
    for (const plan of plans) judgePlan(stack, plan, minDays, report);
    for (const vault of stack.of(VAULT)) {
      const isLocked = stack.attached(vault, LOCK, "backupVaultName").length > 0 || stack.mayBeAttached(vault, LOCK, "backupVaultName");
      if (locked && !isLocked) report("it is not locked (VaultLockConfiguration)", vault);
    }
    for (const lock of stack.of(LOCK)) {
      const least = lock.props.minRetentionDays;
      if (least !== UNKNOWN && (number(least) ?? 0) < 1) report("minRetentionDays is not set", lock);
    }
  },
});
