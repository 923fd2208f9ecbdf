/** POST /trades: validates, writes the journal, hints the queue, answers 202. */
import { bodyOf, header, respond, type ApiRequest, type ApiResponse } from "../adapters/api-gateway";
import { systemClock } from "../adapters/clock";
import { environment } from "../adapters/environment";
import { sha256 } from "../adapters/hashing";
import { journal } from "../adapters/journal";
import { log } from "../adapters/log";
import { tableClient } from "../adapters/table";
import { tradeQueue } from "../adapters/trade-queue";
import { acceptTrade } from "../core/intake";

const env = environment("AWS_REGION", "JOURNAL_TABLE", "TRADE_QUEUE_URL");
const ports = {
  // Three short tries fit into the core's own deadline.
  journal: journal(tableClient(1_200, 3), env.JOURNAL_TABLE),
  queue: tradeQueue(env.AWS_REGION, env.TRADE_QUEUE_URL),
  clock: systemClock,
  log,
  sha256,
  region: env.AWS_REGION,
};

export async function handler(request: ApiRequest): Promise<ApiResponse> {
  return respond(
    await acceptTrade(
      { contentType: header(request, "content-type"), idempotencyKey: header(request, "idempotency-key"), body: bodyOf(request) },
      ports,
    ),
  );
}
