/** Lets so many through at once; the others wait in line, in order. */
export class Semaphore {
  private inside = 0;
  private readonly line: (() => void)[] = [];

  constructor(private readonly places: number) {}

  async enter(): Promise<void> {
    if (this.inside < this.places) {
      this.inside += 1;
      return;
    }
    await new Promise<void>((resolve) => this.line.push(resolve));
  }

  /** Must follow each `enter`, whatever happened in between. */
  leave(): void {
    const next = this.line.shift();
    if (next === undefined) this.inside -= 1;
    else next();
  }
}
