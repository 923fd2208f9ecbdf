/** What the regions' fronts must know, read from what the program has registered so far. Pure, so it can be told again whenever it changes. */
import { accessFacts } from "../iam/facts";
import type { Registered, SiteName, Wiring } from "../types";
import type { Place } from "./context";
import { createTableInput, isStrong, TABLE } from "./realize/dynamodb";
import { STAGE } from "./realize/apigateway";
import { serversOf } from "./servers";
import { isRemoteBus, standInQueue, TARGET } from "./realize/events";
import { queueUrl } from "./realize/sqs";
import { member, members, optionalFlag, optionalNumber, optionalText, text, textMap, type Plain } from "./values";

const CLUSTER = "aws:rds/cluster:Cluster";
const GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster";
const RESOURCE = "aws:apigateway/resource:Resource";
const METHOD = "aws:apigateway/method:Method";
const METHOD_SETTINGS = "aws:apigateway/methodSettings:MethodSettings";
const REPLICATION = new Set([
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  "aws:s3/bucketReplicationConfiguration:BucketReplicationConfiguration",
]);

const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1];

function aurora(all: readonly Registered[], region: string): Wiring["aurora"] {
  const cluster = last(all.filter((one) => one.type === CLUSTER && one.region === region));
  const inputs: Plain = cluster?.inputs ?? {};
  const globalCluster = last(all.filter((one) => one.type === GLOBAL_CLUSTER));
  const resourceId = optionalText(cluster?.state ?? {}, "clusterResourceId");
  return {
    ...(resourceId === undefined ? {} : { resourceId }),
    globalClusterId: globalCluster?.id ?? "",
    clusterIdentifier: cluster?.id ?? "",
    clusterArn: cluster === undefined ? "" : text(cluster.state, "arn"),
    settings: {
      Engine: optionalText(inputs, "engine") ?? "",
      EngineVersion: optionalText(inputs, "engineVersion") ?? "",
      BackupRetentionPeriod: Number(inputs["backupRetentionPeriod"] ?? 1),
      StorageEncrypted: inputs["storageEncrypted"] === true,
      IAMDatabaseAuthenticationEnabled: inputs["iamDatabaseAuthenticationEnabled"] === true,
      DeletionProtection: inputs["deletionProtection"] === true,
    },
    database: optionalText(cluster?.inputs ?? {}, "databaseName") ?? optionalText(globalCluster?.inputs ?? {}, "databaseName") ?? "trading",
  };
}

function bucketReplication(all: readonly Registered[], region: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const one of all.filter((candidate) => REPLICATION.has(candidate.type) && candidate.region === region)) {
    for (const rule of members(one.inputs, "rules")) {
      const destination = optionalText((rule["destination"] as Plain | undefined) ?? {}, "bucket");
      if (rule["status"] === "Enabled" && destination !== undefined)
        pairs[text(one.inputs, "bucket")] = destination.split(":::").at(-1) ?? destination;
    }
  }
  return pairs;
}

/** Is the table recoverable to a point in time here: as the region's own table, or as a replica? */
function isRecoverable({ inputs, region }: Registered, here: string): boolean {
  if (region === here) return optionalFlag(member(inputs, "pointInTimeRecovery"), "enabled") === true;
  const replica = members(inputs, "replicas").find((one) => one["regionName"] === here);
  return replica !== undefined && optionalFlag(replica, "pointInTimeRecovery") === true;
}

/** Is the table made with deletion protection here? AWS makes a strongly consistent replica without it, whatever is registered. */
function isProtected({ inputs, region }: Registered, here: string): boolean {
  if (region === here) return optionalFlag(inputs, "deletionProtectionEnabled") === true;
  const replica = members(inputs, "replicas").find((one) => one["regionName"] === here);
  return replica !== undefined && !isStrong(inputs) && optionalFlag(replica, "deletionProtectionEnabled") === true;
}

