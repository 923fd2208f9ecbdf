/**
 * What API Gateway and Lambda take in, by the registered figures. Neither keeps a line: what is above a limit is refused at once, so that those who
 * are let in find a region that can serve them.
 */

/** API Gateway's throttling: a bucket of `burst` tokens that fills at `rate` a second; a request takes one. */
export class TokenBucket {
  private tokens: number;
  private at: number;

  /** `now`: monotonic milliseconds. */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {
    this.tokens = burst;
    this.at = now();
  }

  take(): boolean {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

export interface Limits {
  /** Of each method of the stage. */
  readonly throttling?: { readonly rate: number; readonly burst: number };
  /** Reserved concurrency of the function that takes trades in. */
  readonly intakeConcurrency?: number;
}

/** The gateway's names of these answers. */
export type Refusal = "THROTTLED" | "INTEGRATION_FAILURE";

/** One stage's door. */
export class Admission {
  private readonly buckets = new Map<string, TokenBucket>();
  private inside = 0;

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Undefined: let in; `leave` must follow, whatever happens. */
  enter(method: string, path: string): Refusal | undefined {
    if (!this.bucket(`${method} ${resourceOf(path)}`).take()) return "THROTTLED";
    if (!isIntake(method)) return undefined;
    if (this.inside >= (this.limits.intakeConcurrency ?? Infinity)) return "INTEGRATION_FAILURE";
    this.inside += 1;
    return undefined;
  }

  leave(method: string): void {
    if (isIntake(method)) this.inside -= 1;
  }

  private bucket(route: string): TokenBucket {
    const known = this.buckets.get(route);
    if (known !== undefined) return known;
    const { rate, burst } = this.limits.throttling ?? { rate: Infinity, burst: Infinity };
    const made = new TokenBucket(rate, burst, this.now);
    this.buckets.set(route, made);
    return made;
  }
}

/** The API's only POST. */
const isIntake = (method: string): boolean => method === "POST";

/** A path's resource: what varies in it has no bucket of its own. */
export const resourceOf = (path: string): string => path.replace(/^\/trades\/[^/]+$/, "/trades/{tradeId}");
