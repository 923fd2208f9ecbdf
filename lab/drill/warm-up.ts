/**
 * Starts a region's functions before the clients come. On AWS each concurrent request finds or gets an execution environment of its own in
 * parallel; on one small machine a burst of cold starts takes seconds of CPU that nobody would lose there.
 */
const AT_ONCE = 6;
const TIMEOUT_MS = 30_000;

async function ask(url: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.arrayBuffer();
}

/** The trades are the platform's own canaries: every check leaves their account out. */
function canary(endpoint: string, region: string, number: number): Promise<void> {
  return ask(`${endpoint}/trades`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": `synthetic-warm-${region}-${Date.now()}-${number}`,
      "x-lab-public": "1",
    },
    body: JSON.stringify({ accountId: `synthetic-${region}`, symbol: "TEST", side: "buy", quantity: 1, price: "1" }),
  });
}

/** Resolves when the region's functions have answered; what does not answer is left to the drill to find. */
export async function warmUp({ endpoint, region }: { readonly endpoint: string; readonly region: string }): Promise<void> {
  const numbers = Array.from({ length: AT_ONCE }, (_, number) => number);
  await Promise.allSettled(numbers.map((number) => canary(endpoint, region, number)));
  const paths = ["/health/ready", "/health/ready", "/control/active", "/control/active", "/health"];
  await Promise.allSettled(paths.map((path) => ask(`${endpoint}${path}`, { headers: { "x-lab-public": "1" } })));
}
