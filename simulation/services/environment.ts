import { createHash } from "node:crypto";
import { AbortController } from "../kernel/abort";
import { ServiceError, type ClientConfig, type Host, type Signal } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Network } from "../kernel/network";
import type { Region } from "../kernel/region";
import { dateOf } from "./virtual-date";
import { hostOf } from "./sdk";

/** A function's bundle, compiled: called once a cold start with what the runtime gives it. */
export type Factory = (
  __start: (handler: Handler) => void,
  require: (name: string) => unknown,
  process: object,
  console: object,
  setTimeout: unknown,
  clearTimeout: unknown,
  Date: unknown,
  performance: object,
  fetch: unknown,
  AbortSignal: unknown,
  AbortController: unknown,
  Math: Math,
  __simulation: Host,
) => void;

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Names of the factory's parameters, in their order. */
export const FACTORY_PARAMETERS =
  "__start,require,process,console,setTimeout,clearTimeout,Date,performance,fetch,AbortSignal,AbortController,Math,__simulation";

/** The simulated services behind the SDK: one effect, at one moment. */
export type Serve = (service: string, operation: string, input: unknown, to: Region, from: Region) => unknown;

/** HTTP from inside a function. */
export type Fetch = (
  from: Region,
  url: string,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
  timeoutMs: number,
  done: (answer: { readonly status: number; readonly body: string } | undefined) => void,
) => void;

/** What befalls a function between two effects. */
export type Blow = "kill" | { readonly freezeMs: number } | undefined;

export interface Surroundings {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly regionOf: (name: string) => Region;
  readonly serve: Serve;
  readonly fetch: Fetch;
  /** `Math` with the world's chance. */
  readonly math: Math;
  /** Environments that stand still in the middle of their work and will go on. */
  readonly frozen: Set<Environment>;
  /** What may befall a function between two effects, while such faults are on: the first that says something counts. */
  readonly blows: Set<(environment: Environment) => Blow>;
  /** How many moments between two effects an invocation of each function had. */
  readonly lengths: Map<string, number>;
  /** Steps that each fault which is on has met. */
  readonly meeting: Set<Set<string>>;
  /** A line that a function wrote; metrics among them. */
  readonly printed: (region: Region, line: string) => void;
}

type Done = (error: Error | undefined, result: unknown) => void;

/** One execution environment of a function: one invocation at a time, frozen between two, its module's state kept until it ends. */
export class Environment {
  dead = false;
  frozen = false;
  busy = false;
  /** Moments between two effects in this invocation so far. */
  moments = 0;
  /** Invocations so far. */
  invocations = 0;
  private readonly parked: (() => void)[] = [];
  private handler: Handler | undefined;
  private done: Done | undefined;

  constructor(
    readonly id: string,
    readonly functionName: string,
    readonly region: Region,
    private readonly around: Surroundings,
    factory: Factory,
    variables: Readonly<Record<string, string>>,
  ) {
    runtime(this, around, (handler) => (this.handler = handler), factory, variables);
    region.atCrash(() => this.end());
  }

  invoke(event: unknown, requestId: string, timeoutMs: number, done: Done): void {
    const { kernel } = this.around;
    if (!this.handler) throw new Error(`${this.functionName} has no handler`);
    this.busy = true;
    this.moments = 0;
    this.invocations++;
    const began = this.region.monotonic();
    const finish: Done = (error, result) => {
      if (this.done !== finish) return;
      this.done = undefined;
      this.busy = false;
      this.around.lengths.set(this.functionName, this.moments);
      done(error, result);
    };
    this.done = finish;
    kernel.after(timeoutMs, () => {
      // A frozen machine does not notice its own time limit either.
      if (this.done !== finish || this.frozen || this.region.health !== "up") return "idle";
      this.kill("timed out");
    });
    for (const run of this.parked.splice(0)) run();
    const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => timeoutMs - (this.region.monotonic() - began) };
    this.handler(event, context).then(
      (result) => this.whenRunning(() => finish(undefined, result)),
      (error: unknown) => this.whenRunning(() => finish(error instanceof Error ? error : new Error(String(error)), undefined)),
    );
  }

  get running(): boolean {
    return this.busy && !this.frozen && !this.dead && this.region.health === "up";
  }

  /** Runs when this environment does: not while it is frozen or between invocations, never once it is dead. */
  whenRunning(run: () => void): void {
    this.region.whenUp(() => {
      if (this.dead) return;
      if (this.frozen || !this.busy) this.parked.push(run);
      else run();
    });
  }

  kill(why: string): void {
    const { done } = this;
    this.end();
    done?.(new ServiceError("Lambda.Unknown", why), undefined);
  }

  freeze(ms: number): void {
    const { kernel } = this.around;
    this.frozen = true;
    this.around.frozen.add(this);
    kernel.after(ms, () => {
      this.around.frozen.delete(this);
      if (this.dead) return;
      this.frozen = false;
      kernel.trace(this.id, "thaws", `after ${Math.round(ms)} ms`);
      for (const run of this.parked.splice(0)) this.whenRunning(run);
    });
  }

  private end(): void {
    this.dead = true;
    this.busy = false;
    this.done = undefined;
    this.parked.length = 0;
    this.around.frozen.delete(this);
  }

  private blow(): Blow {
    for (const blow of this.around.blows) {
      const befalls = blow(this);
      if (befalls !== undefined) return befalls;
    }
    return undefined;
  }

  /** A moment between two effects, at which the machine may end or stand still. */
  moment(when: "before" | "after", call: string, go: () => void): void {
    this.moments++;
    const blow = this.blow();
    if (blow === undefined) return go();
    const { kernel } = this.around;
    if (blow === "kill") {
      kernel.trace(this.id, "KILLED", `${when} ${call}`);
      return this.kill("killed");
    }
    kernel.trace(this.id, "FROZEN", `${when} ${call}`);
    this.freeze(blow.freezeMs);
    this.whenRunning(go);
  }
}

