import type { Random } from "../kernel/random";

/**
 * What AWS may do at any time without anything being broken. A world meets some of these habits and not others, each with a strength of its own
 * (swarm testing): what all worlds meet at once hides what one habit does alone.
 */
export const HABITS = [
  /** What Describe calls of the global database say is up to a minute old, and not older each time. */
  "stale-control-plane",
  /** Two members' roles change at different moments: for a while there are two writers, or none. */
  "roles-apart",
  /** Promotions and switchovers take minutes. */
  "slow-moves",
  /** A move sticks in its status for many minutes and comes to nothing: the writer stays. */
  "stuck-moves",
  /** A failover that is asked for while a switchover is under way is begun all the same, and ends it. */
  "failover-interrupts",
  /** DescribeExecution and ListExecutions tell what was a while ago. */
  "executions-behind",
  /** Each entry of an index arrives by itself, seconds late, in any order. */
  "scattered-indexes",
  /** Pages end early, some of them empty, with more behind them. */
  "short-pages",
  /** Batch calls of SQS and EventBridge take some entries and not others; S3 asks to slow down. */
  "partial-batches",
  /** A strong write that was answered by an error is carried out later all the same. */
  "late-writes",
  /** A write of the other region is in the way for seconds. */
  "long-conflicts",
  /** The ledger ends a transaction for a deadlock, or has no connection to give. */
  "ledger-contention",
] as const;
export type Habit = (typeof HABITS)[number];

/** Each habit that this world has, with its strength: 0 to 1. */
export type Climate = Readonly<Partial<Record<Habit, number>>>;

/** Rare: they make a world long. */
const SHARES: Readonly<Partial<Record<Habit, number>>> = { "slow-moves": 0.03, "stuck-moves": 0.02 };
const SHARE = 0.2;

export function climateOf(random: Random): Climate {
  // Drawn in full, so that one habit more or less does not shift the others.
  const drawn = HABITS.map((habit) => [habit, random.chance(SHARES[habit] ?? SHARE), random.next()] as const);
  if (random.chance(0.25)) return {};
  return Object.fromEntries(drawn.flatMap(([habit, on, strength]) => (on ? [[habit, strength]] : [])));
}
