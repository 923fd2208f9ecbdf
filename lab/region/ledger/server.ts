/** A region's database server, which stands for its Aurora cluster, whatever its engine. */
import type { SqlSession } from "../aurora/session";
import type { DatabaseStatus } from "../config";

export interface Backup {
  /** Folder of the copy. */
  readonly directory: string;
  /** Ends the copy; answers what must lie in it for a server to start on it. */
  finish(): Promise<string>;
}

export interface LedgerServer {
  /** Has this region's disk a database? */
  exists(): boolean;
  running(): boolean;
  /** Makes a new, empty database, and starts it. */
  initialize(): Promise<void>;
  /** Starts on what the disk has: as writer, or as a reader if its last role was that. Takes back what a hand-over took. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL to the server. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing answers on them. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Becomes a writer as soon as all that it has received is in the tables. */
  promote(): Promise<void>;
  status(): Promise<DatabaseStatus>;
  /** Lets nobody write any more; answers the log's end. All sessions end. Rejects, and takes writes again, if a reader could not be served. */
  handOver(): Promise<string>;
  /** From its next start on it follows the other region's server. */
  becomeFollower(): Promise<void>;
  /** Stops, forgets all it had, and becomes a copy of another server, which it follows. */
  rebuildFrom(backup: () => Promise<Backup>): Promise<void>;
  /** Begins a copy for another region, which `endBackup` must end within the minute; answers its folder. */
  beginBackup(): Promise<string>;
  /** See `Backup.finish`; "" when no copy was begun. */
  endBackup(): Promise<string>;
  /** Asked every `LAG_PERIOD_MS`. How far a reader is behind, in milliseconds; undefined on a writer, or while nothing is known. */
  measureLag(): Promise<number | undefined>;
  /** A session of the Data API's. Rejects with NoWriter where there is no writer. */
  session(onLost: () => void): Promise<SqlSession>;
}

export const LAG_PERIOD_MS = 2_000;
