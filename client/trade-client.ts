import { Preference } from "./preference";
import { systemRuntime } from "./runtime";
import type { ClientOptions, Endpoint, Order, OutgoingRequest, Runtime, SubmitResult, TryOutcome } from "./types";
import { type Verdict, verdictOf } from "./verdict";

interface Answered {
  readonly endpoint: Endpoint;
  readonly verdict: Verdict;
}

/**
 * How many times its first patience a try may take in later rounds. A region that is slow and not dead gets to answer; tries given up early would
 * only add to what makes it slow.
 */
const MOST_PATIENCE = 4;

/** What all tries of one trade share. */
interface Submission {
  readonly key: string;
  readonly body: string;
  readonly began: number;
  attempts: number;
  /** Milliseconds that a try of this round may take. */
  patienceMs: number;
  lastRegion: string;
  /** Regions whose gateway refused outside the trade API's own words; final once both have. */
  readonly refused: Map<string, Verdict & { kind: "refused" }>;
}

/**
 * Submits trades to a platform that lives in two regions. One idempotency key a trade, whatever happens: a try that is not answered in time
 * is repeated with the same key in the other region within seconds, which the platform answers as the same trade. No DNS change is waited for.
 */
export class TradeClient {
  private readonly preference: Preference;
  private readonly tryTimeoutMs: number;
  private readonly deadlineMs: number;
  private readonly backoffMs: number;
  private readonly maxBackoffMs: number;
  private readonly observers: ((outcome: TryOutcome) => void)[] = [];

  constructor(
    private readonly options: ClientOptions,
    private readonly runtime: Runtime = systemRuntime,
  ) {
    const [first, second] = options.endpoints;
    if (first.region === second.region)
      throw new Error(`both endpoints are in region "${first.region}"; give the two regions of the platform`);
    this.tryTimeoutMs = positive("tryTimeoutMs", options.tryTimeoutMs ?? 1500);
    this.deadlineMs = positive("deadlineMs", options.deadlineMs ?? 30_000);
    this.backoffMs = positive("backoffMs", options.backoffMs ?? 100);
    this.maxBackoffMs = positive("maxBackoffMs", options.maxBackoffMs ?? 2000);
    if (options.hedgeAfterMs !== undefined) positive("hedgeAfterMs", options.hedgeAfterMs);
    this.preference = new Preference(
      options.endpoints,
      positive("failureThreshold", options.failureThreshold ?? 2),
      positive("coolDownMs", options.coolDownMs ?? 10_000),
    );
  }

  /** Tells of each try as it ends; for a caller's own records. */
  onTry(observer: (outcome: TryOutcome) => void): void {
    this.observers.push(observer);
  }

  /** Region that the next trade goes to first. */
  get currentRegion(): string {
    return this.preference.order()[0].region;
  }

  /**
   * Submits one trade and stays with it until it is accepted, refused for good, or the deadline passes. Never rejects for what the network or the
   * platform does. Give the `idempotencyKey` of an earlier "unknown" result to learn how that one ended.
   */
  async submit(order: Order, idempotencyKey = this.runtime.newKey()): Promise<SubmitResult> {
    const now = this.runtime.now();
    const submission: Submission = {
      key: idempotencyKey,
      body: JSON.stringify(order),
      began: now,
      attempts: 0,
      patienceMs: this.tryTimeoutMs,
      lastRegion: "",
      refused: new Map(),
    };
    this.probeWhatIsDue();
    let reason = "no try was made";
    for (let round = 0; this.left(submission) > 0; round += 1) {
      const [first, second] = this.preference.order();
      const answers = await this.tryBoth(submission, first, second);
      for (const answered of answers) {
        if (answered.verdict.kind === "final" || answered.verdict.kind === "accepted")
          return this.told(submission, answered.endpoint, answered.verdict);
        if (answered.verdict.kind === "refused") submission.refused.set(answered.endpoint.region, answered.verdict);
        reason = `${answered.endpoint.region}: ${answered.verdict.reason}`;
      }
      const refusal = submission.refused.get(second.region);
      if (refusal !== undefined && submission.refused.size === this.options.endpoints.length) return this.told(submission, second, refusal);
      await this.pause(
        submission,
        round,
        Math.min(...answers.map(({ verdict }) => ("retryAfterMs" in verdict ? verdict.retryAfterMs : 0)), this.maxBackoffMs),
      );
      submission.patienceMs = Math.min(submission.patienceMs * 2, this.tryTimeoutMs * MOST_PATIENCE);
    }
    return { kind: "unknown", reason, ...this.facts(submission, submission.lastRegion) };
  }

  /** One try in each region: the second after the first has failed or, hedging, when the first is slow. Ends at the first verdict that is final. */
  private async tryBoth(submission: Submission, first: Endpoint, second: Endpoint): Promise<Answered[]> {
    const abort = new AbortController();
    const leading = this.tryOne(submission, first, abort.signal);
    const settled: Answered[] = [];
    const isEnd = ({ verdict }: Answered): boolean => verdict.kind === "accepted" || verdict.kind === "final";
    const early = await this.within(leading, this.options.hedgeAfterMs);
    if (early !== undefined) {
      settled.push(early);
      if (isEnd(early) || this.left(submission) <= 0) return settled;
      settled.push(await this.tryOne(submission, second, abort.signal));
      return settled;
    }
    const hedge = this.tryOne(submission, second, abort.signal);
    const winner = await Promise.race([leading, hedge]);
    settled.push(winner);
    if (isEnd(winner)) {
      abort.abort(new Error("the other region answered first"));
      await Promise.all([leading, hedge]);
      return settled;
    }
    settled.push(await (winner.endpoint === first ? hedge : leading));
    return settled;
  }

