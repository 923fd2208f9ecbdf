/**
 * The ledger's history against what the journal's marks claim of it. A mark is written only once the head, in a strongly consistent table, covers the
 * settlement; so a ledger whose history holds the head has lost nothing that is marked, whoever was away and came back, and one look tells.
 */
import type { ChainStore, Clock, Ledger, Log, Metrics } from "../ports";
import type { Doubt, Head, Link } from "./model";

export interface ChainPorts {
  readonly chain: Pick<ChainStore, "read" | "create" | "replace">;
  readonly ledger: Pick<Ledger, "holds" | "beginAnew">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Others move the head while this looks at it: so often it is looked at again. */
const LOOKS = 8;

/** A head that is made anew says nothing of the marks that there are: their numbers may lie above the ledger's, by less than this. */
const ABOVE_ALL = 1_000_000;

/**
 * Brings the head under `epoch` and holds it against the ledger of this region, which must stand at that epoch. Where the ledger does not hold the head it has lost a
 * tail: what the marks claim above the newest head that it does hold is written down as in doubt, in the write that begins the history anew.
 * Undefined: a later epoch has the head, or others move it too fast.
 * @throws where the ledger can't be asked: it has no writer, or is not at this epoch
 */
export async function secureChain(epoch: number, ports: ChainPorts): Promise<Head | undefined> {
  const { chain, ledger } = ports;
  for (let look = 0; look < LOOKS; look++) {
    const head = await chain.read();
    if (head === undefined) {
      await chain.create(await firstHead(epoch, ports));
      continue;
    }
    if (head.epoch > epoch) return undefined;
    const held = await ledger.holds(epoch, [head]);
    if (held && head.epoch === epoch) return head;
    const next = held ? { ...head, epoch } : await begunAnew(head, epoch, ports);
    if (!(await chain.replace(head, next))) continue;
    if (!held) {
      ports.log.error("the ledger has lost a tail of its history; what was marked is held against it", {
        epoch,
        lost: head.seq,
        ...next.doubt,
      });
      ports.metrics.put("LedgerTailLost", 1);
    }
    return next;
  }
  return undefined;
}

const merged = (before: Doubt | undefined, from: number, to: number, foundAt: string): Doubt => ({
  from: Math.min(from, before?.from ?? from),
  to,
  foundAt,
});

async function begunAnew(head: Head, epoch: number, { ledger, clock }: ChainPorts): Promise<Head> {
  const { link, confirmed } = await ledger.beginAnew(epoch, head.seq);
  const doubt = merged(head.doubt, confirmed + 1, link.seq - 1, new Date(clock.now()).toISOString());
  return { ...link, epoch, base: link.seq, doubt };
}

/** The first of a deployment, or one in place of an item that was lost: then every mark is in doubt that the ledger does not confirm. */
async function firstHead(epoch: number, { ledger, clock, log }: ChainPorts): Promise<Head> {
  const { link, confirmed } = await ledger.beginAnew(epoch, 0);
  if (link.seq === 1) return { ...link, epoch, base: link.seq };
  log.error("the head of the ledger's history is gone, and is made anew", { epoch, seq: link.seq });
  const above = await ledger.beginAnew(epoch, link.seq + ABOVE_ALL);
  const doubt = merged(undefined, confirmed + 1, above.link.seq - 1, new Date(clock.now()).toISOString());
  return { ...above.link, epoch, base: above.link.seq, doubt };
}

/** "covered": the head stands at the link or above it; "astray": the ledger has lost a tail meanwhile; "over": a later epoch has the head. */
export type Covered = "covered" | "astray" | "over";

/**
 * Moves the head to `link`, which the ledger appended to a history that holds `from`. Of several at once each takes the head on, or finds that it has passed its own
 * link: the ledger holds both, and numbers are in the order of commits.
 */
export async function cover(
  from: Head,
  link: Link,
  { chain, ledger }: { readonly chain: Pick<ChainStore, "read" | "advance">; readonly ledger: Pick<Ledger, "holds"> },
): Promise<Covered> {
  let head = from;
  for (;;) {
    if (await chain.advance(head, link)) return "covered";
    const now = await chain.read();
    if (now === undefined || now.epoch !== from.epoch) return "over";
    // An earlier try of this very write, whose answer was lost.
    if (now.id === link.id) return "covered";
    if (!(await ledger.holds(from.epoch, [now, link]))) return "astray";
    if (now.seq > link.seq) return "covered";
    head = now;
  }
}
