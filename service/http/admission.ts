/** How many requests a process works on at once. What is above is refused at once: a queue of requests that nobody waits for any more helps nobody. */
export interface AdmissionLimits {
  readonly atOnce: number;
  /** Of these for one caller, so that one that floods the service leaves room for the others. */
  readonly atOnceOfOneCaller: number;
}

export type Admitted = "in" | "full" | "share used up";

export class Admission {
  private inside = 0;
  private readonly byCaller = new Map<string, number>();

  constructor(private readonly limits: AdmissionLimits) {}

  /** Requests being worked on. */
  get busy(): number {
    return this.inside;
  }

  /** Who is "in" must leave once. */
  enter(caller: string): Admitted {
    if (this.inside >= this.limits.atOnce) return "full";
    const own = this.byCaller.get(caller) ?? 0;
    if (own >= this.limits.atOnceOfOneCaller) return "share used up";
    this.inside += 1;
    this.byCaller.set(caller, own + 1);
    return "in";
  }

  leave(caller: string): void {
    this.inside -= 1;
    const left = (this.byCaller.get(caller) ?? 0) - 1;
    if (left > 0) this.byCaller.set(caller, left);
    else this.byCaller.delete(caller);
  }
}
