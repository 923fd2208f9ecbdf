/**
 * A region's front: one port that is the region's AWS endpoint and its public API. It says whose a request is: the emulator's, the journal's (tables
 * with multi-Region strong consistency), Aurora's, or the other region's. It trusts whoever reaches it: it listens on loopback only.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { MrscNode } from "../cross-region/mrsc/node";
import { REPLICA_HEADER } from "../cross-region/replication";
import { ACCOUNT, arn } from "../provision/context";
import { isFunctionKey } from "../iam/facts";
import type { Wiring } from "../types";
import type { FrontConfig } from "./config";
import type { Disturber } from "./disturber";
import type { Gate } from "./gate";
import { PUBLIC_HOST_HEADER, PUBLIC_PATH_HEADER } from "../dns/public-proxy";
import { Admission, resourceOf } from "./gateway/admission";
import { secretOf } from "./gateway/secrets";
import { keyOf, signatureRefusal, type Refused } from "./gateway/signature";
import { refuse } from "./gateway/refusals";
import { Lanes } from "./lanes";
import { QueueMemory } from "./queue-memory";
import { Relay } from "./relay";
import { answerJson, bodyOf, requestId, type Scope, scopeOf, TooLarge } from "./request";
import { askEmulator, continuousBackups, DeletionProtection, withReplica } from "./table-description";
import type { RegionServers } from "./servers/servers";
import type { ReplicationHooks } from "./replication-hooks";

/** An AWS service that the front answers itself. */
export type OwnService = (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>;

export interface FrontParts {
  readonly config: FrontConfig;
  readonly gate: Gate;
  readonly disturber: Disturber;
  readonly journal: Pick<MrscNode, "owns" | "handle" | "addTable">;
  readonly hooks: ReplicationHooks;
  readonly servers: Pick<RegionServers, "areWired" | "pass">;
  /** Services by their signing name, e.g. "rds-data". */
  readonly own: Readonly<Record<string, OwnService>>;
  /** Paths below /_lab/ that other parts serve. */
  readonly lab: Readonly<Record<string, (body: string) => unknown>>;
  readonly onWired: (wiring: Wiring) => void | Promise<void>;
}

/** Signed for one region whatever the caller's: these have one endpoint for the world. */
const WORLDWIDE = new Set(["iam", "route53", "cloudfront", "sts", "organizations", "budgets"]);
/** Read by the emulator's additions (`emulator.py`): what the gateway tells the function of the caller. */
const IDENTITY_HEADER = "x-lab-identity";
/** Longer than any function may take to answer. */
const EMULATOR_SILENCE_MS = 910_000;
const PEER_SILENCE_MS = 60_000;
/** First parts of a path that belong to an API of AWS or of the emulator, not to the public API. */
const NOT_PUBLIC = new Set(["restapis", ACCOUNT, "_ministack", "_localstack", "_aws", "2015-03-31"]);
const DYNAMODB_WIDTH = 8;
const DYNAMODB_WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"]);

export class Front {
  private readonly server: Server = createServer((request, response) => {
    this.serve(request, response).catch((error: unknown) => {
      const status = error instanceof TooLarge ? 413 : 500;
      const message = error instanceof Error ? error.message : String(error);
      if (status === 500) console.error(`front: ${request.method} ${request.url}:`, error);
      answerJson(response, status, { __type: status === 413 ? "RequestEntityTooLarge" : "InternalFailure", message });
    });
  });
  private readonly emulator: Relay;
  private readonly peer: Relay;
  private readonly queues: QueueMemory;
  private readonly protection: DeletionProtection;
  private readonly lanes = new Lanes(DYNAMODB_WIDTH);
  private admission = new Admission({});
  private wiring: Wiring | undefined;

  constructor(private readonly parts: FrontParts) {
    const { config } = parts;
    this.emulator = new Relay(config.emulatorPort, EMULATOR_SILENCE_MS, `the emulator of ${config.region}`);
    this.peer = new Relay(config.peerLinkPort, PEER_SILENCE_MS, config.peerRegion);
    this.queues = new QueueMemory(config.directory);
    this.protection = new DeletionProtection(config.directory);
    // Lambda's longest invocation; the callers have deadlines of their own.
    this.server.requestTimeout = 0;
    this.server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ port: this.parts.config.port, host: "127.0.0.1" }, () => resolve());
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    this.emulator.close();
    this.peer.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (path.startsWith("/_lab/")) return await this.serveLab(path.slice("/_lab/".length), request, response);
    const scope = scopeOf(request);
    // Whoever calls AWS with the account's own key is the lab itself, and sees the region as it is.
    if ((scope === undefined || isFunctionKey(scope.accessKeyId)) && (await this.parts.disturber.disturbs(response))) return;
    // A signed call of the public API is one like any other here, whichever region its caller signed it for.
    if (scope === undefined || scope.service === "execute-api") return await this.servePublic(path, request, response);
    // Objects may be large: what AWS looks at before it takes one is in the head.
    const body = scope.service === "s3" ? undefined : await bodyOf(request);
    if (scope.service !== "dynamodb") return await this.serveSigned(path, request, scope, body, response);
    await this.lanes.run(scope.accessKeyId, () => this.serveSigned(path, request, scope, body, response));
  }

  private async serveSigned(
    path: string,
    request: IncomingMessage,
    scope: Scope,
    body: Buffer | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const { config, own, gate } = this.parts;
    if (gate.refuses(request, scope, body, response)) return;
    // It has been judged. To the emulator an access key is an account, and it knows one.
    request.headers.authorization = request.headers.authorization?.replace(`Credential=${scope.accessKeyId}/`, "Credential=test/");
    if (scope.region === config.peerRegion && !WORLDWIDE.has(scope.service))
      return void (await this.peer.pass(request, response, { body }));
    if (body === undefined) return await this.serveS3(path, request, response);
    const service = own[scope.service];
    if (service !== undefined) return await service(request, body, response);
    if (scope.service === "dynamodb") return await this.serveDynamodb(request, body, response);
    if (scope.service === "sqs") return await this.serveSqs(request, body, response);
    await this.emulator.pass(request, response, { body });
  }

  private async serveLab(what: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (what === "health") return answerJson(response, 200, { region: this.parts.config.region, site: this.parts.config.site });
    const handler = this.parts.lab[what];
    if (request.method !== "POST" || (what !== "wire" && handler === undefined))
      return answerJson(response, 404, { message: `no ${what} here` });
    const body = (await bodyOf(request)).toString("utf8");
    if (what === "wire") {
      await this.wire(JSON.parse(body) as Wiring);
      return answerJson(response, 200, {});
    }
    try {
      answerJson(response, 200, (await handler?.(body)) ?? {});
    } catch (error) {
      answerJson(response, 503, { message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async wire(wiring: Wiring): Promise<void> {
    for (const table of wiring.mrscTables) await this.parts.journal.addTable(table);
    if (JSON.stringify(wiring.api) !== JSON.stringify(this.wiring?.api)) this.admission = new Admission(wiring.api.limits ?? {});
    this.wiring = wiring;
    await this.parts.hooks.wire(wiring);
    await this.parts.onWired(wiring);
  }

  /** What nobody signed is a request of the public API, unless its path says otherwise; so is one to the path at which the emulator serves the API. */
  private async servePublic(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const forced = request.headers["x-lab-public"] === "1";
    const [, inner] = /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/.*)$/.exec(path) ?? [];
    if (!forced && inner === undefined && NOT_PUBLIC.has(path.split("/")[1] ?? ""))
      return void (await this.emulator.pass(request, response));
    if (this.parts.servers.areWired) return await this.parts.servers.pass(request, response);
    const { api } = this.wiring ?? {};
    if (api === undefined || api.restApiId === "" || api.stage === "")
      return answerJson(response, 503, { message: "no API is deployed in this region yet" });
    const route = inner ?? path;
    const method = request.method ?? "GET";
    const body = method === "POST" ? await bodyOf(request) : undefined;
    const refusal =
      this.unknown(`${method} ${resourceOf(route)}`, route, request, body ?? Buffer.alloc(0)) ?? this.admission.enter(method, route);
    if (refusal !== undefined) return refuse(response, refusal, api.responses ?? []);
    const { admission } = this;
    // The emulator takes some hosts and paths for its own; the API's full path is never mistaken.
    const target = `/restapis/${api.restApiId}/${api.stage}/_user_request_${request.url ?? "/"}`;
    try {
      // A function goes on although its caller has gone: its place is taken until it ends.
      const sent = inner === undefined ? { path: target } : {};
      await this.emulator.pass(request, response, { ...sent, ...(body === undefined ? {} : { body, seeThrough: true }) });
    } finally {
      admission.leave(method);
    }
  }

  /** Why the gateway does not let in whoever sent this, where it asks. Whom it does let in, the function is told. */
  private unknown(resource: string, path: string, request: IncomingMessage, body: Buffer): Refused | undefined {
    delete request.headers[IDENTITY_HEADER];
    const { api } = this.wiring ?? {};
    if (api?.signed?.includes(resource) !== true) return undefined;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    // Who came by the public name has signed that name.
    const host = headers[PUBLIC_HOST_HEADER] ?? headers.host;
    const unsigned = signatureRefusal(
      { method: request.method ?? "GET", url: headers[PUBLIC_PATH_HEADER] ?? request.url ?? "/", headers: { ...headers, host }, body },
      { region: this.parts.config.region, secretOf, now: Date.now },
    );
    if (unsigned !== undefined) return unsigned;
    const { config, gate } = this.parts;
    const asked = arn("execute-api", config.region, `${api.restApiId}/${api.stage}/${request.method}${path}`);
    const invoker = gate.invoker(keyOf(headers.authorization), asked);
    if ("type" in invoker) return invoker;
    request.headers[IDENTITY_HEADER] = JSON.stringify(invoker);
    return undefined;
  }

  private async serveDynamodb(request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> {
    const operation = operationOf(request);
    const body = parsed(raw);
    const { journal, hooks } = this.parts;
    if (operation === "DescribeContinuousBackups") {
      const recoverable = this.wiring?.recoverableTables?.includes(String(body.TableName)) === true;
      return answerJson(response, 200, continuousBackups(recoverable), { "content-type": "application/x-amz-json-1.0" });
    }
    // Neither the emulator nor the journal's own store knows deletion protection.
    const protectedNow = operation === "UpdateTable" ? this.protection.updated(body) : undefined;
    if (protectedNow !== undefined) return answerJson(response, 200, protectedNow, { "content-type": "application/x-amz-json-1.0" });
    if (operation === "DescribeTable") return await this.describeTable(request, raw, body, response);
    if (tablesOf(operation, body).some((table) => journal.owns(table))) {
      const outcome = await journal.handle(operation, body);
      return answerJson(response, outcome.status, outcome.body, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": requestId(),
      });
    }
    const { status } = await this.emulator.pass(request, response, { body: raw });
    if (status === 200 && DYNAMODB_WRITES.has(operation) && !isReplica(request)) hooks.dynamodb(operation, body);
  }

  /** What a region says of a table of its own, with the replica that it has in the other. */
  private async describeTable(
    request: IncomingMessage,
    raw: Buffer,
    body: Record<string, unknown>,
    response: ServerResponse,
  ): Promise<void> {
    const { config, journal } = this.parts;
    const strong = journal.owns(body.TableName);
    const outcome = strong ? await journal.handle("DescribeTable", body) : await askEmulator(config.emulatorPort, request.headers, raw);
    const shared = strong || this.wiring?.mrecTables[String(body.TableName)] !== undefined;
    const described = shared ? withReplica(outcome.body, { strong, region: config.peerRegion }) : outcome.body;
    const made = this.wiring?.protectedTables?.includes(String(body.TableName)) === true;
    answerJson(response, outcome.status, this.protection.told(described, made), {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": requestId(),
    });
  }

  private async serveSqs(request: IncomingMessage, raw: Buffer, response: ServerResponse): Promise<void> {
    const operation = operationOf(request);
    const { status } = await this.emulator.pass(request, response, { body: raw });
    if (status !== 200) return;
    if (operation === "SendMessage" || operation === "SendMessageBatch") this.queues.noteSent(operation, parsed(raw));
    if (operation === "CreateQueue") await this.putBack(request, String(parsed(raw).QueueName));
  }

  private async putBack(request: IncomingMessage, queueName: string): Promise<void> {
    const { config } = this.parts;
    for (const entry of this.queues.takeLost(queueName)) {
      const message = { ...entry, QueueUrl: `http://127.0.0.1:${config.emulatorPort}/${ACCOUNT}/${queueName}` };
      await fetch(`http://127.0.0.1:${config.emulatorPort}/`, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "AmazonSQS.SendMessage",
          authorization: request.headers.authorization ?? "",
        },
        body: JSON.stringify(message),
      }).then(
        (sent) => sent.arrayBuffer(),
        (error: unknown) => console.error(`front: a message could not be put back into ${queueName}:`, error),
      );
      this.queues.noteSent("SendMessage", message);
    }
  }

  private async serveS3(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status } = await this.emulator.pass(request, response);
    const method = request.method ?? "GET";
    const [, bucket = "", ...rest] = path.split("/");
    const key = rest.map(decodeURIComponent).join("/");
    const query = (request.url ?? "").split("?")[1] ?? "";
    // Sub-resources (tags, acl, parts of an upload) are not objects.
    const plain = query === "" || query.startsWith("x-id=PutObject") || query.startsWith("x-id=DeleteObject");
    if (status >= 200 && status < 300 && plain && key !== "" && (method === "PUT" || method === "DELETE") && !isReplica(request))
      this.parts.hooks.s3({ method, bucket, key });
  }
}

/** A write that came by replication is not replicated again. */
const isReplica = (request: IncomingMessage): boolean => request.headers[REPLICA_HEADER] !== undefined;

const operationOf = (request: IncomingMessage): string =>
  String(request.headers["x-amz-target"] ?? "")
    .split(".")
    .at(-1) ?? "";

function parsed(raw: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(raw.toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Tables that a DynamoDB request names. */
function tablesOf(operation: string, body: Record<string, unknown>): unknown[] {
  if (operation.startsWith("Transact")) {
    const items = (body.TransactItems ?? []) as Record<string, { TableName?: unknown }>[];
    return items.flatMap((item) => Object.values(item).map((part) => part.TableName));
  }
  if (operation.startsWith("Batch")) return Object.keys(body.RequestItems ?? {});
  return [body.TableName];
}
