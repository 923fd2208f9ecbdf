import { FAULT_KINDS } from "./faults/plan";
import type { Result } from "./run";

export interface Summary {
  readonly seeds: number;
  readonly passed: number;
  readonly failed: readonly number[];
  readonly faults: Readonly<Record<string, number>>;
  readonly trades: { readonly accepted: number; readonly settled: number };
  readonly virtualHours: number;
  readonly wallSeconds: number;
}

/** Adds up results; keeps no more of them than it needs. */
export class Tally {
  private readonly failures: number[] = [];
  private readonly faults = new Map<string, number>(FAULT_KINDS.map((kind) => [kind, 0]));
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
    for (const [kind, count] of Object.entries(result.faults)) this.faults.set(kind, (this.faults.get(kind) ?? 0) + count);
  }

  get done(): number {
    return this.seeds;
  }
  get failed(): readonly number[] {
    return [...this.failures].sort((a, b) => a - b);
  }

  summary(): Summary {
    return {
      seeds: this.seeds,
      passed: this.seeds - this.failures.length,
      failed: this.failed,
      faults: Object.fromEntries([...this.faults].sort(([a], [b]) => a.localeCompare(b))),
      trades: { accepted: this.accepted, settled: this.settled },
      virtualHours: Math.round(this.virtualMs / 36_000) / 100,
      wallSeconds: Math.round((performance.now() - this.began) / 100) / 10,
    };
  }
}
