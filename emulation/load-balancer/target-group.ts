/**
 * How an Application Load Balancer judges its targets and chooses among them, as pure functions. By its guide, "Health checks for target groups" and
 * "Routing algorithms". Where the guide leaves it open, a new target must pass as many checks as one that has failed.
 */

/** `initial`: registered, and not judged yet. `draining`: deregistered; it ends what it has begun. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

export interface Thresholds {
  /** Checks in a row. */
  readonly healthy: number;
  readonly unhealthy: number;
}

/** The balancer's view of one target. */
export class TargetHealth {
  private current: TargetState = "initial";
  private passed = 0;
  private failed = 0;

  constructor(private readonly thresholds: Thresholds) {}

  get state(): TargetState {
    return this.current;
  }

  /** Takes a check's result; true if the state changed. */
  note(ok: boolean): boolean {
    this.passed = ok ? this.passed + 1 : 0;
    this.failed = ok ? 0 : this.failed + 1;
    if (this.current === "draining") return false;
    if (this.passed >= this.thresholds.healthy) return this.becomes("healthy");
    if (this.failed >= this.thresholds.unhealthy) return this.becomes("unhealthy");
    return false;
  }

  drain(): void {
    this.current = "draining";
  }

  private becomes(state: TargetState): boolean {
    const changed = this.current !== state;
    this.current = state;
    return changed;
  }
}

export interface Candidate {
  readonly state: TargetState;
  /** Requests that it has in work. */
  readonly outstanding: number;
}

export type Algorithm = "round_robin" | "least_outstanding_requests";

/** The target for the next request, the `turn`th since the beginning. Where none is healthy the balancer fails open: all that failed get some. */
export function chooseTarget<T extends Candidate>(targets: readonly T[], algorithm: Algorithm, turn: number): T | undefined {
  const healthy = targets.filter(({ state }) => state === "healthy");
  const pool = healthy.length > 0 ? healthy : targets.filter(({ state }) => state === "unhealthy");
  const least = Math.min(...pool.map(({ outstanding }) => outstanding));
  const able = algorithm === "round_robin" ? pool : pool.filter(({ outstanding }) => outstanding === least);
  return able[turn % able.length];
}

/** Does the answer's status fit what is registered, such as "200", "200,204" or "200-299"? */
export const fitsMatcher = (status: number, matcher: string): boolean =>
  matcher.split(",").some((part) => {
    const [from = "", to = from] = part.trim().split("-");
    return status >= Number(from) && status <= Number(to);
  });
