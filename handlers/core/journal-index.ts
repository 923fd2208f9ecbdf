/** How many partitions an index of the journal is spread over, so that no index partition takes all writes. */
export const SHARDS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** The shard of a trade: its id is a hash, so its last digit is as good as random. */
export const shardOf = (tradeId: string): string => String(parseInt(tradeId.slice(-1), 16) % SHARDS.length);

/**
 * Partition of the index `settled`. The epoch is part of it, so that looking for marks of earlier epochs costs nothing while there are none,
 * however many trades the present epoch has settled.
 */
export const settledShard = (epoch: number, shard: string): string => `${epoch}#${shard}`;

/** Epochs whose marks may still fall into the tail window: more changes of holder than that do not fit into an hour. */
const EPOCHS_BACK = 32;

/** A move that is begun again takes an epoch each time, for hours if it must: so many may lie between the last epoch that settled and this one. */
const EPOCHS_BACK_OF_A_MOVE = 2_000;

/** Each epoch that settled had reconciled those before it, unless it was cut short: so many are held against the ledger once more. */
export const POPULATED_EPOCHS = 4;

/** Epochs to search for marks below `epoch`, newest first; `far`: also those that settled before a long row of moves that came to nothing. */
export function earlierEpochs(epoch: number, far = false): number[] {
  const oldest = Math.max(1, epoch - (far ? EPOCHS_BACK_OF_A_MOVE : EPOCHS_BACK));
  return Array.from({ length: Math.max(0, epoch - oldest) }, (_, i) => epoch - 1 - i);
}
