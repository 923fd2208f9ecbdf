/** What waits to be copied to another region. While nothing arrives there, one copy a second tries the way and the others wait, however many they are. */

/** Copies under way at once. */
const WIDTH = 16;

export class Outbox {
  private readonly waiting: { readonly dueAt: number; readonly copy: () => Promise<void> }[] = [];
  private underWay = 0;
  private isBlocked = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;

  /** `lagMs`: from `put` to a copy's first try. `retryMs`: from a try that failed to the next. */
  constructor(
    private readonly lagMs: number,
    private readonly retryMs: number,
  ) {}

  /** Copies after the lag, and again until `copy` resolves. */
  put(copy: () => Promise<void>): void {
    this.waiting.push({ dueAt: performance.now() + this.lagMs, copy });
    this.wake(this.isBlocked ? this.retryMs : this.lagMs);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private wake(inMs: number): void {
    if (this.isClosed || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.pump();
    }, inMs);
  }

  private pump(): void {
    const width = this.isBlocked ? 1 : WIDTH;
    while (!this.isClosed && this.underWay < width) {
      const [first] = this.waiting;
      if (first === undefined) return;
      const inMs = first.dueAt - performance.now();
      if (inMs > 0) return this.wake(inMs);
      this.waiting.shift();
      void this.tryOne(first);
    }
  }

  private async tryOne(one: { readonly dueAt: number; readonly copy: () => Promise<void> }): Promise<void> {
    this.underWay += 1;
    try {
      await one.copy();
      this.isBlocked = false;
    } catch {
      this.isBlocked = true;
      // To the end: one that never arrives must not keep the others here.
      this.waiting.push(one);
    }
    this.underWay -= 1;
    if (this.isBlocked) this.wake(this.retryMs);
    else this.pump();
  }
}
