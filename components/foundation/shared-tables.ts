import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { JOURNAL, LEASE, SESSIONS, type Table } from "../../contract/tables";
import { physicalName } from "../settings/names";
import type { Settings } from "../settings/settings";
import type { SiteName } from "./site-context";

export interface SharedTablesArgs {
  readonly settings: Settings;
  /** Of each region: a replica is encrypted with the key of its own region. */
  readonly keyArns: Readonly<Record<SiteName, pulumi.Input<string>>>;
}

/** Names are plain text, so that both regions can refer to the tables without waiting for each other. */
export const tableNames = (suffix: string) => ({
  journal: physicalName(["trade", "journal"], suffix, 255),
  lease: physicalName(["trade", "lease"], suffix, 255),
  sessions: physicalName(["trade", "sessions"], suffix, 255),
});

/** Keys and indexes, as Pulumi takes them. */
function schemaOf({ key, indexes, numbers = [] }: Table) {
  const all = Object.entries(indexes);
  const attributes = new Set([key, ...all.flatMap(([, { partition, sort }]) => [partition, sort])]);
  return {
    hashKey: key,
    attributes: [...attributes].map((name) => ({ name, type: numbers.includes(name) ? "N" : "S" })),
    ...(all.length === 0
      ? {}
      : {
          globalSecondaryIndexes: all.map(([name, { partition, sort }]) => ({
            name,
            hashKey: partition,
            rangeKey: sort,
            projectionType: "ALL",
          })),
        }),
  };
}

/**
 * The tables that both regions share. Journal and lease are strongly consistent across regions: two replicas and a witness, a write is
 * acknowledged by two of the three. Sessions and accounts' last trades are active-active, the last writer wins. Replicas have one owner: they are in-line here.
 */
export class SharedTables extends pulumi.ComponentResource {
  readonly journal: aws.dynamodb.Table;
  readonly lease: aws.dynamodb.Table;
  readonly sessions: aws.dynamodb.Table;

  constructor(name: string, { settings, keyArns }: SharedTablesArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:SharedTables", name, {}, opts);
    const names = tableNames(settings.environmentSuffix);
    const { standby, witness } = settings.regions;
    // Replica, witness and indexes are made one after the other; the provider's own half an hour is short for that.
    const customTimeouts = { create: "90m", update: "90m", delete: "60m" };
    const data: pulumi.CustomResourceOptions = { parent: this, protect: settings.deletionProtection, customTimeouts };
    const common = {
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: settings.deletionProtection,
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArns.primary },
    };
    const replica = {
      regionName: standby,
      kmsKeyArn: keyArns.standby,
      pointInTimeRecovery: true,
      deletionProtectionEnabled: settings.deletionProtection,
      propagateTags: true,
    };
    const stronglyConsistent = {
      replicas: [{ ...replica, consistencyMode: "STRONG" }],
      globalTableWitness: { regionName: witness },
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
    };
    this.journal = new aws.dynamodb.Table(
      `${name}-journal`,
      {
        ...common,
        ...stronglyConsistent,
        name: names.journal,
        ...schemaOf(JOURNAL),
      },
      data,
    );
    this.lease = new aws.dynamodb.Table(`${name}-lease`, { ...common, ...stronglyConsistent, name: names.lease, ...schemaOf(LEASE) }, data);
    this.sessions = new aws.dynamodb.Table(
      `${name}-sessions`,
      {
        ...common,
        name: names.sessions,
        ...schemaOf(SESSIONS),
        ttl: { enabled: true, attributeName: SESSIONS.expiry },
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        replicas: [replica],
      },
      data,
    );
    this.registerOutputs({ journal: this.journal.name, lease: this.lease.name, sessions: this.sessions.name });
  }
}
