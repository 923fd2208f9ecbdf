import { SYNTHETIC } from "../../contract/callers";
import { SESSION_PROBLEM } from "../../contract/problems";
import { SESSION_HEADER } from "../../contract/routes";
import type { Clock, HttpProbe, Journal, LeaseStore } from "../ports";

export interface ValidationPorts {
  readonly probe: HttpProbe;
  readonly journal: Pick<Journal, "get">;
  readonly clock: Clock;
  readonly region: string;
  readonly sign: (method: "GET" | "POST", url: string, body?: string) => Promise<Readonly<Record<string, string>>>;
}

/** Which region answers, by what it says of itself. */
const answeringRegion = (body: string): string | undefined => /"region":"([a-z0-9-]+)"/.exec(body)?.[1];

/** Does the public name lead to this region by now? One look; the state machine asks again. */
export async function confirmTraffic(
  publicUrl: string,
  { probe, region }: ValidationPorts,
): Promise<{ confirmed: boolean; detail: string }> {
  const answer = await probe.get(`${publicUrl}/health`, 2_000);
  if (!answer) return { confirmed: false, detail: `${publicUrl} does not answer` };
  const answered = answeringRegion(answer.body) ?? "nobody";
  return { confirmed: answered === region, detail: `${publicUrl} is answered by ${answered}` };
}

/** Looks again so often, milliseconds. */
const LOOK_MS = 5_000;

/**
 * Does the public name lead to a region that answers, and, where it has to follow the lease, to its holder? After a move the name takes its time: it is
 * waited for.
 */
export async function nameLeads(
  publicUrl: string,
  { followsLease, waitMs }: { readonly followsLease: boolean; readonly waitMs: number },
  { probe, clock, lease }: Pick<ValidationPorts, "probe" | "clock"> & { readonly lease: Pick<LeaseStore, "read"> },
): Promise<{ readonly answered: boolean; readonly detail: string }> {
  const began = clock.monotonic();
  for (;;) {
    const answer = await probe.get(`${publicUrl}/health`, 2_000);
    const region = answer && answeringRegion(answer.body);
    if (region === undefined) return { answered: false, detail: `${publicUrl} ${answer ? "is answered by nobody" : "does not answer"}` };
    const holder = followsLease ? (await lease.read())?.holder : region;
    if (region === holder) return { answered: true, detail: `${publicUrl} is answered by ${region}` };
    if (clock.monotonic() - began >= waitMs)
      return { answered: false, detail: `${publicUrl} is answered by ${region}, and the lease is held by ${holder ?? "nobody"}` };
    await clock.sleep(LOOK_MS);
  }
}

export interface SyntheticResult {
  readonly settled: boolean;
  readonly tradeId: string;
  readonly elapsedMs: number;
  readonly detail: string;
}

/** As any client: where the answer to a trade is that it needs a session, one is opened at the same address, and the same key sent again. */
async function submit(
  url: string,
  key: string,
  body: string,
  { probe, sign }: Pick<ValidationPorts, "probe" | "sign">,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  const post = async (path: string, text: string, headers: Readonly<Record<string, string>>) =>
    probe.post(`${url}${path}`, { ...headers, ...(await sign("POST", `${url}${path}`, text)) }, text, 5_000);
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const answer = await post("/trades", body, headers);
  if (answer?.status !== 401 || !answer.body.includes(`"type":"${SESSION_PROBLEM}"`)) return answer;
  const opened = await post("/sessions", "", {});
  const token = /"sessionToken":"([\w-]+)"/.exec(opened?.body ?? "")?.[1];
  return token === undefined ? opened : post("/trades", body, { ...headers, [SESSION_HEADER]: token });
}

/** Sends one trade of the account `synthetic-<region>` and waits until the journal says that it was settled under `epoch`. */
export async function syntheticTrade(
  url: string,
  request: { readonly key: string; readonly epoch?: number; readonly waitMs: number },
  ports: ValidationPorts,
): Promise<SyntheticResult> {
  const { journal, clock, region } = ports;
  const began = clock.monotonic();
  const elapsedMs = (): number => Math.round(clock.monotonic() - began);
  const body = JSON.stringify({ accountId: `${SYNTHETIC}${region}`, symbol: "TEST", side: "buy", quantity: 1, price: "1" });
  const target = `${url}/trades`;
  const answer = await submit(url, request.key, body, ports);
  const tradeId = answer?.status === 202 ? /"tradeId":"([0-9a-f]{32})"/.exec(answer.body)?.[1] : undefined;
  if (tradeId === undefined)
    return { settled: false, tradeId: "", elapsedMs: elapsedMs(), detail: `${target}: ${answer ? `HTTP ${answer.status}` : "no answer"}` };
  while (elapsedMs() < request.waitMs) {
    const entry = await journal.get(tradeId);
    if (entry?.status === "SETTLED" && (request.epoch === undefined || entry.settledEpoch === request.epoch)) {
      return { settled: true, tradeId, elapsedMs: elapsedMs(), detail: `settled under epoch ${entry.settledEpoch}` };
    }
    await clock.sleep(250);
  }
  return { settled: false, tradeId, elapsedMs: elapsedMs(), detail: `accepted and not settled within ${request.waitMs} ms` };
}
