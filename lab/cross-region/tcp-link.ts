/** One direction of a network between two regions: a TCP relay with a delay, which can be cut. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface TcpLinkOptions {
  /** Port on 127.0.0.1 where the near side connects; 0 takes a free one. */
  readonly port: number;
  /** Port on 127.0.0.1 of the far side. */
  readonly targetPort: number;
  /** Milliseconds that what the far side sends is on its way; default 0. */
  readonly delayMs?: number;
  /** The first milliseconds of a connection without delay, so that a hand-shake of many round trips is not slowed down; default 0. */
  readonly promptMs?: number;
  /** When the far side closes, does what it had sent still arrive? Default false: its end is taken for its death. */
  readonly deliverAfterClose?: boolean;
}

/** Which direction of a link is lost. */
export interface Lost {
  readonly toFar: boolean;
  readonly toNear: boolean;
}

const NOTHING: Lost = { toFar: false, toNear: false };
const EVERYTHING: Lost = { toFar: true, toNear: true };
const isBroken = ({ toFar, toNear }: Lost): boolean => toFar || toNear;

interface Flight {
  readonly near: Socket;
  readonly far: Socket;
  readonly timers: Set<NodeJS.Timeout>;
  /** What was lost once stays lost: a stream with a hole does not go on. */
  lost: Lost;
}

/** Bytes in flight before the sender is held back. It bounds memory, as a real connection's window does. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Relays connections. While cut it behaves as a network does that drops packets: nothing is refused and nothing answered, what was on its way is
 * lost, and the broken connections end when the link is mended.
 */
export class TcpLink {
  private readonly server: Server = createServer((near) => this.accept(near));
  private readonly flights = new Set<Flight>();
  private readonly waiting = new Set<Socket>();
  private lost = NOTHING;
  private boundPort = 0;
  /** `to` is reached from `from` on, since the moment `at`. */
  private delay: { readonly from: number; readonly to: number; readonly at: number };

  constructor(private readonly options: TcpLinkOptions) {
    const { delayMs = 0 } = options;
    this.delay = { from: delayMs, to: delayMs, at: 0 };
  }

  /** Binds; answers the port. */
  async open(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ port: this.options.port, host: "127.0.0.1" }, () => resolve());
    });
    this.boundPort = (this.server.address() as AddressInfo).port;
    return this.boundPort;
  }

  get port(): number {
    return this.boundPort;
  }

  cut(): void {
    this.set(EVERYTHING);
  }

  mend(): void {
    this.set(NOTHING);
  }

  /** Loses a direction, or both, or none. With one lost no new connection comes about; those that are there carry on in the other for a while. */
  set(lost: Lost): void {
    this.lost = lost;
    for (const flight of this.flights) this.lose(flight, lost);
    if (isBroken(lost)) return;
    for (const flight of this.flights) if (isBroken(flight.lost)) this.end(flight);
    for (const socket of this.waiting) socket.destroy();
    this.waiting.clear();
  }

  /** How long what the far side sends is on its way from now on. It grows by a second a second at most, as a backlog does, and falls at once. */
  setDelay(delayMs: number): void {
    const now = performance.now();
    this.delay = { from: this.delayAt(now), to: delayMs, at: now };
  }

  private delayAt(now: number): number {
    const { from, to, at } = this.delay;
    return Math.min(to, from + (now - at));
  }

  async close(): Promise<void> {
    for (const flight of this.flights) this.end(flight);
    for (const socket of this.waiting) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(near: Socket): void {
    near.setNoDelay(true);
    near.on("error", () => undefined);
    if (isBroken(this.lost)) {
      this.waiting.add(near);
      near.once("close", () => this.waiting.delete(near));
      return;
    }
    const far = connect({ port: this.options.targetPort, host: "127.0.0.1", noDelay: true });
    const flight: Flight = { near, far, timers: new Set(), lost: NOTHING };
    this.flights.add(flight);
    far.on("error", () => undefined);
    near.once("close", () => {
      if (!isBroken(flight.lost)) this.end(flight);
    });
    far.once("close", () => {
      if (isBroken(flight.lost)) return;
      if (this.options.deliverAfterClose !== true) return this.end(flight);
      // Due after everything that is on its way.
      flight.timers.add(setTimeout(() => near.end(() => this.end(flight)), this.delayAt(performance.now())));
    });
    near.on("data", (chunk: Buffer) => {
      if (flight.lost.toFar || far.write(chunk)) return;
      near.pause();
      far.once("drain", () => near.resume());
    });
    this.relayDelayed(flight);
  }

  private relayDelayed(flight: Flight): void {
    const { near, far } = flight;
    const { promptMs = 0 } = this.options;
    const began = performance.now();
    let lastDue = 0;
    let underWay = 0;
    far.on("data", (chunk: Buffer) => {
      if (flight.lost.toNear) return;
      const now = performance.now();
      // Never before what was sent earlier.
      lastDue = Math.max(lastDue, now - began < promptMs ? now : now + this.delayAt(now));
      if (lastDue <= now) return void near.write(chunk);
      underWay += chunk.length;
      if (underWay > WINDOW_BYTES) far.pause();
      const timer = setTimeout(() => {
        flight.timers.delete(timer);
        underWay -= chunk.length;
        if (far.isPaused() && underWay < WINDOW_BYTES / 2) far.resume();
        near.write(chunk);
      }, lastDue - now);
      flight.timers.add(timer);
    });
  }

  /** Bytes in flight are lost, and neither end knows yet. */
  private lose(flight: Flight, { toFar, toNear }: Lost): void {
    flight.lost = { toFar: flight.lost.toFar || toFar, toNear: flight.lost.toNear || toNear };
    if (!flight.lost.toNear) return;
    for (const timer of flight.timers) clearTimeout(timer);
    flight.timers.clear();
  }

  private end(flight: Flight): void {
    this.lose(flight, EVERYTHING);
    this.flights.delete(flight);
    flight.near.destroy();
    flight.far.destroy();
  }
}
