import { ServiceError } from "../kernel/host";
import type { Region } from "../kernel/region";
import { Environment, type Factory, type Surroundings } from "./environment";

export interface FunctionShape {
  readonly factory: Factory;
  readonly timeoutMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** The functions of one region. An invocation gets an idle environment or a new one. */
export class Functions {
  /** The error of a throttled invocation is the caller's to repeat. */
  private readonly idle = new Map<string, Environment[]>();
  private made = 0;
  private requests = 0;
  /** Functions whose present version does not start: a fault. */
  readonly broken = new Set<string>();
  onBroken: () => void = () => undefined;

  constructor(
    private readonly region: Region,
    private readonly shapes: ReadonlyMap<string, FunctionShape>,
    private readonly around: Surroundings,
  ) {
    region.atCrash(() => this.idle.clear());
  }

  /** `done` is never called when the region dies meanwhile: callers have time limits of their own. */
  invoke(name: string, event: unknown, done: (error: Error | undefined, result: unknown) => void): void {
    const { kernel } = this.around;
    const shape = this.shapes.get(name);
    if (!shape) throw new Error(`there is no function ${name}`);
    const share = Math.max(this.region.throttled, this.region.crowded);
    if (share > 0 && kernel.random.chance(share)) {
      kernel.strike("call-throttled");
      return kernel.after(5, () => done(new ServiceError("Lambda.TooManyRequestsException", "Rate Exceeded", true), undefined));
    }
    if (this.broken.has(name)) {
      this.onBroken();
      return kernel.after(300, () => done(new ServiceError("Runtime.ImportModuleError", "Cannot find module"), undefined));
    }
    const pool = this.idle.get(name) ?? [];
    if (!this.idle.has(name)) this.idle.set(name, pool);
    const warm = pool.pop();
    const start = (): void => {
      if (this.region.health === "down") return;
      const environment = warm ?? this.cold(name, shape);
      environment.invoke(event, `${this.region.name}-${++this.requests}`, shape.timeoutMs, (error, result) => {
        if (!environment.dead && this.idle.get(name) === pool) pool.push(environment);
        done(error, result);
      });
    };
    kernel.after(warm ? 1 : kernel.random.between(80, 500), () => this.region.whenUp(start));
  }

  /** A new version: whoever runs goes on with the old one, and nobody else. */
  replace(): void {
    this.idle.clear();
  }

  private cold(name: string, shape: FunctionShape): Environment {
    return new Environment(`${this.region.name}/${name}#${++this.made}`, name, this.region, this.around, shape.factory, shape.variables);
  }
}
