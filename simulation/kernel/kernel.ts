import type { Observer } from "./history";
import { Random } from "./random";
import { Scheduler, type Run } from "./scheduler";

/** What every part of a world shares: time, chance, the record and the counters. */
export class Kernel {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  /** Lines of the trace; undefined when nobody reads it. */
  readonly lines: string[] | undefined;
  /** Region and epoch of the lease, for the trace. */
  holderShown: () => string = () => "";
  /** How often each fault really struck. */
  readonly struck: Record<string, number> = {};

  constructor(
    seed: number,
    traced: boolean,
    readonly observer: Observer,
    /** How unkind the services are here, by habit: 0 to 1; absent: this one not. */
    readonly habits: Readonly<Record<string, number | undefined>> = {},
  ) {
    this.random = new Random(seed);
    this.lines = traced ? [] : undefined;
  }

  get now(): number {
    return this.scheduler.now;
  }

  after(ms: number, run: Run): void {
    this.scheduler.after(ms, run);
  }

  /** Who, what, and details. Callers on hot paths look at `lines` first, so that no text is made in vain. */
  trace(who: string, what: string, detail: unknown = ""): void {
    if (this.lines === undefined) return;
    const text = typeof detail === "string" ? detail : JSON.stringify(detail);
    const time = (this.now / 1000).toFixed(3).padStart(10);
    this.lines.push(`${time} ${this.holderShown()} ${who.padEnd(28)} ${what}${text === "" ? "" : ` ${text}`}`);
  }

  /** Is this a moment at which a habit shows? At most as often as `most`, by the habit's strength. */
  habit(name: string, most: number): boolean {
    const strength = this.habits[name];
    if (strength === undefined || !this.random.chance(strength * most)) return false;
    this.strike(name);
    return true;
  }

  /** Called at the next strikes of this name; whoever planned the fault counts it. */
  readonly onStrike = new Map<string, () => void>();

  strike(fault: string): void {
    this.onStrike.get(fault)?.();
    this.struck[fault] = (this.struck[fault] ?? 0) + 1;
  }
}
