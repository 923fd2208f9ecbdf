/**
 * The functions: what each uses, how long it may run. One constant a function, so that a bundle carries its own and no other's.
 * What is named here is granted and set; what is not named here can't be used, and does not compile.
 */
import * as can from "./capabilities";
import type { KnownCapability } from "./environment";

/** Of a function, or of a server that does the work of several. */
export interface Uses {
  readonly uses: readonly KnownCapability[];
}

export interface FunctionContract extends Uses {
  /** Longest run. */
  readonly timeoutSeconds: number;
  /** Megabytes, CPU comes in proportion; 512 when undefined. */
  readonly memoryMb?: number;
}

export const tradeIntake = {
  uses: [can.callersKnow, can.sessionsCheck, can.journalAccept, can.queueSend, can.eventsPut],
  timeoutSeconds: 15,
} as const satisfies FunctionContract;

export const tradeQuery = {
  uses: [can.callersKnow, can.journalRead, can.journalList],
  timeoutSeconds: 10,
} as const satisfies FunctionContract;

export const sessionOpening = { uses: [can.callersKnow, can.sessionsOpen], timeoutSeconds: 10 } as const satisfies FunctionContract;

export const health = { uses: [can.journalRead, can.queueLook, can.sessionsCheck], timeoutSeconds: 5 } as const satisfies FunctionContract;

export const control = { uses: [can.leaseRead], timeoutSeconds: 5 } as const satisfies FunctionContract;

export const tradeProcessor = {
  uses: [
    can.leaseRead,
    can.ledgerHead,
    can.ledger,
    can.journalRead,
    can.journalReadMany,
    can.journalMark,
    can.queueConsume,
    can.queueHandOver,
    can.auditWrite,
    can.sessionsWrite,
    can.eventsPut,
    can.metrics,
  ],
  timeoutSeconds: 30,
  memoryMb: 1024,
} as const satisfies FunctionContract;

export const reconciler = {
  uses: [can.leaseRead, can.ledgerHead, can.ledger, can.journalMark, can.journalList, can.queueSend, can.metrics],
  timeoutSeconds: 60,
  // A whole processor: what it costs to queue a long backlog is CPU.
  memoryMb: 1769,
} as const satisfies FunctionContract;

export const auditor = { uses: [can.auditKeep], timeoutSeconds: 30 } as const satisfies FunctionContract;

export const bootstrap = {
  uses: [can.tablesProtect, can.leaseCreate, can.ledgerHead, can.ledger, can.homeRegion, can.metrics],
  timeoutSeconds: 120,
} as const satisfies FunctionContract;

export const parameterSync = {
  uses: [can.leaseRead, can.parametersCopy, can.metrics],
  timeoutSeconds: 120,
} as const satisfies FunctionContract;

export const leaseStep = { uses: [can.leaseChange], timeoutSeconds: 20 } as const satisfies FunctionContract;

export const databaseStep = {
  uses: [can.leaseChange, can.ledgerHead, can.ledger, can.databaseRead, can.databaseMove, can.lagRead, can.metrics],
  timeoutSeconds: 30,
} as const satisfies FunctionContract;

export const validator = { uses: [can.journalRead, can.apiInvoke], timeoutSeconds: 60 } as const satisfies FunctionContract;

export const sentinel = {
  uses: [
    can.leaseChange,
    can.ledgerHead,
    can.ledger,
    can.journalRead,
    can.queueLook,
    can.sessionsCheck,
    can.databaseRead,
    can.movesStart,
    can.leaseTimes,
    can.peerProbe,
    can.metrics,
  ],
  timeoutSeconds: 125,
} as const satisfies FunctionContract;

export const readiness = {
  uses: [
    can.leaseRead,
    can.leaseCanary,
    can.nameFollows,
    can.journalRead,
    can.queueLook,
    can.databaseRead,
    can.lagRead,
    can.apiInvoke,
    can.failoverLook,
    can.evidenceWrite,
    can.metrics,
  ],
  timeoutSeconds: 90,
} as const satisfies FunctionContract;

export const parity = {
  uses: [can.regionsCompare, can.ledger, can.databaseRead, can.lagRead],
  // The first deployment waits in it for replicas and for the first measured lag.
  timeoutSeconds: 900,
} as const satisfies FunctionContract;

export const regionSwitch = {
  uses: [can.leaseRead, can.ledger, can.movesStart, can.leaseSilence, can.peerProbe],
  // It watches the lease for up to its length, a minute at most.
  timeoutSeconds: 120,
} as const satisfies FunctionContract;

/** The API and the settlement in one process. Its connections to the ledger are its own, and not the Data API's. */
export const tradeService = {
  uses: [
    can.callersKnow,
    can.leaseRead,
    can.ledgerHead,
    can.ledgerConnect,
    can.journalRead,
    can.journalReadMany,
    can.journalAccept,
    can.journalList,
    can.journalMark,
    can.queueSend,
    can.queueLook,
    can.queueConsume,
    can.queueHandOver,
    can.auditWrite,
    can.sessionsWrite,
    can.sessionsOpen,
    can.sessionsCheck,
    can.eventsPut,
    can.metrics,
  ],
} as const satisfies Uses;
