import pLimit, { type LimitFunction } from "p-limit";

/**
 * DynamoDB has room for each of its callers; here all of them share one thread. So that a burst of one (a batch that is marked) does not hold up the
 * others (a trade that is to be accepted), few of a caller's requests are worked on at once, and its others wait in its own lane.
 */
export class Lanes {
  private readonly lanes = new Map<string, LimitFunction>();

  /** `width`: of each caller. */
  constructor(private readonly width: number) {}

  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(caller) ?? pLimit(this.width);
    this.lanes.set(caller, lane);
    return await lane(work);
  }
}
