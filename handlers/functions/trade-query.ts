/** GET /trades and GET /trades/{tradeId}, from the journal. */
import * as functions from "../../contract/functions";
import { respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { environment } from "../adapters/environment";
import { ownJournal } from "../adapters/journal";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { accountTrades, oneTrade } from "../core/query";

const env = environment(functions.tradeQuery);
const ports = { journal: ownJournal(env, tableClient(1_500, 2)), log };

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  const tradeId = request.pathParameters?.tradeId;
  return respond(tradeId === undefined ? await accountTrades(request.queryStringParameters ?? {}, ports) : await oneTrade(tradeId, ports));
}
