/** One health checker's view of one endpoint: it turns after `threshold` equal results in a row that contradict it. */
export class CheckerView {
  private contrary = 0;
  private results = 0;

  /** AWS: an endpoint counts as healthy until it has been looked at. */
  constructor(
    private readonly threshold: number,
    private healthy = true,
  ) {}

  /** Takes a probe's result; true if the view turned. */
  note(result: boolean): boolean {
    this.results += 1;
    if (result === this.healthy) {
      this.contrary = 0;
      return false;
    }
    this.contrary += 1;
    if (this.contrary < this.threshold) return false;
    this.healthy = result;
    this.contrary = 0;
    return true;
  }

  sees(): boolean {
    return this.healthy;
  }

  /** Has it probed often enough that its view could have turned? */
  settled(): boolean {
    return this.results >= this.threshold;
  }
}
