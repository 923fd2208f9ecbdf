import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Credentials } from "./face";
import { posting } from "./posting";
import { SessionTicket } from "./session-ticket";

/**
 * Starts a region's functions, or warms its servers, before the clients come. On AWS each concurrent request finds or gets an execution environment of its own in
 * parallel; on one small machine a burst of cold starts takes seconds of CPU that nobody would lose there.
 */
const TRADES_AT_ONCE = 6;
/** Batches that the emulator's pollers settle at once when a region becomes the writer. */
const BATCHES_AT_ONCE = 2;
const TIMEOUT_MS = 30_000;

interface Place {
  readonly endpoint: string;
  readonly region: string;
}

async function ask(url: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.arrayBuffer();
}

/** The trades are the platform's own canaries, sent as the platform sends them: every check leaves their account out. */
async function canary({ endpoint, region }: Place, credentials: Credentials, number: number): Promise<void> {
  const post = posting(region, (path) => `${endpoint}${path}`, credentials, AbortSignal.timeout(TIMEOUT_MS));
  const headers = {
    "content-type": "application/json",
    "idempotency-key": `synthetic-warm-${region}-${Date.now()}-${number}`,
    "x-lab-public": "1",
  };
  const order = { accountId: `synthetic-${region}`, symbol: "TEST", side: "buy", quantity: 1, price: "1" };
  await new SessionTicket().submit(post, headers, JSON.stringify(order));
}

/** A batch without messages: nothing is settled. */
async function emptyBatches({ endpoint, region }: Place, functionName: string): Promise<void> {
  const lambda = new LambdaClient({ region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 });
  const invoke = (): Promise<unknown> =>
    lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ Records: [] }) }), {
      abortSignal: AbortSignal.timeout(TIMEOUT_MS),
    });
  await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, invoke));
  lambda.destroy();
}

/**
 * Resolves when the region's functions have answered; what does not answer is left to the drill to find.
 * @param processor name of the function that settles batches, where one does
 */
export async function warmUp(place: Place, processor: string | undefined, credentials: Credentials): Promise<void> {
  const { endpoint } = place;
  if (processor !== undefined) await emptyBatches(place, processor);
  const numbers = Array.from({ length: TRADES_AT_ONCE }, (_, number) => number);
  await Promise.allSettled(numbers.map((number) => canary(place, credentials, number)));
  const paths = ["/health/ready", "/health/ready", "/control/active", "/control/active", "/health"];
  await Promise.allSettled(paths.map((path) => ask(`${endpoint}${path}`, { headers: { "x-lab-public": "1" } })));
}