/** What the region's API takes in, and what it says by itself. */
function gateway(here: readonly Registered[]): Pick<Wiring["api"], "limits" | "responses" | "signed"> {
  const settings = member(last(here.filter(({ type }) => type === METHOD_SETTINGS))?.inputs ?? {}, "settings");
  const [rate, burst] = [optionalNumber(settings, "throttlingRateLimit"), optionalNumber(settings, "throttlingBurstLimit")];
  const intake = here.find(({ type, name }) => type === "aws:lambda/function:Function" && name.includes("trade-intake"));
  const intakeConcurrency = optionalNumber(intake?.inputs ?? {}, "reservedConcurrentExecutions");
  const responses = here
    .filter(({ type }) => type === "aws:apigateway/response:Response")
    .map(({ inputs }) => ({
      type: text(inputs, "responseType"),
      status: optionalText(inputs, "statusCode"),
      template: textMap(inputs, "responseTemplates")["application/json"],
      headers: Object.fromEntries(
        Object.entries(textMap(inputs, "responseParameters")).map(([name, value]) => [
          name.replace("gatewayresponse.header.", "").toLowerCase(),
          value.replace(/^'|'$/g, ""),
        ]),
      ),
    }));
  const paths = new Map(here.filter(({ type }) => type === RESOURCE).map(({ id, state }) => [id, optionalText(state, "path") ?? ""]));
  const signed = here
    .filter(({ type, inputs }) => type === METHOD && inputs["authorization"] === "AWS_IAM")
    .map(({ inputs }) => `${text(inputs, "httpMethod")} ${paths.get(text(inputs, "resourceId")) ?? ""}`);
  return {
    signed,
    limits: {
      ...(rate === undefined || burst === undefined ? {} : { throttling: { rate, burst } }),
      ...(intakeConcurrency === undefined ? {} : { intakeConcurrency }),
    },
    responses,
  };
}

/** How a place gives its servers the variables that the program registered for them. */
export type Localize = (place: Place, variables: Record<string, string>) => Record<string, string>;

/** The wiring of one site's front. Members of what is not registered yet are empty. */
export function wiringOf(all: readonly Registered[], place: Place, localize: Localize = (_, variables) => variables): Wiring {
  const tables = all.filter((one) => one.type === TABLE);
  const stage = last(all.filter((one) => one.type === STAGE && one.region === place.region));
  const remote = all.filter(
    (one) => one.type === TARGET && one.region === place.region && isRemoteBus(text(one.inputs, "arn"), place.region),
  );
  return {
    mrscTables: tables.filter((one) => isStrong(one.inputs)).map((one) => ({ ...createTableInput(one.name, one.inputs) })),
    mrecTables: Object.fromEntries(
      tables
        .filter((one) => !isStrong(one.inputs) && members(one.inputs, "replicas").length > 0)
        .map((one) => [one.id, text(one.inputs, "hashKey")]),
    ),
    protectedTables: tables.filter((one) => isProtected(one, place.region)).map((one) => one.id),
    recoverableTables: tables.filter((one) => isRecoverable(one, place.region)).map((one) => one.id),
    bucketReplication: bucketReplication(all, place.region),
    // Several rules may send to one bus: they share its stand-in.
    eventForwarding: [...new Set(remote.map((one) => text(one.inputs, "arn")))].map((target) => ({
      queueUrl: queueUrl(place.endpoint, standInQueue(target)),
      busName: target.split("/").at(-1) ?? "",
    })),
    aurora: aurora(all, place.region),
    api: {
      restApiId: stage === undefined ? "" : text(stage.inputs, "restApi"),
      stage: stage === undefined ? "" : text(stage.inputs, "stageName"),
      ...gateway(all.filter((one) => one.region === place.region)),
    },
    ...servers(all, place, localize),
  };
}

function servers(all: readonly Registered[], place: Place, localize: Localize): Pick<Wiring, "servers"> {
  const found = serversOf(all, place.region);
  if (found === undefined) return {};
  const { roleArn: _, environment, ...rest } = found;
  return { servers: { ...rest, environment: localize(place, { ...environment }) } };
}

/** Tells the fronts their wiring, each time it has changed. */
export class Fronts {
  private readonly told = new Map<SiteName, string>();
  private running = Promise.resolve();

  constructor(
    private readonly places: readonly Place[],
    private readonly localize: Localize,
  ) {}

  /** Posts to every front whose wiring differs from what it was told last; in order, and done when it resolves. */
  async tell(all: readonly Registered[]): Promise<void> {
    const wirings = this.places.map((place) => ({ place, body: JSON.stringify(wiringOf(all, place, this.localize)) }));
    const next = this.running.then(async () => {
      await Promise.all(
        wirings.map(async ({ place, body }) => {
          if (this.told.get(place.site) === body) return;
          await post(`${place.endpoint}/_lab/wire`, body);
          this.told.set(place.site, body);
        }),
      );
    });
    this.running = next.catch(() => undefined);
    await next;
  }

  /** Tells the fronts who may do what; from then on they hold every function to it. */
  async tellAccess(all: readonly Registered[]): Promise<void> {
    const body = JSON.stringify(accessFacts(all));
    await Promise.all(this.places.map(({ endpoint }) => post(`${endpoint}/_lab/access`, body)));
  }

  /** A front that was started again knows nothing. */
  forget(site: SiteName): void {
    this.told.delete(site);
  }
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    // Servers stand before their region is wired.
    signal: AbortSignal.timeout(90_000),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${(await response.text()).slice(0, 300)}`);
}
