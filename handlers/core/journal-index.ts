import { SHARDS } from "../../contract/tables";

/** The shard of a trade: its id is a hash, so its last digit is as good as random. */
export const shardOf = (tradeId: string): string => String(parseInt(tradeId.slice(-1), 16) % SHARDS.length);
