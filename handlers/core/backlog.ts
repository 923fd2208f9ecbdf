/** What is pending: put into the queue again, a page after the other, and counted. */
import type { Clock, Journal, Log, TradeQueue } from "../ports";
import { tradeOf } from "./messages";
import type { JournalEntry } from "./model";

export interface BacklogPorts {
  readonly journal: Pick<Journal, "pending" | "pendingCount">;
  readonly queue: Pick<TradeQueue, "send">;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
}

export interface BacklogScope {
  /** Accepted at or before this. */
  readonly acceptedBefore: string;
  /** Where an earlier run stopped. */
  readonly cursor?: string;
  /** Pages to queue at most. */
  readonly pages: number;
  /** Monotonic time at which to begin no other page. */
  readonly deadline: number;
}

export interface Requeued {
  /** Unsettled trades seen, and those of them that the queue took. */
  readonly pending: number;
  readonly requeued: number;
  /** False: there is more, from `cursor` on, or from where this run began. */
  readonly isRead: boolean;
  readonly cursor?: string;
}

/** Pages that are being queued while the next is read: bounds what a long backlog takes of the memory. */
const PAGES_IN_FLIGHT = 4;

export async function requeue(scope: BacklogScope, ports: BacklogPorts): Promise<Requeued> {
  const { journal, clock } = ports;
  const sending = new Set<Promise<void>>();
  let pending = 0;
  let requeued = 0;
  let { cursor } = scope;
  let isRead = false;
  const send = async (entries: readonly JournalEntry[]): Promise<void> => {
    if (await enqueue(entries, ports)) requeued += entries.length;
  };
  // A page may be empty and not the last: only those that hold something count.
  for (let pages = 0; !isRead && pages < scope.pages && clock.monotonic() < scope.deadline;) {
    const { entries, cursor: next } = await journal.pending(scope.acceptedBefore, cursor);
    if (entries.length > 0) {
      pages += 1;
      pending += entries.length;
      if (sending.size >= PAGES_IN_FLIGHT) await Promise.race(sending);
      const work: Promise<void> = send(entries).finally(() => sending.delete(work));
      sending.add(work);
    }
    cursor = next;
    isRead = next === undefined;
  }
  await Promise.all(sending);
  return { pending, requeued, isRead, cursor };
}

/** A trade that its queue does not take must not keep those behind it from being queued: the pass goes on, and is not done. */
export async function enqueue(
  entries: readonly JournalEntry[],
  { queue, log }: { readonly queue: Pick<TradeQueue, "send">; readonly log: Log },
): Promise<boolean> {
  try {
    await queue.send(entries.map(tradeOf));
    return true;
  } catch (error) {
    log.warn("not all of these trades were queued; the next pass finds them again", { trades: entries.length, error });
    return false;
  }
}

/** How many are pending from `cursor` on: all of them, or as many as could be counted until the deadline. */
export async function countPending(
  { acceptedBefore, cursor, deadline }: Omit<BacklogScope, "pages">,
  { journal, clock }: Pick<BacklogPorts, "journal" | "clock">,
): Promise<number> {
  let pending = 0;
  for (let at = cursor, first = true; (first || at !== undefined) && clock.monotonic() < deadline; first = false) {
    const { count, cursor: next } = await journal.pendingCount(acceptedBefore, at);
    pending += count;
    at = next;
  }
  return pending;
}
