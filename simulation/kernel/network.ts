import { ServiceError } from "./host";
import type { Kernel } from "./kernel";
import type { Region } from "./region";

/** Thrown by a service that must wait for another's lock: the call is made again a little later. */
export const BLOCKED = new ServiceError("Blocked", "another transaction holds the lock");

const BLOCKED_RETRY_MS = 20;
const BLOCKED_LIMIT_MS = 4_000;
/** Where clients and health checkers are: outside of every region. */
export const OUTSIDE = "outside";

const timeout = (): ServiceError => new ServiceError("TimeoutError", "no answer in time", true);

export interface Call<T> {
  readonly from: Region | undefined;
  readonly to: Region;
  readonly timeoutMs: number;
  /** The effect: at one moment, somewhere between the call and its answer. Throws what the service answers as an error. */
  readonly apply: () => T;
  readonly done: (error: Error | undefined, value: T | undefined) => void;
}

/** Carries calls between regions: late, one way only, or not at all. An answer that does not come says nothing about the effect. */
export class Network {
  private readonly cuts = new Map<string, number>();
  /** Calls that were made and did not come through, by cause: what a fault really hit. */
  onHit: (from: string, to: string, cause: "cut" | "down" | "hung") => void = () => undefined;

  constructor(private readonly kernel: Kernel) {}

  cut(from: string, to: string): void {
    const link = `${from}>${to}`;
    this.cuts.set(link, (this.cuts.get(link) ?? 0) + 1);
  }

  mend(from: string, to: string): void {
    const link = `${from}>${to}`;
    const cuts = (this.cuts.get(link) ?? 0) - 1;
    if (cuts > 0) this.cuts.set(link, cuts);
    else this.cuts.delete(link);
  }

  open(from: string, to: string): boolean {
    return this.cuts.size === 0 || from === to || !this.cuts.has(`${from}>${to}`);
  }

  /** Can a question go and its answer come back? */
  connected(from: string, to: Region): boolean {
    return to.health === "up" && this.open(from, to.name) && this.open(to.name, from);
  }

  /** Called for each call that a slow region held up. */
  onSlow: () => void = () => undefined;

  latency(from: Region | undefined, to: Region): number {
    const { random } = this.kernel;
    const slow = to.slowMs + (from !== to ? (from?.slowMs ?? 0) : 0);
    const base = from === to ? random.between(1, 6) : random.between(12, 45);
    if (slow === 0) return base;
    this.onSlow();
    return base + random.between(slow / 2, slow);
  }

  call<T>(call: Call<T>): void {
    const { kernel } = this;
    const { from, to, timeoutMs } = call;
    const here = from?.name ?? OUTSIDE;
    const ms = this.latency(from, to);
    const late = (waited: number): void => kernel.after(Math.max(0, timeoutMs - waited), () => call.done(timeout(), undefined));
    if (!this.open(here, to.name)) {
      this.onHit(here, to.name, "cut");
      return late(0);
    }
    if (to.health === "down") {
      this.onHit(here, to.name, "down");
      // A host that is gone refuses at times, and swallows at others.
      if (kernel.random.chance(0.5)) return late(0);
      return kernel.after(Math.min(ms, timeoutMs), () =>
        call.done(new ServiceError("NetworkingError", "connection refused", true), undefined),
      );
    }
    if (to.health === "hung") {
      this.onHit(here, to.name, "hung");
      // Taken in by the network and dealt with when the region goes on: an effect that nobody waits for any more.
      if (kernel.random.chance(0.5)) to.whenUp(() => this.attempt(call));
      return late(0);
    }
    if (kernel.random.chance(0.5)) return this.answered(call, this.attempt(call), ms, 0);
    // The effect comes last, just before the answer; or long after the caller has given up.
    const heard = ms <= timeoutMs;
    if (!heard) late(0);
    kernel.after(ms, () => {
      if (to.health !== "up") {
        this.onHit(here, to.name, to.health);
        if (to.health === "hung" && kernel.random.chance(0.5)) to.whenUp(() => this.attempt(call));
        if (heard) late(ms);
        return;
      }
      const result = this.attempt(call);
      if (!heard) return;
      if (this.connected(here, to)) this.answered(call, result, 0, ms);
      else late(ms);
    });
  }

  /** A question whose answer takes its time, as HTTP's: `serve` is given what to call with the answer. */
  exchange<T>(
    from: Region | undefined,
    to: Region,
    timeoutMs: number,
    serve: (reply: (value: T) => void) => void,
    done: (value: T | undefined) => void,
  ): void {
    const { kernel } = this;
    const here = from?.name ?? OUTSIDE;
    const ms = this.latency(from, to);
    let ended = false;
    const end = (value: T | undefined): void => {
      if (ended) return;
      ended = true;
      done(value);
    };
    if (!this.open(here, to.name)) this.onHit(here, to.name, "cut");
    else if (to.health === "down") {
      this.onHit(here, to.name, "down");
      if (kernel.random.chance(0.5)) return kernel.after(ms, () => end(undefined));
    } else {
      if (to.health === "hung") this.onHit(here, to.name, "hung");
      // Nobody keeps every request for a host that does not answer.
      if (to.health === "hung" && kernel.random.chance(0.7)) return kernel.after(timeoutMs, () => end(undefined));
      const reply = (value: T): void =>
        kernel.after(ms / 2, () => {
          if (this.connected(here, to)) end(value);
        });
      kernel.after(ms / 2, () => to.whenUp(() => serve(reply)));
    }
    kernel.after(timeoutMs, () => (ended ? "idle" : end(undefined)));
  }

  private attempt<T>({ apply }: Call<T>): { error?: Error; value?: T } {
    try {
      return { value: apply() };
    } catch (error) {
      if (error instanceof ServiceError) return { error };
      throw error;
    }
  }

  private answered<T>(call: Call<T>, result: { error?: Error; value?: T }, ms: number, waited: number): void {
    const { kernel } = this;
    const { from, to, timeoutMs, done } = call;
    if (result.error === BLOCKED) return this.again(call, Math.max(ms, 1) + waited);
    if (ms + waited > timeoutMs) return kernel.after(Math.max(0, timeoutMs - waited), () => done(timeout(), undefined));
    if (ms === 0) return done(result.error, result.value);
    kernel.after(ms, () => {
      if (this.connected(from?.name ?? OUTSIDE, to)) return done(result.error, result.value);
      this.onHit(from?.name ?? OUTSIDE, to.name, to.health === "up" ? "cut" : to.health);
      kernel.after(Math.max(0, timeoutMs - ms - waited), () => done(timeout(), undefined));
    });
  }

  private again<T>(call: Call<T>, waited: number): void {
    const { kernel } = this;
    kernel.after(BLOCKED_RETRY_MS, () => {
      const total = waited + BLOCKED_RETRY_MS;
      if (call.to.health !== "up" || !this.connected(call.from?.name ?? OUTSIDE, call.to) || total > call.timeoutMs)
        return kernel.after(Math.max(0, call.timeoutMs - total), () => call.done(timeout(), undefined));
      if (total > BLOCKED_LIMIT_MS)
        return call.done(new ServiceError("DatabaseErrorException", "canceling statement due to lock timeout; SQLState: 55P03"), undefined);
      const result = this.attempt(call);
      if (result.error === BLOCKED) return this.again(call, total);
      call.done(result.error, result.value);
    });
  }
}
