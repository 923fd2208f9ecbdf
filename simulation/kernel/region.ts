import type { Kernel } from "./kernel";

export type Health = "up" | "hung" | "down";

/**
 * One region: what lives in it runs while it is up, stands still while it hangs and goes on where it was, and ends when it goes down.
 * Its clocks are its own: they drift, and the wall clock may jump.
 */
export class Region {
  health: Health = "up";
  /** Milliseconds that every call into, out of and within this region takes longer. */
  slowMs = 0;
  /** Share of calls that this region's services refuse as throttled. */
  throttled = 0;
  /** Share of starts of functions that this region's concurrency has no room for. */
  crowded = 0;
  /** Services that refuse this region's functions: a permission, a key or a quota is gone. */
  readonly denied = new Set<string>();
  /** Share of calls whose effect happens and whose answer is an error all the same. */
  ambiguous = 0;
  /** Speed of this region's clocks, 1 is true. */
  speed = 1;
  private since = 0;
  private read = 0;
  private jumpMs = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly onCrash: (() => void)[] = [];
  private readonly onRestart: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly kernel: Kernel,
    /** Wall clock at the world's beginning. */
    private readonly epochMs: number,
  ) {}

  wall(): number {
    return Math.floor(this.epochMs + this.jumpMs + this.monotonic());
  }

  monotonic(): number {
    return this.read + (this.kernel.now - this.since) * this.speed;
  }

  /** The clocks go on from where they are at another speed. */
  drift(speed: number): void {
    [this.read, this.since] = [this.monotonic(), this.kernel.now];
    this.speed = speed;
  }

  jump(ms: number): void {
    this.jumpMs += ms;
  }

  /** Runs now when the region is up, when it goes on again when it hangs, and never when it is down. */
  whenUp(run: () => void): void {
    if (this.health === "up") run();
    else if (this.health === "hung") this.waiting.push(run);
  }

  /** Like `whenUp`, for what is stored: it also outlives a crash. */
  whenBack(run: () => void): void {
    if (this.health === "up") run();
    else this.onRestart.push(run);
  }

  /** Told at each crash, for what dies with the region. */
  atCrash(run: () => void): void {
    this.onCrash.push(run);
  }

  hang(): void {
    if (this.health === "up") this.health = "hung";
  }

  crash(): void {
    if (this.health === "down") return;
    this.health = "down";
    this.waiting.length = 0;
    for (const run of this.onCrash) run();
  }

  restore(): void {
    if (this.health === "up") return;
    this.health = "up";
    // What waited goes on in its order, each in an event of its own.
    for (const run of [...this.waiting.splice(0), ...this.onRestart.splice(0)]) this.kernel.after(0, () => this.whenUp(run));
  }
}
