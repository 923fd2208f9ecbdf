import { FAULT_KINDS } from "./faults/kinds";
import type { Result } from "./run";

export interface Summary {
  readonly seeds: number;
  readonly passed: number;
  readonly failed: readonly number[];
  readonly faults: Readonly<Record<string, number>>;
  readonly trades: { readonly accepted: number; readonly settled: number };
  /** Pairs of a kind of fault and a step of the system (a function's call, a machine's state) that have met while the fault was on. */
  readonly coverage: {
    readonly faults: number;
    readonly steps: number;
    readonly met: number;
    readonly possible: number;
    readonly share: number;
  };
  readonly virtualHours: number;
  readonly wallSeconds: number;
}

/** Adds up results; keeps no more of them than it needs. */
export class Tally {
  private readonly failures: number[] = [];
  private readonly faults = new Map<string, number>(FAULT_KINDS.map((kind) => [kind, 0]));
  private readonly met = new Set<string>();
  private seeds = 0;
  private accepted = 0;
  private settled = 0;
  private virtualMs = 0;
  private readonly began = performance.now();

  add(result: Result): void {
    this.seeds++;
    this.accepted += result.accepted;
    this.settled += result.settled;
    this.virtualMs += result.virtualMs;
    if (result.violations.length > 0) this.failures.push(result.seed);
    for (const pair of result.met) this.met.add(pair);
    for (const [kind, count] of Object.entries(result.faults)) this.faults.set(kind, (this.faults.get(kind) ?? 0) + count);
  }

  get done(): number {
    return this.seeds;
  }
  get failed(): readonly number[] {
    return [...this.failures].sort((a, b) => a - b);
  }

  private coverage(): Summary["coverage"] {
    const steps = new Set([...this.met].map((pair) => pair.split("|")[1])).size;
    const possible = FAULT_KINDS.length * steps;
    const share = possible === 0 ? 0 : Math.round((this.met.size / possible) * 1_000) / 1_000;
    return { faults: FAULT_KINDS.length, steps, met: this.met.size, possible, share };
  }

  summary(): Summary {
    return {
      seeds: this.seeds,
      passed: this.seeds - this.failures.length,
      failed: this.failed,
      faults: Object.fromEntries([...this.faults].sort(([a], [b]) => a.localeCompare(b))),
      trades: { accepted: this.accepted, settled: this.settled },
      coverage: this.coverage(),
      virtualHours: Math.round(this.virtualMs / 36_000) / 100,
      wallSeconds: Math.round((performance.now() - this.began) / 100) / 10,
    };
  }
}
