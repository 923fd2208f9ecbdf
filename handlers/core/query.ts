import type { Journal, Log } from "../ports";
import { mayUse, notYours, type Caller } from "./caller";
import type { JournalEntry } from "./model";
import { ACCOUNT } from "../trade/order";
import { json, problem, unavailable, type Answer } from "./problem";

export interface QueryPorts {
  readonly journal: Pick<Journal, "get" | "listByAccount">;
  readonly log: Log;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Longer is no cursor that a page has given. */
const MAX_CURSOR = 512;
const NO_CURSOR = "is not one that an earlier page of this account gave";
/** What a client sent, as far as an answer shows it. */
const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/**
 * The fingerprint is how a repetition is recognised and nobody's business. What was decided is told once it is settled. A trade that a failover has lost is accepted
 * again, and the epoch that had settled it tells nothing any more.
 */
const visible = ({ fingerprint: _fingerprint, settledEpoch, outcome, reason, ...entry }: JournalEntry) =>
  entry.status === "SETTLED" ? { ...entry, outcome, reason, settledEpoch } : entry;

const invalid = (field: string, detail: string): Answer =>
  problem({ status: 400, title: "Bad Request", detail: `${field} ${detail}`, errors: [{ field, detail }] });

/** GET /trades/{tradeId}, strongly consistent. Of an account that is not the caller's, nobody is told that there is such a trade. */
export async function oneTrade(caller: Caller, tradeId: string, { journal, log }: QueryPorts): Promise<Answer> {
  if (!/^[0-9a-f]{32}$/.test(tradeId)) return invalid("tradeId", `is ${shown(tradeId)}; allowed: 32 hex digits`);
  try {
    const entry = await journal.get(tradeId);
    return entry && mayUse(caller, entry.accountId)
      ? json(200, visible(entry))
      : problem({ status: 404, title: "Not Found", detail: `there is no trade ${tradeId}` });
  } catch (error) {
    log.error("the journal can't be read", { tradeId, error });
    return unavailable("the journal can't be read now");
  }
}

export interface ListQuery {
  readonly accountId?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** GET /trades?accountId=…: newest first, eventually consistent. */
export async function accountTrades(caller: Caller, query: ListQuery, { journal, log }: QueryPorts): Promise<Answer> {
  if (query.accountId === undefined || !ACCOUNT.test(query.accountId)) {
    return invalid(
      "accountId",
      `${query.accountId === undefined ? "is missing" : `is ${shown(query.accountId)}`}; allowed: 1 to 64 letters, digits, _ or -`,
    );
  }
  if (!mayUse(caller, query.accountId)) return notYours(caller, query.accountId);
  const limit = Number(query.limit ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return invalid("limit", `is ${shown(query.limit ?? "")}; allowed: 1 to ${MAX_LIMIT}`);
  if (query.cursor !== undefined && query.cursor.length > MAX_CURSOR) return invalid("cursor", NO_CURSOR);
  try {
    const page = await journal.listByAccount(query.accountId, limit, query.cursor);
    if (page === "badCursor") return invalid("cursor", NO_CURSOR);
    return json(200, { trades: page.entries.map(visible), cursor: page.cursor });
  } catch (error) {
    log.error("the journal can't be listed", { accountId: query.accountId, error });
    return unavailable("the journal can't be read now");
  }
}