/** Backoff of the SDK between two tries, milliseconds: at random up to a limit that doubles. */
const backoff = (random: number, attempt: number): number => random * Math.min(20_000, 100 * 2 ** attempt);

/** Calls the factory with a runtime whose clock, chance and network are the world's. */
function runtime(
  environment: Environment,
  around: Surroundings,
  start: (handler: Handler) => void,
  factory: Factory,
  variables: Readonly<Record<string, string>>,
): void {
  const { kernel, network } = around;
  const { region } = environment;

  const send = (service: string, operation: string, input: unknown, config: ClientConfig, signal?: Signal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { invocations } = environment;
      const to = config.region === undefined ? region : around.regionOf(config.region);
      const timeoutMs = config.requestHandler?.requestTimeout ?? 10_000;
      const call = kernel.lines === undefined ? "" : `${service}.${operation}`;
      const apply = (): unknown => around.serve(service, operation, input, to, region);
      let attempt = 0;
      const received = (error: Error | undefined, value: unknown): void => {
        if (kernel.lines !== undefined) kernel.trace(environment.id, call, shown(input, error));
        if (error === undefined) return resolve(value);
        attempt++;
        if (!(error as ServiceError).retryable || attempt >= (config.maxAttempts ?? 3)) return reject(error);
        kernel.after(backoff(kernel.random.next(), attempt), () => environment.whenRunning(go));
      };
      const done = (error: Error | undefined, value: unknown): void => {
        if (environment.running && around.blows.size === 0) {
          environment.moments++;
          return received(error, value);
        }
        environment.whenRunning(() => environment.moment("after", call, () => received(error, value)));
      };
      const send = (): void => {
        if (signal?.aborted === true) return reject(new ServiceError("AbortError", "Request aborted"));
        if (environment.invocations !== invocations) kernel.observer.sentLate(environment.functionName, operation);
        if (around.meeting.size > 0) {
          const step = `${environment.functionName} ${service}.${operation}`;
          for (const steps of around.meeting) steps.add(step);
        }
        network.call({ from: region, to, timeoutMs, apply, done });
      };
      const go = (): void => environment.moment("before", call, send);
      go();
    });

  const timers = new Set<object>();
  const setTimer = (run: () => void, ms: number): object => {
    const timer = {};
    timers.add(timer);
    kernel.after((ms > 0 ? ms : 0) / region.speed, () => {
      if (!timers.delete(timer)) return "idle";
      environment.whenRunning(run);
    });
    return timer;
  };
  const performance = { now: () => region.monotonic() };
  factory(
    start,
    (name) => {
      if (name === "node:perf_hooks") return { performance };
      if (name === "node:crypto") return { createHash, randomUUID: () => `${around.math.random()}` };
      throw new Error(`a function asks for ${name}, which the simulation does not have`);
    },
    { env: variables },
    { log: (line: string) => around.printed(region, line) },
    setTimer,
    (timer: object) => timers.delete(timer),
    dateOf(region),
    performance,
    (url: string, init: { method: string; headers?: Record<string, string>; body?: string; signal: number }) =>
      new Promise((resolve, reject) =>
        around.fetch(region, url, init, init.signal, (answer) =>
          environment.whenRunning(() => {
            if (answer) resolve({ status: answer.status, text: () => Promise.resolve(answer.body) });
            else reject(new ServiceError("TypeError", "fetch failed"));
          }),
        ),
      ),
    // The only use that the handlers make of a signal is a deadline.
    { timeout: (ms: number) => ms },
    AbortController,
    around.math,
    hostOf(send),
  );
}

function shown(input: unknown, error: Error | undefined): string {
  const text = JSON.stringify(input);
  return `${error === undefined ? "ok" : `${error.name}: ${error.message}`} ${text.length > 220 ? `${text.slice(0, 220)}…` : text}`;
}
