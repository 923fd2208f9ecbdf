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
 * tells by its `id` one that was delivered twice. Resolves with the messages that could not be kept and are to be delivered again.
 */
export async function keepRecord(batch: readonly Told[], audit: AuditRecord, log: Log): Promise<readonly string[]> {
  const objects = new Map<string, { folder: AuditFolder; day: string; messages: Told[] }>();
  for (const { messageId, body } of batch) {
    const envelope = envelopeOf(body);
    const folder = envelope && folderOf(envelope["detail-type"]);
    if (envelope === undefined || folder === undefined) {
      log.error("this message is no event that is to be kept", { messageId });
      continue;
    }
    const day = envelope.time.slice(0, 10);
    const object = objects.get(`${folder}/${day}`) ?? { folder, day, messages: [] };
    object.messages.push({ messageId, body });
    objects.set(`${folder}/${day}`, object);
  }
  const failed = await Promise.all(
    [...objects.values()].map(async ({ folder, day, messages }) => {
      try {
        await audit.keep(
          folder,
          day,
          messages.map(({ body }) => body),
        );
        return [];
      } catch (error) {
        log.error("these events could not be kept; they will be delivered again", { folder, day, messages: messages.length, error });
        return messages.map(({ messageId }) => messageId);
      }
    }),
  );
  return failed.flat();
}
