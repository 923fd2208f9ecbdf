import type { Journal, TradeEvents, TradeQueue } from "../ports";
import { mayUse, notYours, type Caller } from "./caller";
import { tradeOf } from "./messages";
import { fingerprintText } from "../trade/order";
import type { JournalEntry } from "./model";
import { checkIdempotencyKey, checkOrder, MAX_BODY_BYTES } from "../trade/order-validation";
import { json, problem, unavailable, type Answer, type FieldError } from "./problem";
import { refusalOf, type CheckingPorts } from "./session";
import { within } from "./within";

export interface IntakeRequest {
  readonly caller: Caller;
  readonly contentType: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Token of the caller's session. */
  readonly session?: string;
  readonly body: string | undefined;
}

export interface IntakePorts extends CheckingPorts {
  readonly journal: Pick<Journal, "accept">;
  readonly queue: Pick<TradeQueue, "send">;
  readonly events: Pick<TradeEvents, "placed" | "refused">;
  readonly region: string;
}

/**
 * A client that hears nothing for this long is better served by the other region: it gets its 503, and no further try of the put is made. The try that is under way
 * then may still be carried out: the trade is settled like any other, and its key finds it.
 */
const JOURNAL_DEADLINE_MS = 5_000;
/** Queue and events are hints; a frozen one must not cost the client its answer. */
const HINTS_DEADLINE_MS = 1_000;

/** Of what a client has sent and a refusal repeats. */
const MAX_TEXT = 256;

/** UTF-8 length without a Buffer: the core knows no platform. */
const isTooLarge = (body: string): boolean => new TextEncoder().encode(body).length > MAX_BODY_BYTES;

const invalid = (errors: readonly FieldError[]): Answer =>
  problem({ status: 400, title: "Bad Request", detail: errors.map((error) => `${error.field} ${error.detail}`).join("; "), errors });

/** The part of a stored entry that answers a request: the same for the first request and for each repetition of it. */
const acceptance = ({ tradeId, acceptedAt, acceptedRegion }: JournalEntry): Answer =>
  json(202, { tradeId, status: "ACCEPTED", acceptedAt, acceptedRegion });

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The id follows from caller and key alone, so the other region gives the same trade the same id, and nobody can spoil another's key. Neither has a
 * line's end in it: no two pairs make one text.
 */
export const tradeIdOf = (callerId: string, idempotencyKey: string, sha256: (text: string) => string): string =>
  sha256(`trade:${callerId}\n${idempotencyKey}`).slice(0, 32);

/**
 * Accepts a trade: 202 only when the journal holds it in two regions. The queue is a hint: a trade that could not be queued is found by the reconciler.
 * So is the event `Order Placed`: a repetition of the request tells it again, and where none comes, `Trade Executed` or `Trade Failed` does.
 */
export async function acceptTrade(request: IntakeRequest, ports: IntakePorts): Promise<Answer> {
  const answer = await answerTo(request, ports);
  // What may succeed when it is sent again, as in another session, has not been refused.
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 401) await tellRefused(request, answer, ports);
  return answer;
}

/** A refusal is kept in the audit log, by its event. The client's answer does not depend on it. */
async function tellRefused({ caller, idempotencyKey, body = "" }: IntakeRequest, answer: Answer, ports: IntakePorts): Promise<void> {
  const { clock, events, log, region } = ports;
  const { detail } = JSON.parse(answer.body) as { detail: string };
  const { accountId } = (isTooLarge(body) ? {} : (parse(body) ?? {})) as { readonly accountId?: unknown };
  const refusal = {
    caller: caller.id,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: idempotencyKey.slice(0, MAX_TEXT) }),
    ...(typeof accountId === "string" ? { accountId: accountId.slice(0, MAX_TEXT) } : {}),
    status: answer.status,
    reason: detail,
    refusedAt: new Date(clock.now()).toISOString(),
    refusedRegion: region,
  };
  await within(clock, HINTS_DEADLINE_MS, () => events.refused(refusal)).catch((error: unknown) =>
    log.warn("refused, and not told", { ...refusal, error }),
  );
}

async function answerTo(request: IntakeRequest, ports: IntakePorts): Promise<Answer> {
  const mediaType = request.contentType?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    const detail = `${mediaType === undefined || mediaType === "" ? "is missing" : `is "${mediaType}"`}; allowed: application/json`;
    return problem({
      status: 415,
      title: "Unsupported Media Type",
      detail: `content-type ${detail}`,
      errors: [{ field: "content-type", detail }],
    });
  }
  const body = request.body ?? "";
  if (isTooLarge(body)) {
    const detail = `is larger than ${MAX_BODY_BYTES} bytes`;
    return problem({ status: 413, title: "Content Too Large", detail: `body ${detail}`, errors: [{ field: "body", detail }] });
  }
  const keyError = checkIdempotencyKey(request.idempotencyKey);
  const parsed = parse(body);
  const checked = parsed === undefined ? { errors: [{ field: "body", detail: "is not JSON" }] } : checkOrder(parsed);
  if ("errors" in checked || keyError) return invalid([...(keyError ? [keyError] : []), ...("errors" in checked ? checked.errors : [])]);

  const { caller } = request;
  if (!mayUse(caller, checked.order.accountId)) return notYours(caller, checked.order.accountId);
  const refusal = await refusalOf(caller, request.session, ports);
  if (refusal) return refusal;
  const idempotencyKey = request.idempotencyKey as string;
  const entry: JournalEntry = {
    ...checked.order,
    tradeId: tradeIdOf(caller.id, idempotencyKey, ports.sha256),
    idempotencyKey,
    caller: caller.id,
    fingerprint: ports.sha256(fingerprintText(checked.order)),
    status: "ACCEPTED",
    acceptedAt: new Date(ports.clock.now()).toISOString(),
    acceptedRegion: ports.region,
  };
  return journalThenQueue(entry, ports);
}

async function journalThenQueue(entry: JournalEntry, ports: IntakePorts): Promise<Answer> {
  const { journal, queue, events, clock, log } = ports;
  let accepted;
  try {
    accepted = await within(clock, JOURNAL_DEADLINE_MS, (signal) => journal.accept(entry, signal));
  } catch (error) {
    log.error("the journal could not make the trade durable", { tradeId: entry.tradeId, error });
    return unavailable(
      "it is not known whether the trade was made durable in two regions, and nothing is promised: send it again with the same Idempotency-Key",
    );
  }
  if (accepted.kind === "exists" && accepted.entry.fingerprint !== entry.fingerprint) {
    const detail = "was used for a trade with another body";
    return problem({ status: 409, title: "Conflict", detail: `Idempotency-Key ${detail}`, errors: [{ field: "Idempotency-Key", detail }] });
  }
  // An entry with the same fingerprint may be our own put whose answer was lost: it is answered like an earlier request's, from the store.
  const stored = accepted.kind === "exists" ? accepted.entry : entry;
  if (stored.status === "ACCEPTED") {
    const trade = tradeOf(stored);
    const { tradeId } = trade;
    const hints = [
      queue.send([trade]).catch((error: unknown) => log.warn("accepted but not queued; the reconciler will find it", { tradeId, error })),
      events.placed([trade]).catch((error: unknown) => log.warn("accepted, and not told; its settlement will be", { tradeId, error })),
    ];
    await within(clock, HINTS_DEADLINE_MS, () => Promise.all(hints)).catch((error: unknown) =>
      log.warn("accepted; whether it was queued and told is not known", { tradeId, error }),
    );
  }
  return acceptance(stored);
}