  private async tryOne(submission: Submission, endpoint: Endpoint, stop: AbortSignal): Promise<Answered> {
    submission.attempts += 1;
    submission.lastRegion = endpoint.region;
    const startedAt = this.runtime.now();
    const headers: Record<string, string> = { "content-type": "application/json", "idempotency-key": submission.key };
    const request: OutgoingRequest = {
      method: "POST",
      url: `${endpoint.url}/trades`,
      region: endpoint.region,
      headers,
      body: submission.body,
    };
    const answer = await this.send(request, Math.min(submission.patienceMs, Math.max(1, this.left(submission))), stop);
    const verdict = verdictOf(answer);
    const endedAt = this.runtime.now();
    // A try that lost a race says nothing about its region.
    if (!stop.aborted) {
      if (verdict.kind === "again" || verdict.kind === "refused") this.preference.failed(endpoint.region, endedAt);
      else this.preference.succeeded(endpoint.region);
    }
    const outcome: TryOutcome = {
      idempotencyKey: submission.key,
      region: endpoint.region,
      startedAt,
      endedAt,
      status: "status" in answer ? answer.status : 0,
      error: "error" in answer ? answer.error : "",
    };
    for (const observer of this.observers) observer(outcome);
    return { endpoint, verdict };
  }

  private async send(
    request: OutgoingRequest,
    timeoutMs: number,
    stop?: AbortSignal,
  ): Promise<{ status: number; type: string; body: string; retryAfter: string } | { error: string }> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(new Error("the other region answered first"));
    if (stop?.aborted === true) giveUp();
    stop?.addEventListener("abort", giveUp, { once: true });
    const cancelTimer = this.runtime.after(timeoutMs, () => controller.abort(new Error(`no answer in ${timeoutMs} ms`)));
    // The race is with our own signal as well: a fetch or a signer that ignores it must not hold the trade up.
    const aborted = new Promise<never>((_, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error), { once: true });
    });
    try {
      return await Promise.race([this.exchange(request, controller.signal), aborted]);
    } catch (error) {
      return { error: describe(controller.signal.aborted ? controller.signal.reason : error) };
    } finally {
      cancelTimer();
      stop?.removeEventListener("abort", giveUp);
      aborted.catch(() => undefined);
    }
  }

  private async exchange(
    request: OutgoingRequest,
    signal: AbortSignal,
  ): Promise<{ status: number; type: string; body: string; retryAfter: string }> {
    const headers: Record<string, string> = { ...request.headers };
    if (this.options.apiKey !== undefined) headers["x-api-key"] = this.options.apiKey;
    if (this.options.sign !== undefined) Object.assign(headers, await this.options.sign({ ...request, headers }));
    const response = await this.runtime.fetch(request.url, {
      method: request.method,
      headers,
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      retryAfter: response.headers.get("retry-after") ?? "",
      body: await response.text(),
    };
  }

  /** A region that was left alone gets a question that costs no trade any time; a good answer makes it usable again. */
  private probeWhatIsDue(): void {
    for (const endpoint of this.preference.dueForProbe(this.runtime.now())) {
      const request: OutgoingRequest = { method: "GET", url: `${endpoint.url}/health/ready`, region: endpoint.region, headers: {} };
      void this.send(request, this.tryTimeoutMs).then((answer) => {
        if ("status" in answer && answer.status === 200) this.preference.succeeded(endpoint.region);
      });
    }
  }

  private async pause(submission: Submission, round: number, atLeastMs: number): Promise<void> {
    const ceiling = Math.min(this.maxBackoffMs, this.backoffMs * 2 ** Math.min(round, 20));
    const ms = Math.min(Math.max(atLeastMs, ceiling * this.runtime.random()), Math.max(0, this.left(submission)));
    await new Promise<void>((resolve) => this.runtime.after(ms, resolve));
  }

  private async within(pending: Promise<Answered>, ms: number | undefined): Promise<Answered | undefined> {
    if (ms === undefined) return pending;
    let cancel = (): void => undefined;
    const timer = new Promise<undefined>((resolve) => {
      cancel = this.runtime.after(ms, () => resolve(undefined));
    });
    const first = await Promise.race([pending, timer]);
    cancel();
    return first;
  }

  private left(submission: Submission): number {
    return submission.began + this.deadlineMs - this.runtime.now();
  }

  private facts(submission: Submission, region: string): { idempotencyKey: string; region: string; attempts: number; elapsedMs: number } {
    return { idempotencyKey: submission.key, region, attempts: submission.attempts, elapsedMs: this.runtime.now() - submission.began };
  }

  private told(submission: Submission, { region }: Endpoint, verdict: Verdict): SubmitResult {
    const facts = this.facts(submission, region);
    if (verdict.kind === "accepted") {
      return {
        kind: "accepted",
        tradeId: verdict.tradeId,
        acceptedAt: verdict.acceptedAt,
        acceptedRegion: verdict.acceptedRegion,
        ...facts,
      };
    }
    if (verdict.kind === "again") return { kind: "unknown", reason: verdict.reason, ...facts };
    return { kind: "rejected", status: verdict.status, title: verdict.title, errors: verdict.errors, ...facts };
  }
}

function positive(name: string, value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) throw new Error(`${name} must be a positive number, not ${value}`);
  return value;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch hides what happened ("fetch failed") in the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
