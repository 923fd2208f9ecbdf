import type { Endpoint } from "./types";

/**
 * Which region a trade is sent to first. Sticky: the preferred region until it has failed several times in a row, then the other one;
 * back only when a probe of the preferred region, sent once a cool-down, has been answered well.
 */
export class Preference {
  private readonly failures = new Map<string, number>();
  private readonly openSince = new Map<string, number>();

  constructor(
    private readonly endpoints: readonly [Endpoint, Endpoint],
    private readonly threshold: number,
    private readonly coolDownMs: number,
  ) {}

  /** Both endpoints, the one to try first in front. When both have failed lately the preferred one leads: someone must. */
  order(): readonly [Endpoint, Endpoint] {
    const [preferred, other] = this.endpoints;
    return this.openSince.has(preferred.region) && !this.openSince.has(other.region) ? [other, preferred] : [preferred, other];
  }

  succeeded(region: string): void {
    this.failures.delete(region);
    this.openSince.delete(region);
  }

  failed(region: string, now: number): void {
    const count = (this.failures.get(region) ?? 0) + 1;
    this.failures.set(region, count);
    if (count >= this.threshold && !this.openSince.has(region)) this.openSince.set(region, now);
  }

  /** Regions whose cool-down is over. Asking starts the next cool-down, so that only one caller probes. */
  dueForProbe(now: number): Endpoint[] {
    const due = this.endpoints.filter(({ region }) => {
      const since = this.openSince.get(region);
      return since !== undefined && now - since >= this.coolDownMs;
    });
    for (const { region } of due) this.openSince.set(region, now);
    return due;
  }

  isOpen(region: string): boolean {
    return this.openSince.has(region);
  }
}
