import type { RefusedCall } from "../region/region-process";

/** Calls that AWS would refuse, each told once and counted. */
export interface Refused extends RefusedCall {
  readonly times: number;
}

/** What the regions refused since it was last taken. A scenario answers for what was refused up to its end, the building of the regions included. */
export class Refusals {
  private held = new Map<string, Refused>();

  /** `onFirst` hears of each kind of refusal once. */
  constructor(private readonly onFirst: (refusal: RefusedCall) => void) {}

  add(refusal: RefusedCall): void {
    const key = `${refusal.region} ${refusal.message}`;
    const times = this.held.get(key)?.times ?? 0;
    if (times === 0) this.onFirst(refusal);
    this.held.set(key, { ...refusal, times: times + 1 });
  }

  take(): readonly Refused[] {
    const taken = [...this.held.values()];
    this.held = new Map();
    return taken;
  }
}
