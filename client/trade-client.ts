import { Exchange } from "./exchange";
import { Preference } from "./preference";
import { systemRuntime } from "./runtime";
import { Sessions } from "./sessions";
import { type Answered, isWord, Submission } from "./submission";
import type { ClientOptions, Endpoint, Order, OutgoingRequest, Runtime, SubmitResult, TryOutcome } from "./types";
import { type Verdict, verdictOf } from "./verdict";

/**
 * A try may take this many times its first patience: a late answer still counts. A region that is slow and not dead gets to
 * answer; tries given up early would only add to what makes it slow.
 */
const MOST_PATIENCE = 4;

const silent = (endpoint: Endpoint): Answered => ({ endpoint, verdict: { kind: "again", reason: "no answer yet", retryAfterMs: 0 } });

/**
 * Submits trades to a platform that lives in two regions. One idempotency key a trade, whatever happens: a try that is not answered in time
 * is repeated with the same key in the other region within seconds, which the platform answers as the same trade. No DNS change is waited for.
 */
export class TradeClient {
  private readonly preference: Preference;
  private readonly exchange: Exchange;
  private readonly sessions: Sessions;
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
    this.exchange = new Exchange(options, runtime);
    this.sessions = new Sessions(this.exchange);
    if (options.hedgeAfterMs !== undefined) positive("hedgeAfterMs", options.hedgeAfterMs);
    this.preference = new Preference(
      options.endpoints,
      positive("failureThreshold", options.failureThreshold ?? 2),
      positive("coolDownMs", options.coolDownMs ?? 10_000),
    );
  }

  /** Tells of each try as it ends; for a caller's own records. What an observer throws is dropped. */
  onTry(observer: (outcome: TryOutcome) => void): void {
    this.observers.push(observer);
  }

  /** Region that the next trade goes to first. */
  get currentRegion(): string {
    return this.preference.order()[0].region;
  }

  /** Opens a session where the next trade goes, on a platform that asks for one: the first trade then does not wait for it. Answers whether it did. */
  async openSession(): Promise<boolean> {
    const answer = await this.sessions.open(this.preference.order()[0], this.tryTimeoutMs);
    return "status" in answer && answer.status === 201;
  }

  /**
   * Submits one trade and stays with it until it is accepted, refused for good, or the deadline passes. Never rejects for what the network or the
   * platform does. Give the `idempotencyKey` of an earlier "unknown" result to learn how that one ended.
   */
  async submit(order: Order, idempotencyKey = this.runtime.newKey()): Promise<SubmitResult> {
    const submission = new Submission(idempotencyKey, JSON.stringify(order), this.runtime.now(), this.tryTimeoutMs);
    this.probeWhatIsDue();
    const ended = await Promise.race([submission.conclusion, this.rounds(submission)]);
    await submission.end("another try was answered first");
    return "kind" in ended ? ended : this.told(submission, ended.endpoint, ended.verdict);
  }

  /** Tries both regions, round after round, until nothing is left to try; an answer that ends the trade ends it by `conclusion`. */
  private async rounds(submission: Submission): Promise<SubmitResult> {
    let reason = "no try was made";
    for (let round = 0; this.left(submission) > 0 && !submission.stop.aborted; round += 1) {
      const [first, second] = this.order(submission);
      const answers = await this.tryBoth(submission, first, second);
      for (const { endpoint, verdict } of answers) {
        if (verdict.kind === "refused") submission.refused.set(endpoint.region, verdict);
        // A 4xx of the trade API's own is one here too while an earlier try may have been taken: had none been, it would have ended the trade.
        if (verdict.kind === "final")
          submission.refused.set(endpoint.region, { ...verdict, kind: "refused", reason: `HTTP ${verdict.status}` });
        if ("reason" in verdict) reason = `${endpoint.region}: ${verdict.reason}`;
      }
      const refusal = submission.refused.get(second.region);
      if (refusal !== undefined && submission.refused.size === this.options.endpoints.length) {
        // A try before may have been taken and its answer lost: gateways that let nothing through can't say that it was not.
        if (submission.inDoubt) {
          reason = `HTTP ${refusal.status}, and an earlier try may have been taken`;
          break;
        }
        return this.told(submission, second, refusal);
      }
      await this.pause(
        submission,
        round,
        Math.min(...answers.map(({ verdict }) => ("retryAfterMs" in verdict ? verdict.retryAfterMs : 0)), this.maxBackoffMs),
      );
      submission.patienceMs = Math.min(submission.patienceMs * 2, this.tryTimeoutMs * MOST_PATIENCE);
    }
    return { kind: "unknown", reason, ...this.facts(submission, submission.lastRegion) };
  }

  /** The preferred region first, unless it owes an answer and the other one does not. */
  private order(submission: Submission): readonly [Endpoint, Endpoint] {
    const [first, second] = this.preference.order();
    return submission.isAsking(first.region) && !submission.isAsking(second.region) ? [second, first] : [first, second];
  }

  /** One try in each region: the second after the first has failed or its patience is over or, hedging, when the first is slow. */
  private async tryBoth(submission: Submission, first: Endpoint, second: Endpoint): Promise<Answered[]> {
    const leading = this.tryOne(submission, first);
    const early = await this.within(leading, this.options.hedgeAfterMs);
    if (submission.stop.aborted || (early !== undefined && ((isWord(early) && !submission.inDoubt) || this.left(submission) <= 0)))
      return early === undefined ? [] : [early];
    // A region that is silent has been asked: its silence must not keep the trade from one that is busy and says when to come back.
    const isBusy = early?.verdict.kind === "again" && early.verdict.retryAfterMs > 0;
    if (submission.isAsking(second.region) && (isBusy || this.preference.isOpen(second.region))) return [await leading, silent(second)];
    const following = this.tryOne(submission, second);
    return await Promise.all([leading, following]);
  }

  /**
   * One try. Resolves when it is answered or the round's patience with it is over. It then goes on by itself: the platform may have taken the
   * trade and be about to say so, and the key makes any number of tries one trade.
   */
  private async tryOne(submission: Submission, endpoint: Endpoint): Promise<Answered> {
    submission.attempts += 1;
    submission.sending(endpoint.region);
    submission.lastRegion = endpoint.region;
    const { patienceMs } = submission;
    let isLate = false;
    const ended = this.untilAnswered(submission, endpoint, () => isLate);
    submission.follow(ended);
    const answered = await this.within(ended, Math.min(patienceMs, this.left(submission)));
    if (answered !== undefined || submission.stop.aborted) return await ended;
    isLate = true;
    this.preference.failed(endpoint.region, this.runtime.now());
    return { endpoint, verdict: { kind: "again", reason: `no answer in ${patienceMs} ms`, retryAfterMs: 0 } };
  }

  /** `wasGivenUp`: whether the region has been held responsible for this try already. */
  private async untilAnswered(submission: Submission, endpoint: Endpoint, wasGivenUp: () => boolean): Promise<Answered> {
    const startedAt = this.runtime.now();
    const headers: Record<string, string> = { "content-type": "application/json", "idempotency-key": submission.key };
    const request: OutgoingRequest = {
      method: "POST",
      url: `${endpoint.url}/trades`,
      region: endpoint.region,
      headers,
      body: submission.body,
    };
    const longestMs = Math.min(this.tryTimeoutMs * MOST_PATIENCE, Math.max(1, this.left(submission)));
    const leftMs = (): number => Math.max(1, startedAt + longestMs - this.runtime.now());
    const { answer, turnedAway, opened } = await this.sessions.send(endpoint, request, leftMs, submission.stop);
    const verdict = verdictOf(answer);
    const answered = { endpoint, verdict: turnedAway && verdict.kind === "again" ? { ...verdict, untouched: true } : verdict };
    const endedAt = this.runtime.now();
    // A try that lost a race says nothing about its region.
    if (!submission.stop.aborted) {
      if (isWord(answered)) this.preference.succeeded(endpoint.region);
      else if (!wasGivenUp()) this.preference.failed(endpoint.region, endedAt);
    }
    const outcome: TryOutcome = {
      idempotencyKey: submission.key,
      region: endpoint.region,
      startedAt,
      endedAt,
      status: "status" in answer ? answer.status : 0,
      error: "error" in answer ? answer.error : "",
      openedSession: opened,
    };
    if (!submission.stop.aborted) submission.ended(answered);
    this.tell(outcome);
    return answered;
  }

  /** What a caller's records throw is the caller's: it changes nothing about a trade. */
  private tell(outcome: TryOutcome): void {
    for (const observer of this.observers) {
      try {
        observer(outcome);
      } catch {
        // nothing that a trade depends on
      }
    }
  }

  /** A region that was left alone gets a question that costs no trade any time; a good answer makes it usable again. */
  private probeWhatIsDue(): void {
    for (const endpoint of this.preference.dueForProbe(this.runtime.now())) {
      const request: OutgoingRequest = { method: "GET", url: `${endpoint.url}/health/ready`, region: endpoint.region, headers: {} };
      void this.exchange.send(request, this.tryTimeoutMs).then((answer) => {
        if ("status" in answer && answer.status === 200) this.preference.succeeded(endpoint.region);
      });
    }
  }

  private async pause(submission: Submission, round: number, atLeastMs: number): Promise<void> {
    const ceiling = Math.min(this.maxBackoffMs, this.backoffMs * 2 ** Math.min(round, 20));
    // On top of what the platform asks for: all whom it has told the same would come back at the same moment.
    const ms = Math.min(atLeastMs + ceiling * this.runtime.random(), Math.max(0, this.left(submission)));
    await this.within(submission.conclusion, ms);
  }

  /** Undefined: it was not there after so many milliseconds; without a limit it is waited for. */
  private async within<T>(pending: Promise<T>, ms: number | undefined): Promise<T | undefined> {
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
