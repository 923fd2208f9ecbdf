import type { LedgerEngine, LedgerPrograms } from "../setup/ledger";

/** What of a region and of the Aurora pair is emulated, and how; for the report. */
const REPLICATED: Readonly<Record<LedgerEngine, string>> = {
  "aurora-postgresql":
    "Aurora Global Database: two PostgreSQL servers with streaming replication over a link that delays the log by a second and loses what is on its way when the writer dies. A failover is pg_promote after two seconds, on AWS it takes minutes; a switchover stops the writer in an orderly way, so that nothing is lost.",
  "aurora-mysql":
    "Aurora Global Database: two MariaDB servers, set up as the program sets up Aurora MySQL's clusters, with asynchronous replication of the binary log by global transaction ids, over a link that delays it by a second and loses what is on its way when the writer dies. A failover applies what has come and lets the copy write, after two seconds; on AWS it takes minutes. A switchover ends all writing at the writer and waits until the copy has the log's end. MariaDB stands for MySQL 8; where they differ is in docs/DECISIONS.md, and IAM's plugin, which is Aurora's, is left out of the statement that makes the servers' user.",
};

export const regionSimulated = ({ engine }: LedgerPrograms): readonly string[] => [
  "A region is one group of processes on this machine: a front (one HTTP port), an AWS emulator (MiniStack) with its functions' Node processes, a database server and a journal replica. A crash is SIGKILL to all of them, a hang SIGSTOP, a partition cut links: packets vanish, nothing is refused.",
  "After a crash a region comes back with what its disks kept: ledger, journal, objects. The emulator keeps tables, functions and APIs in memory, so they are built again from the program's registrations; the sessions table comes back empty there.",
  "The emulator's queues are in memory too. Each message that a function or client sent in the 30 seconds before a crash is put back when the queue is built again, also those that had been handled (SQS delivers at least once); messages that services sent internally (dead letters, event targets) are not.",
  REPLICATED[engine],
  "The old writer, once it can be reached again, takes writes for another 15 seconds and is then rebuilt as a reader from the new writer's files, which are read on this machine and not over the link. On AWS this takes minutes to hours and the time in which an old writer takes writes is not promised to be zero.",
  "The RDS Data API and the global database's API are the lab's own. The database server trusts every caller on loopback; the secret is not checked. It never waits for the disk: SIGKILL loses nothing, a crash of this machine would.",
  "Parameter Store's change events are put on the default bus by an addition to the emulator.",
  "AuroraGlobalDBReplicationLag is measured on the real replication every two seconds.",
  "Calls from one region to the other go through a link of 6 ms; they are signed as on AWS, and the signatures are not checked.",
];
