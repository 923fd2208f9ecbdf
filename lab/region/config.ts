/** What a region's front is started with, and what the lab and the front say to each other over their channel. */
import type { LedgerPrograms } from "../setup/ledger";
import type { SiteName } from "../types";

export interface FrontConfig {
  readonly site: SiteName;
  readonly region: string;
  readonly peerRegion: string;
  /** The region's one address for the world. */
  readonly port: number;
  /** The emulator's own port, which only the front uses. */
  readonly emulatorPort: number;
  /** Of the database server. */
  readonly ledgerPort: number;
  /** Near ends of the links to the other region: its front, and its database server. */
  readonly peerLinkPort: number;
  readonly peerLedgerLinkPort: number;
  /** Where the Aurora Global Database's control plane answers. */
  readonly controlPlanePort: number;
  /** Journal replicas: own port, then those of the other region and of the witness as seen from here. */
  readonly journalPort: number;
  readonly journalPeerPorts: { readonly region: number; readonly witness: number };
  /** The region's disks. */
  readonly directory: string;
  /** Python that has the emulator. */
  readonly python: string;
  /** Node.js that functions run on. */
  readonly lambdaNode: string;
  /** What servers run: the service as it is shipped. */
  readonly serviceBundle: string;
  /** The engine that is played, and by what. */
  readonly ledger: LedgerPrograms;
}

export type DatabaseRole = "absent" | "down" | "writer" | "reader";

export interface DatabaseStatus {
  readonly role: DatabaseRole;
  /** Reader: does it receive the writer's log? */
  readonly streaming: boolean;
  /** End of the log, a whole number that grows with it: written (writer) or received (reader). */
  readonly position: string;
}

/**
 * What of a region's links to the others is lost. `cut`: all of them. `cut-from-region`, `cut-from-witness`: those to the one. `mute`: what the region
 * sends; it hears the others.
 */
export type LinkState = "whole" | "cut" | "cut-from-region" | "cut-from-witness" | "mute";

/** What a region is like for those who ask it: its public API, and AWS for its functions. */
export interface Disturbance {
  /** Share of requests, 0 to 1, that are answered with a 503 and not served. */
  readonly failing: number;
  /** Milliseconds by which each request is served later. */
  readonly delayMs: number;
}

/** Commands to a front. Those that change something carry a deadline, so that a region that was frozen does not act on old orders. */
export type Command =
  | { readonly kind: "status" }
  | { readonly kind: "promote" }
  | { readonly kind: "seed" }
  | { readonly kind: "hand-over" }
  | { readonly kind: "follow" }
  | { readonly kind: "start-database" }
  | { readonly kind: "kill-database" }
  | { readonly kind: "freeze-database" }
  | { readonly kind: "thaw-database" }
  | { readonly kind: "links"; readonly state: LinkState }
  | { readonly kind: "reaches"; readonly peer: "region" | "witness" }
  | { readonly kind: "disturb"; readonly disturbance: Disturbance }
  /** Actions as IAM writes them, that no function is allowed for now. */
  | { readonly kind: "deny"; readonly actions: readonly string[] }
  | { readonly kind: "stop" };

export interface CommandMessage {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly command: Command;
}

export type FrontMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  /** A call that AWS would refuse, and the lab did. */
  | { readonly kind: "refused"; readonly what: "permission" | "request"; readonly message: string }
  /** Something that happened to the region's own parts. */
  | { readonly kind: "event"; readonly event: string; readonly detail: string }
  | { readonly kind: "answer"; readonly id: number; readonly error?: string; readonly value?: unknown };

/** How everybody in the lab reaches the ledgers. The servers listen on loopback and trust it. */
export const LEDGER_ACCESS = { user: "ledger", database: "trading" } as const;
