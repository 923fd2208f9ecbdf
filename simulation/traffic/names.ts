import type { Kernel } from "../kernel/kernel";
import type { Api } from "./api";

interface Checker {
  verdict: boolean;
  streak: number;
  /** Sees failures that are not there: a fault. */
  liar: boolean;
}

interface Check {
  readonly api: Api;
  readonly path: string;
  readonly checkers: readonly Checker[];
  /** What all checkers together said, and since when. */
  readonly said: { readonly at: number; readonly healthy: boolean }[];
}

export interface NameSettings {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
}

/** Checkers of the primary's readiness, which may disagree, and of each other check. */
const CHECKERS = { ready: 2, other: 1 } as const;
/** More than this share of checkers must find an endpoint healthy. */
const SHARE = 0.18;
const PROBE_TIMEOUT_MS = 4_000;

/**
 * The public name: health checks of both regions by checkers that look from different places and need not agree, and records that follow them
 * some seconds later. A (primary ready) and B (standby not active, inverted) make C; the primary's record follows C, the standby's its own check.
 */
export class NameService {
  private readonly ready: Check;
  private readonly active: Check;
  private readonly standbyReady: Check;
  /** Share of a liar's looks that fail. */
  flapping = 0;
  onLie: () => void = () => undefined;
  private readonly propagationMs: number;

  constructor(
    private readonly primary: Api,
    private readonly standby: Api,
    private readonly settings: NameSettings,
    private readonly kernel: Kernel,
  ) {
    this.propagationMs = kernel.random.between(500, 5_000);
    this.ready = this.check(primary, "/health/ready", true, CHECKERS.ready);
    this.active = this.check(standby, "/control/active", false, CHECKERS.other);
    this.standbyReady = this.check(standby, "/health/ready", true, CHECKERS.other);
  }

  private check(api: Api, path: string, verdict: boolean, count: number): Check {
    const checkers = Array.from({ length: count }, (): Checker => ({ verdict, streak: 0, liar: false }));
    const check: Check = { api, path, checkers, said: [{ at: -1e9, healthy: verdict }] };
    for (const checker of checkers) {
      this.kernel.after(this.kernel.random.between(0, this.settings.healthCheckIntervalSeconds * 1000), () => this.look(check, checker));
    }
    return check;
  }

  private look(check: Check, checker: Checker): void {
    const { kernel, settings } = this;
    kernel.after(settings.healthCheckIntervalSeconds * 1000, () => this.look(check, checker));
    const lies = checker.liar && this.flapping > 0 && kernel.random.chance(this.flapping);
    if (lies) {
      this.onLie();
      return this.seen(check, checker, kernel.random.chance(0.3));
    }
    check.api.request(undefined, check.path, { method: "GET" }, PROBE_TIMEOUT_MS, (answer) =>
      this.seen(check, checker, answer?.status === 200),
    );
  }

  private seen(check: Check, checker: Checker, good: boolean): void {
    if (good === checker.verdict) checker.streak = 0;
    else if (++checker.streak >= this.settings.healthCheckThreshold) [checker.verdict, checker.streak] = [good, 0];
    else return;
    const healthy = check.checkers.filter(({ verdict }) => verdict).length / check.checkers.length > SHARE;
    if (check.said.at(-1)?.healthy === healthy) return;
    check.said.push({ at: this.kernel.now, healthy });
    this.kernel.trace("health check", healthy ? "passes" : "fails", `${check.api.region.name}${check.path}`);
  }

  makeLiars(count: number): void {
    for (const check of [this.ready, this.active, this.standbyReady]) check.checkers.forEach((checker, i) => (checker.liar = i < count));
  }

  private healthy(check: Check): boolean {
    const until = this.kernel.now - this.propagationMs;
    return check.said.findLast(({ at }) => at <= until)?.healthy ?? true;
  }

  /** Where the name leads for whoever asks now. */
  resolve(): Api {
    const primaryServes = this.healthy(this.ready) && !this.healthy(this.active);
    // When nothing is healthy, everything counts as healthy.
    return primaryServes || !this.healthy(this.standbyReady) ? this.primary : this.standby;
  }

  /** A resolver that keeps an answer for the record's TTL, or for as long as it pleases. */
  resolver(keepsMs = this.settings.recordTtlSeconds * 1000): () => Api {
    let kept: { readonly until: number; readonly api: Api } | undefined;
    return () => {
      if (!kept || kept.until <= this.kernel.now) kept = { until: this.kernel.now + keepsMs, api: this.resolve() };
      else if (keepsMs > this.settings.recordTtlSeconds * 1000 && kept.api !== this.resolve()) this.kernel.strike("client-caches-too-long");
      return kept.api;
    };
  }
}
