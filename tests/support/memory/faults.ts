/** What happens to one call of a port: nothing, a failure before its effect, or a failure after it (the answer is lost). */
export type Fault = "none" | "before" | "after";

/**
 * Stands between a core and its ports in memory. Takes one planned fault a call, and can park the caller at a call of its choice,
 * as if its process were frozen there, until `thaw`.
 */
export class Gate {
  private calls = 0;
  private thawed: (() => void) | undefined;
  private readonly untilThawed: Promise<void>;
  private reached: (() => void) | undefined;
  /** Resolves when the caller stands still. */
  readonly parked: Promise<void>;

  constructor(
    private readonly plan: readonly Fault[] = [],
    private readonly parkAt?: number,
  ) {
    this.untilThawed = new Promise((resolve) => (this.thawed = resolve));
    this.parked = new Promise((resolve) => (this.reached = resolve));
  }

  thaw(): void {
    this.thawed?.();
  }

  async pass<T>(name: string, effect: () => T | Promise<T>): Promise<T> {
    const call = this.calls++;
    if (call === this.parkAt) {
      this.reached?.();
      await this.untilThawed;
    }
    const fault = this.plan[call] ?? "none";
    if (fault === "before") throw new Error(`${name}: failed before its effect`);
    const result = await effect();
    if (fault === "after") throw new Error(`${name}: the answer was lost`);
    return result;
  }

  /** The same port with every method behind this gate. */
  guard<P extends object>(label: string, port: P): P {
    return new Proxy(port, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => this.pass(`${label}.${String(property)}`, () => Reflect.apply(member, target, args) as unknown);
      },
    });
  }
}
