import { MREC_LAG_MS, S3_LAG_MS } from "./replication";

/** What AWS does between regions and the lab does instead, for the report. */
export const BETWEEN_SIMULATED: readonly string[] = [
  "Multi-Region strong consistency: each item of journal and lease is a consensus register (CASPaxos) of three replicas, one in each region's own process and on its disk, the third a witness; two must have a write before it is acknowledged. Latency between them is that of this machine.",
  `Sessions (global table, eventual consistency): an item reaches the other region ${MREC_LAG_MS} ms after its write, last writer wins.`,
  `S3 replication: an object is copied ${S3_LAG_MS} ms after it was put, retried while the other region is away.`,
  "Events for the other region's bus wait in a queue that stands for the rule's cross-region target and are put there at least once. A forwarded event carries this region's code as the emulator of the other sets it, so a loop is kept out by a mark in its resources.",
];
