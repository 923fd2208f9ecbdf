/**
 * What SQS would still have after its region came back. The emulator keeps its queues in memory and deletes messages internally, so nobody outside
 * knows what was left in them when it was killed. The front notes each message that was sent through it on the region's disk; when a queue is made
 * again after a crash, those of its last moments are put back, including some that had been handled. SQS allows it (delivery is at least once), and
 * it is the harder case: a queue that comes back with its old region delivers old messages.
 */
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Messages sent within this time before the region's end come back. */
const LAST_MOMENTS_MS = 30_000;
const KEPT = 5_000;

interface Note {
  readonly at: number;
  readonly queue: string;
  readonly entry: Record<string, unknown>;
}

const nameOf = (url: unknown): string => String(url).split("/").at(-1) ?? "";

export class QueueMemory {
  private readonly file: string;
  private log: number;
  private notes = 0;
  /** What is to be put back into each queue as soon as it is there. */
  private readonly lost = new Map<string, Record<string, unknown>[]>();

  constructor(directory: string) {
    this.file = join(directory, "queues.log");
    const before = this.read();
    const end = before.reduce((latest, { at }) => Math.max(latest, at), 0);
    for (const { at, queue, entry } of before) {
      if (at < end - LAST_MOMENTS_MS) continue;
      this.lost.set(queue, [...(this.lost.get(queue) ?? []), entry]);
    }
    this.log = openSync(this.file, "w");
  }

  /** A send that succeeded; `target` is SQS's JSON operation. */
  noteSent(operation: string, body: Record<string, unknown>): void {
    const { QueueUrl, Entries, ...message } = body;
    const entries = operation === "SendMessageBatch" ? (Entries as Record<string, unknown>[]) : [message];
    for (const { Id: _id, ...entry } of entries) {
      const note: Note = { at: Date.now(), queue: nameOf(QueueUrl), entry };
      writeSync(this.log, `${JSON.stringify(note)}\n`);
      this.notes += 1;
    }
    if (this.notes > 2 * KEPT) this.shorten();
  }

  /** Messages for a queue that was made (again), once. */
  takeLost(queueName: string): Record<string, unknown>[] {
    const entries = this.lost.get(queueName) ?? [];
    this.lost.delete(queueName);
    return entries;
  }

  private read(): Note[] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, "utf8")
      .split("\n")
      .flatMap((line): Note[] => {
        try {
          return line === "" ? [] : [JSON.parse(line) as Note];
        } catch {
          // the last line of a process that was killed
          return [];
        }
      });
  }

  private shorten(): void {
    const kept = this.read().slice(-KEPT);
    const next = `${this.file}.new`;
    rmSync(next, { force: true });
    const log = openSync(next, "w");
    for (const note of kept) writeSync(log, `${JSON.stringify(note)}\n`);
    renameSync(next, this.file);
    closeSync(this.log);
    this.log = log;
    this.notes = kept.length;
  }
}
