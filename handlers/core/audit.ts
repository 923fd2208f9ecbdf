import { AUDITED, type AuditFolder } from "../../contract/events";
import type { AuditRecord, Log } from "../ports";

/** An event as a queue delivers it: EventBridge's envelope, as text. */
export interface Told {
  readonly messageId: string;
  readonly body: string;
}

interface Envelope {
  readonly id: string;
  readonly time: string;
  readonly "detail-type": string;
}

const folderOf = (detailType: string): AuditFolder | undefined => (AUDITED as Readonly<Record<string, AuditFolder>>)[detailType];

function envelopeOf(body: string): Envelope | undefined {
  try {
    const { id, time, "detail-type": what } = JSON.parse(body) as Partial<Envelope>;
    return id === undefined || time === undefined || what === undefined ? undefined : { id, time, "detail-type": what };
  } catch {
    return undefined;
  }
}

/**
 * Keeps events, one object for each folder and day of a batch. A line is the event as it came, so whoever reads it sees when and where it was told, and
 * tells by its `id` one that was delivered twice. Rejects unless all was kept: then all of it is delivered again.
 */
export async function keepRecord(batch: readonly Told[], audit: AuditRecord, log: Log): Promise<void> {
  const objects = new Map<string, { folder: AuditFolder; day: string; lines: string[] }>();
  for (const { messageId, body } of batch) {
    const envelope = envelopeOf(body);
    const folder = envelope && folderOf(envelope["detail-type"]);
    if (envelope === undefined || folder === undefined) {
      log.error("this message is no event that is to be kept", { messageId });
      continue;
    }
    const day = envelope.time.slice(0, 10);
    const object = objects.get(`${folder}/${day}`) ?? { folder, day, lines: [] };
    object.lines.push(body);
    objects.set(`${folder}/${day}`, object);
  }
  await Promise.all([...objects.values()].map(({ folder, day, lines }) => audit.keep(folder, day, lines)));
}
