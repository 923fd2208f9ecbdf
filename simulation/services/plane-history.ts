import type { Plane } from "../../emulation/aurora/control-plane";
import type { Kernel } from "../kernel/kernel";

interface Truth extends Plane {
  readonly at: number;
}

const STALE_MS = 60_000;
const APART_MS = 30_000;

/** What the global database's control plane was at each moment, and what of it a region gets to know: late, and nothing new while it is cut off. */
export class PlaneHistory {
  private readonly truths: Truth[];
  private readonly viewLag = new Map<string, number>();
  private readonly lastSeen = new Map<string, number>();

  constructor(
    writer: string,
    serving: readonly string[],
    private readonly kernel: Kernel,
    /** May this region's endpoint know anything new? */
    private readonly connected: (region: string) => boolean,
  ) {
    this.truths = [{ at: -Infinity, status: "available", writer }];
    for (const region of serving) this.viewLag.set(region, kernel.random.between(0, 1_500));
  }

  get truth(): Plane {
    return this.truths.at(-1) as Truth;
  }

  become(plane: Plane): void {
    const { status, writer, target } = plane;
    this.truths.push({ at: this.kernel.now, status, writer, target });
    this.kernel.trace("global database", status, `writer ${writer}`);
  }

  /** One answer of a region's endpoint. The next may be older. */
  seenBy(region: string): Plane {
    const { now, random } = this.kernel;
    if (this.connected(region)) this.lastSeen.set(region, now - (this.viewLag.get(region) ?? 0));
    const until = this.lastSeen.get(region) ?? 0;
    const stale = this.truths.length > 1 && this.kernel.habit("stale-control-plane", 1);
    return this.at(stale ? until - random.between(0, STALE_MS) : until);
  }

  /** A member's own role, which may have changed before the others' or will after them. */
  roleSeenBy(region: string, seen: Plane): Plane {
    if (this.truths.length === 1 || !this.kernel.habit("roles-apart", 1)) return seen;
    return this.at((this.lastSeen.get(region) ?? 0) - this.kernel.random.between(0, APART_MS));
  }

  private at(moment: number): Plane {
    return this.truths.findLast(({ at }) => at <= moment) ?? (this.truths[0] as Truth);
  }
}
