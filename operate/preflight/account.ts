/** What the preflight asks an account. Each rejects where the account does not say. */
export interface Account {
  /** Twelve digits. */
  id(): Promise<string>;
  /** Is the region usable by the account? */
  isEnabled(region: string): Promise<boolean>;
  /** Functions that may run at once in the region, and how many of these no function has reserved. */
  concurrency(region: string): Promise<{ readonly limit: number; readonly unreserved: number }>;
  /** How many of these each of the functions has reserved already, all of them together; one that is not there has none. */
  reserved(region: string, functions: readonly string[]): Promise<number>;
  /** Availability zones of the region that take resources, by their ids. */
  zones(region: string): Promise<readonly string[]>;
  vpcs(region: string): Promise<Usage>;
  clusters(region: string): Promise<Usage>;
  certificates(region: string): Promise<Usage>;
  roles(): Promise<Usage>;
  healthChecks(): Promise<Usage>;
  /** Versions of the engine in the region that a global database takes. */
  engineVersions(region: string, engine: string, version: string): Promise<readonly string[]>;
  /** Does the region have an endpoint of the RDS Data API? */
  hasDataApi(region: string): Promise<boolean>;
  /** Services that AWS Backup takes part in, by its names (Aurora, DynamoDB, S3). */
  backedUp(region: string): Promise<Readonly<Record<string, boolean>>>;
  /** Is there a role of this name? */
  hasRole(name: string): Promise<boolean>;
  /** API Gateway's role for its logs. */
  apiLogRole(region: string): Promise<string | undefined>;
  hostedZone(by: { readonly id: string } | { readonly name: string }): Promise<Zone | undefined>;
  /** Records of exactly this name. */
  records(zoneId: string, name: string): Promise<readonly DnsRecord[]>;
  /** Name servers that the world is led to; empty if nobody leads there. */
  delegatedTo(name: string): Promise<readonly string[]>;
}

export interface Usage {
  readonly used: number;
  readonly limit: number;
}

export interface Zone {
  readonly id: string;
  /** Without a dot at its end. */
  readonly name: string;
  readonly isPrivate: boolean;
  readonly nameServers: readonly string[];
}

export interface DnsRecord {
  readonly type: string;
  /** Of a record that is one of several of its name; undefined for one that is alone. */
  readonly setIdentifier?: string;
}
