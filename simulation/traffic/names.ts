import { CheckerView } from "../../emulation/route53/checker-view";
import { choose, type Agreement, type DnsRecord, type HealthCheck } from "../../emulation/route53/routing";
import type { Kernel } from "../kernel/kernel";
import type { Api } from "./api";

interface Checker {
  readonly view: CheckerView;
  /** Sees failures that are not there: a fault. */
  liar: boolean;
}

interface Check {
  readonly id: string;
  readonly api: Api;
  readonly path: string;
  readonly checkers: readonly Checker[];
  /** How many of the checkers saw it healthy, and since when. */
  readonly said: { readonly at: number; readonly agreement: Agreement }[];
}

export interface NameSettings {
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
}

/** Checkers of the primary's readiness, which may disagree, and of each other check. */
const CHECKERS = { ready: 2, other: 1 } as const;
const PROBE_TIMEOUT_MS = 4_000;
const NAME = "trade.example.com";

const common = { inverted: false, disabled: false };
const endpoint = { ...common, kind: "endpoint", secure: true, port: 443, intervalSeconds: 10, threshold: 2 } as const;
/** As the program registers them for failover routing. */
const CHECKS: readonly HealthCheck[] = [
  { ...endpoint, id: "A", name: "primary ready", host: "primary", path: "/health/ready" },
  { ...endpoint, id: "B", name: "standby active", host: "standby", path: "/control/active", inverted: true },
  { ...common, kind: "calculated", id: "C", name: "primary serves", children: ["A", "B"], healthThreshold: 2 },
  { ...endpoint, id: "standby", name: "standby ready", host: "standby", path: "/health/ready" },
];
const record = (role: "PRIMARY" | "SECONDARY", healthCheckId: string): DnsRecord => ({
  name: NAME,
  type: "CNAME",
  ttl: 10,
  values: [role],
  setIdentifier: role,
  policy: { kind: "failover", role },
  healthCheckId,
});
const RECORDS = [record("PRIMARY", "C"), record("SECONDARY", "standby")];
const BY_ID = new Map(CHECKS.map((check) => [check.id, check]));

/**
 * The public name: health checks of both regions by checkers that look from different places and need not agree, and records that follow them
 * some seconds later. A (primary ready) and B (standby not active, inverted) make C; the primary's record follows C, the standby's its own check.
 */
export class NameService {
  private readonly checks: readonly Check[];
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
    this.checks = [
      this.check("A", primary, "/health/ready", true, CHECKERS.ready),
      this.check("B", standby, "/control/active", false, CHECKERS.other),
      this.check("standby", standby, "/health/ready", true, CHECKERS.other),
    ];
  }

  private check(id: string, api: Api, path: string, healthy: boolean, count: number): Check {
    const { healthCheckThreshold, healthCheckIntervalSeconds } = this.settings;
    const checkers = Array.from({ length: count }, (): Checker => ({ view: new CheckerView(healthCheckThreshold, healthy), liar: false }));
    const check: Check = { id, api, path, checkers, said: [{ at: -1e9, agreement: agreementOf(checkers) }] };
    for (const checker of checkers) {
      this.kernel.after(this.kernel.random.between(0, healthCheckIntervalSeconds * 1000), () => this.look(check, checker));
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

  private seen(check: Check, { view }: Checker, good: boolean): void {
    if (!view.note(good)) return;
    const agreement = agreementOf(check.checkers);
    check.said.push({ at: this.kernel.now, agreement });
    this.kernel.trace("health check", `${agreement.healthy} of ${agreement.total}`, `${check.api.region.name}${check.path}`);
  }

  makeLiars(count: number): void {
    for (const { checkers } of this.checks) checkers.forEach((checker, i) => (checker.liar = i < count));
  }

  /** Where the name leads for whoever asks now. */
  resolve(): Api {
    const until = this.kernel.now - this.propagationMs;
    const agreements = new Map<string, Agreement>();
    for (const { id, said } of this.checks) {
      const known = said.findLast(({ at }) => at <= until);
      if (known) agreements.set(id, known.agreement);
    }
    const chosen = choose(RECORDS, { checks: BY_ID, agreements }, NAME, { draw: 0 });
    return chosen?.setIdentifier === "SECONDARY" ? this.standby : this.primary;
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

const agreementOf = (checkers: readonly Checker[]): Agreement => ({
  healthy: checkers.filter(({ view }) => view.sees()).length,
  total: checkers.length,
});
