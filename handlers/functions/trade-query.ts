/** GET /trades and GET /trades/{tradeId}, from the journal. */
import * as functions from "../../contract/functions";
import { access } from "../adapters/access";
import { presented, respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { environment } from "../adapters/environment";
import { ownJournal } from "../adapters/journal";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { accountTrades, oneTrade } from "../core/query";

const env = environment(functions.tradeQuery);
const callerOf = access(env);
const ports = { journal: ownJournal(env, tableClient(1_500, 2)), log };

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  const verdict = await callerOf(presented(request));
  if ("refusal" in verdict) return respond(verdict.refusal);
  const { caller } = verdict;
  const tradeId = request.pathParameters?.tradeId;
  const { queryStringParameters: query } = request;
  return respond(tradeId === undefined ? await accountTrades(caller, query ?? {}, ports) : await oneTrade(caller, tradeId, ports));
}
