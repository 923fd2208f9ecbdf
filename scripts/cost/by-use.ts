/** What a million trades cost besides. How often each thing is done for a trade is read from the code by a person, and stands here with its reason. */
import type { Line } from "./standing";
import { GB_SECOND, LOG_GB, MILLION } from "./prices";

interface Use {
  readonly what: string;
  /** Of one trade. */
  readonly times: number;
  /** A million of them. */
  readonly dollars: number;
}

/** A batch settles about ten trades where traffic is steady. */
const BATCH = 10;

const COMMON: readonly Use[] = [
  // Accepted, and marked as settled: an item and three index entries, in two regions and by the witness's vote.
  { what: "Journal: writes, in two regions", times: 2 * 2 * 4, dollars: MILLION.tableWriteUnit },
  { what: "Journal: strong reads", times: 2, dollars: MILLION.tableReadUnit },
  { what: "Head of the ledger's history, a write a batch in two regions", times: 2 / BATCH, dollars: MILLION.tableWriteUnit },
  { what: "Session: a write in two regions", times: 2, dollars: MILLION.tableWriteUnit },
  { what: "Queue: sent, received and deleted", times: 1 + 2 / BATCH, dollars: MILLION.queueRequest },
  // Two events, each put, and forwarded once to the other region's bus.
  { what: "Events, put and forwarded", times: 4, dollars: MILLION.event },
  // Read a thousand at a time.
  { what: "Acceptances to be kept: sent, received and deleted", times: 1 + 2 / 1_000, dollars: MILLION.queueRequest },
  { what: "Audit log: an object a batch, and its copy", times: 2 / BATCH, dollars: MILLION.objectWritten },
  { what: "Aurora: I/O, with its replication", times: 4, dollars: MILLION.auroraIo },
  { what: "Firewall", times: 1, dollars: MILLION.webAclRequest },
  // Half a kilobyte here and there.
  { what: "Logs, 1 kB", times: 1, dollars: LOG_GB },
];

const FUNCTIONS: readonly Use[] = [
  { what: "API Gateway", times: 1, dollars: MILLION.apiRequest },
  { what: "Intake: runs", times: 1, dollars: MILLION.functionRequest },
  { what: "Intake: 100 ms of 512 MB", times: 0.1 * 0.5, dollars: GB_SECOND * 1e6 },
  { what: "Settlement: 500 ms of 1 GB a batch", times: 0.5 / BATCH, dollars: GB_SECOND * 1e6 },
  { what: "Data API: a call a batch", times: 1 / BATCH, dollars: MILLION.dataApiRequest },
];

/** Of a million trades. Servers do the functions' work on the CPU that stands. */
export const byUse = (served: boolean): readonly Line[] =>
  [...COMMON, ...(served ? [] : FUNCTIONS)]
    .map(({ what, times, dollars }) => ({ what, count: times, dollars: times * dollars }))
    .sort((one, other) => other.dollars - one.dollars);
