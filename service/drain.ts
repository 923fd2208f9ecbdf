import type { Clock, Log } from "../handlers/ports";

export interface Draining {
  /** From now on the load balancer's check fails, and connections are asked to end. */
  readonly begin: () => void;
  /** Ends the taking of messages; batches in work end, or come back. */
  readonly stopSettling: (ms: number) => Promise<void>;
  /** Ends the taking of requests; those in work are answered. */
  readonly stopServing: () => Promise<void>;
  readonly closeLedger: () => Promise<void>;
  readonly clock: Pick<Clock, "sleep" | "monotonic">;
  readonly log: Log;
}

/** The load balancer may send requests until it has learnt that the target goes. */
const STILL_SERVING_MS = 5_000;
/** A poll of the queue and the longest batch, and well below the time after which ECS and systemd kill (30 s). */
const SETTLING_MS = 20_000;
const SERVING_MS = 10_000;
/** From the signal to the end at the latest. */
export const DRAIN_MS = 25_000;

/** Stops a server so that nothing is lost and nobody is refused: first nothing new, then the end of what is in work, last the connections. */
export async function drain({ begin, stopSettling, stopServing, closeLedger, clock, log }: Draining): Promise<void> {
  const began = clock.monotonic();
  begin();
  log.info("draining");
  const serving = clock.sleep(STILL_SERVING_MS).then(() => Promise.race([stopServing(), clock.sleep(SERVING_MS)]));
  await Promise.all([stopSettling(SETTLING_MS), serving]);
  await Promise.race([closeLedger(), clock.sleep(DRAIN_MS - SETTLING_MS)]);
  log.info("drained", { milliseconds: Math.round(clock.monotonic() - began) });
}
