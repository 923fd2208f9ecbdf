/** How many partitions an index of the journal is spread over, so that no index partition takes all writes. */
export const SHARDS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** The shard of a trade: its id is a hash, so its last digit is as good as random. */
export const shardOf = (tradeId: string): string => String(parseInt(tradeId.slice(-1), 16) % SHARDS.length);
