import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";

export interface AlarmLimits {
  readonly queueAge: { readonly overSeconds: number; readonly minutes: number };
  readonly deadLetters: { readonly over: number; readonly minutes: number };
  readonly apiErrors: { readonly over: number; readonly minutes: number };
  readonly leaseNotRenewed: { readonly overMs: number; readonly minutes: number };
}

export interface Gauges {
  readonly queueAgeMs: () => number;
  readonly deadLetters: () => number;
  /** Answers of 500 and above since the last look. */
  readonly takeApiErrors: () => number;
}

type AlarmName = keyof AlarmLimits;

/** A region's alarms, looked at once a minute; counts come from the lines that functions write. */
export class Alarms {
  /** Longest time without a renewal that a sentinel of this region has seen since the last look; undefined: none has told. */
  private unrenewedMs: number | undefined;
  private readonly streaks = new Map<AlarmName, number>();
  readonly ringing = new Set<AlarmName>();
  onChange: (alarm: AlarmName, ringing: boolean) => void = () => undefined;

  constructor(
    private readonly region: Region,
    private readonly limits: AlarmLimits,
    private readonly gauges: Gauges,
    private readonly kernel: Kernel,
  ) {
    kernel.after(kernel.random.between(0, 60_000), () => this.look());
  }

  /** A line in CloudWatch's embedded metric format. */
  metric(line: string): void {
    if (!line.includes('"LeaseUnrenewed"')) return;
    const ms = Number(/:(\d+)\}$/.exec(line)?.[1] ?? 0);
    if (this.unrenewedMs === undefined || ms > this.unrenewedMs) this.unrenewedMs = ms;
  }

  private look(): void {
    this.kernel.after(60_000, () => this.look());
    const { limits, gauges } = this;
    // The alarms of a region that is gone are gone too.
    if (this.region.health !== "up") return;
    const { unrenewedMs } = this;
    this.unrenewedMs = undefined;
    this.judge("queueAge", gauges.queueAgeMs() > limits.queueAge.overSeconds * 1000, limits.queueAge.minutes);
    this.judge("deadLetters", gauges.deadLetters() > limits.deadLetters.over, limits.deadLetters.minutes);
    this.judge("apiErrors", gauges.takeApiErrors() > limits.apiErrors.over, limits.apiErrors.minutes);
    // Silence is bad news.
    this.judge("leaseNotRenewed", unrenewedMs === undefined || unrenewedMs > limits.leaseNotRenewed.overMs, limits.leaseNotRenewed.minutes);
  }

  private judge(alarm: AlarmName, breach: boolean, minutes: number): void {
    const streak = breach ? (this.streaks.get(alarm) ?? 0) + 1 : 0;
    this.streaks.set(alarm, streak);
    const rings = streak >= minutes;
    if (rings === this.ringing.has(alarm)) return;
    if (rings) this.ringing.add(alarm);
    else this.ringing.delete(alarm);
    this.kernel.trace(this.region.name, rings ? "ALARM" : "alarm over", alarm);
    this.onChange(alarm, rings);
  }
}
