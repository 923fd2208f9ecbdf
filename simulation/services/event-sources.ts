import type { Kernel } from "../kernel/kernel";
import type { Region } from "../kernel/region";
import type { Functions } from "./functions";

const MINUTE_MS = 60_000;

/** What starts a region's functions without anybody asking: schedules and events. At least once, now and then late, and under a fault not at all. */
export class EventSources {
  /** Share of starts that are lost. */
  loss = 0;

  constructor(
    private readonly region: Region,
    private readonly functions: Functions,
    private readonly kernel: Kernel,
  ) {}

  /** Each minute, from a moment of its own on. */
  everyMinute(functionName: string): void {
    this.kernel.after(this.kernel.random.between(0, MINUTE_MS), () => this.tick(functionName));
  }

  /** Each hour, from a moment of its own on: most worlds end before. */
  eachHour(start: () => void): void {
    this.kernel.after(this.kernel.random.between(0, 60 * MINUTE_MS), () => this.region.whenBack(start));
  }

  private tick(functionName: string): void {
    this.kernel.after(MINUTE_MS, () => this.tick(functionName));
    this.deliver(functionName, {});
  }

  /** One asynchronous start; what comes more than a minute late is dropped. */
  deliver(functionName: string, event: unknown): void {
    const { kernel } = this;
    if (this.loss > 0 && kernel.random.chance(this.loss)) return kernel.strike("event-lost");
    let delay = kernel.random.between(10, 400);
    if (kernel.random.chance(0.03)) {
      kernel.strike("event-late");
      delay += kernel.random.between(1_000, 30_000);
    }
    if (kernel.random.chance(0.02)) {
      kernel.strike("event-doubled");
      kernel.after(delay + kernel.random.between(10, 5_000), () => this.start(functionName, event, 0));
    }
    kernel.after(delay, () => this.start(functionName, event, 0));
  }

  private start(functionName: string, event: unknown, attempt: number): void {
    const made = this.kernel.now;
    this.region.whenBack(() => {
      if (this.kernel.now - made > MINUTE_MS) return;
      this.functions.invoke(functionName, event, (error) => {
        // Throttled and failed asynchronous starts are made again twice.
        const again = error !== undefined && attempt < 2 && functionName !== "sentinel";
        if (again) this.kernel.after(1_000 * 2 ** attempt, () => this.start(functionName, event, attempt + 1));
      });
    });
  }
}
