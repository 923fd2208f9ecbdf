/**
 * What must hold in every world and on every step. Imports nothing of the system, nor of the model's services: it reads worlds alone,
 * and has its own idea of what a log means.
 */
import type { Commit, Region, World } from "./world";

/** Walks a log: its rows and its last fence, and what is wrong with it. */
function readLog(region: Region, log: readonly Commit[]): { fence: number; holder: Region | undefined; wrong: string[] } {
  const wrong: string[] = [];
  const settled = new Set<string>();
  let fence = 0;
  let holder: Region | undefined;
  for (const commit of log) {
    if ("fence" in commit) {
      if (commit.fence <= fence) wrong.push(`the fence in ${region} fell from ${fence} to ${commit.fence}`);
      fence = commit.fence;
      holder = commit.holder;
      continue;
    }
    if (!("settled" in commit)) continue;
    if (commit.epoch !== fence) wrong.push(`${region} settled under epoch ${commit.epoch} behind a fence at ${fence}`);
    for (const id of commit.settled) {
      if (settled.has(id)) wrong.push(`${id} settled twice in ${region}`);
      settled.add(id);
    }
  }
  return { fence, holder, wrong };
}

/** What is wrong with one world. */
export function wrongInWorld({ copies, lease, journal, promised }: World): string[] {
  const east = readLog("east", copies.east.log);
  const west = readLog("west", copies.west.log);
  const wrong = [...east.wrong, ...west.wrong];
  // A promotion of an earlier epoch that lands late brings the present fence along, into a ledger beside the holder's: Aurora's call has no
  // condition. The row names its holder, so that ledger takes nothing all the same.
  const takes = (region: Region, { fence, holder }: ReturnType<typeof readLog>): boolean =>
    copies[region].takesWrites && fence === lease.epoch && holder === region;
  if (takes("east", east) && takes("west", west)) wrong.push(`two ledgers take settlements of epoch ${lease.epoch}`);
  for (const id of promised) if (!journal[id]) wrong.push(`${id} was answered 202 and is not in the journal`);
  for (const [id, { status, settledEpoch }] of Object.entries(journal)) {
    if (status === "SETTLED" && settledEpoch === undefined) wrong.push(`${id} is marked by no epoch`);
    if (settledEpoch !== undefined && settledEpoch > lease.epoch)
      wrong.push(`${id} is marked by epoch ${settledEpoch}, which has not begun`);
  }
  return wrong;
}

/** What is wrong with the step from one world to the next. */
export function wrongInStep(before: World, after: World): string[] {
  const wrong: string[] = [];
  const [was, is] = [before.lease, after.lease];
  if (is.epoch < was.epoch) wrong.push(`the epoch fell from ${was.epoch} to ${is.epoch}`);
  if (is.epoch > was.epoch + 1) wrong.push(`the epoch leapt from ${was.epoch} to ${is.epoch}`);
  if (is.epoch === was.epoch && is.holder !== was.holder) wrong.push(`epoch ${is.epoch} passed from ${was.holder} to ${is.holder}`);
  if (is.promotionEpoch < was.promotionEpoch) wrong.push(`the promotion's epoch fell to ${is.promotionEpoch}`);
  if (before.move === null && after.move !== null && is.promotionEpoch < after.move.askedUnder)
    wrong.push(`a ${after.move.kind} was asked for under epoch ${after.move.askedUnder}, which nothing had recorded`);
  for (const [id, entry] of Object.entries(before.journal)) {
    const now = after.journal[id];
    if (!now) wrong.push(`${id} vanished from the journal`);
    else if ((now.settledEpoch ?? 0) < (entry.settledEpoch ?? 0))
      wrong.push(`the mark of epoch ${entry.settledEpoch} on ${id} was overwritten by epoch ${now.settledEpoch}`);
  }
  for (const id of before.promised) if (!after.promised.includes(id)) wrong.push(`the promise of ${id} was forgotten`);
  return wrong;
}

/** What is wrong once everything that failed works again and the system has been given time. */
export function wrongAtRest({ promised, journal, writer, copies, lease }: World): string[] {
  const wrong: string[] = [];
  const settled = copies[writer].log.flatMap((commit) => ("settled" in commit ? commit.settled : []));
  const count = (id: string): number => settled.filter((other) => other === id).length;
  if (writer !== lease.holder) wrong.push(`${lease.holder} holds the lease and ${writer} has the ledger`);
  for (const id of promised) if (count(id) === 0) wrong.push(`${id} was accepted and is lost: not in the ledger of ${writer}`);
  for (const id of Object.keys(journal)) {
    if (count(id) > 1) wrong.push(`${id} settled ${count(id)} times`);
    if (journal[id]?.status !== "SETTLED") wrong.push(`${id} is never marked`);
    else if (count(id) === 0) wrong.push(`${id} is marked and not in the ledger of ${writer}`);
  }
  return wrong;
}
