/**
 * One replica's vote for multi-Region strongly consistent tables.
 * AWS: a write to an MRSC table is acknowledged when it is durable in at least two of its three regions (two replicas and a witness, or three replicas).
 * Here: each item is a CASPaxos register. This file is the acceptor: it keeps its promises in memory and in a log on its region's disk.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Totally ordered, unique to its proposer: round × 8 + proposer. */
export type Ballot = number;
/** An item as DynamoDB's JSON, or null for "none". */
export type Item = Record<string, unknown> | null;

export interface Vote {
  readonly ok: boolean;
  /** Highest ballot that was promised here; a refused proposer goes above it. */
  readonly promised: Ballot;
  readonly accepted: Ballot;
  readonly item: Item;
}

export interface Change {
  readonly register: string;
  readonly accepted: Ballot;
}

interface Register {
  promised: Ballot;
  accepted: Ballot;
  item: Item;
  /** Position in the order of changes, for those who catch up. */
  sequence: number;
}

export class Acceptor {
  private readonly registers = new Map<string, Register>();
  private sequence = 0;
  private readonly log: number;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.recover(readFileSync(file, "utf8"));
    this.log = openSync(file, "a");
  }

  prepare(register: string, ballot: Ballot): Vote {
    const own = this.at(register);
    const ok = ballot > own.promised;
    if (ok) {
      own.promised = ballot;
      this.write({ r: register, p: ballot });
    }
    return { ok, promised: own.promised, accepted: own.accepted, item: own.item };
  }

  accept(register: string, ballot: Ballot, item: Item): Vote {
    const own = this.at(register);
    const ok = ballot >= own.promised;
    if (ok) {
      own.promised = ballot;
      own.accepted = ballot;
      own.item = item;
      own.sequence = ++this.sequence;
      this.write({ r: register, a: ballot, i: item });
    }
    return { ok, promised: own.promised, accepted: own.accepted, item: own.item };
  }

  /** Registers that were accepted after `since`, for a replica that catches up. */
  changes(since: number): { readonly upTo: number; readonly changes: readonly Change[] } {
    const changes: Change[] = [];
    if (since < this.sequence) {
      for (const [register, own] of this.registers) if (own.sequence > since) changes.push({ register, accepted: own.accepted });
    }
    return { upTo: this.sequence, changes };
  }

  close(): void {
    closeSync(this.log);
  }

  private at(register: string): Register {
    let own = this.registers.get(register);
    if (!own) this.registers.set(register, (own = { promised: 0, accepted: 0, item: null, sequence: 0 }));
    return own;
  }

  /** Written before it is answered. The process may be killed at any time; what the kernel has taken survives that (it is not a power cut). */
  private write(entry: object): void {
    writeSync(this.log, `${JSON.stringify(entry)}\n`);
  }

  private recover(text: string): void {
    for (const line of text.split("\n")) {
      let entry: { r: string; p?: Ballot; a?: Ballot; i?: Item };
      try {
        entry = JSON.parse(line) as typeof entry;
      } catch {
        continue; // the last line may be torn: it was not answered
      }
      const own = this.at(entry.r);
      if (entry.p !== undefined) own.promised = Math.max(own.promised, entry.p);
      if (entry.a !== undefined && entry.a >= own.accepted) {
        own.promised = Math.max(own.promised, entry.a);
        own.accepted = entry.a;
        own.item = entry.i ?? null;
        own.sequence = ++this.sequence;
      }
    }
  }
}
