/** The region's servers with all that stands around them: the load balancer before, the database's door behind, and a place to run. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { credentialsOf } from "../../iam/facts";
import type { FrontConfig } from "../config";
import { answerJson } from "../request";
import { DatabaseDoor } from "../ledger/database-door";
import { Fleet } from "./fleet";
import { ServerProcess } from "./server-process";
import type { ServersWiring } from "./wiring";

export interface ServersParts {
  readonly config: Pick<FrontConfig, "region" | "directory" | "lambdaNode" | "serviceBundle" | "ledger" | "ledgerPort">;
  /** Why the caller may not connect to the ledger; undefined: it may. */
  readonly refusal: (address: string, user: string, token: string) => string | undefined;
  readonly tell: (detail: string) => void;
}

export class RegionServers {
  private fleet: Fleet | undefined;
  private door: DatabaseDoor | undefined;
  private wired: string | undefined;

  constructor(private readonly parts: ServersParts) {}

  get areWired(): boolean {
    return this.wired !== undefined;
  }

  /** Brings the servers that are registered; resolves when all of them are healthy. What they were before is stopped. */
  async wire(wiring: ServersWiring | undefined): Promise<void> {
    const text = wiring && JSON.stringify(wiring);
    if (wiring === undefined || text === this.wired) return;
    this.wired = text;
    await this.fleet?.close();
    const port = await this.doorPort();
    this.fleet = new Fleet({
      wiring,
      tell: this.parts.tell,
      launch: (id, before) => ServerProcess.start(id, this.place(id, wiring, port), before),
    });
    await this.fleet.start();
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.fleet === undefined) return answerJson(response, 503, { message: "no server is deployed in this region yet" });
    await this.fleet.balancer.pass(request, response);
  }

  async end(): Promise<void> {
    await this.fleet?.end();
    this.door?.close();
  }

  private async doorPort(): Promise<number> {
    const { config, refusal } = this.parts;
    this.door?.close();
    this.door = new DatabaseDoor({ engine: config.ledger.engine, databasePort: config.ledgerPort, refusal });
    return await this.door.listen();
  }

  private place(id: string, { kind, name, environment }: ServersWiring, ledgerPort: number) {
    const { region, directory, lambdaNode, serviceBundle } = this.parts.config;
    const { accessKeyId, secretAccessKey } = credentialsOf(region, name);
    return {
      node: lambdaNode,
      bundle: serviceBundle,
      logFile: join(directory, `${id}.log`),
      environment: {
        PATH: process.env.PATH ?? "",
        NODE_ENV: "production",
        // ECS tells its tasks where they are; an instance is told by its own files.
        ...(kind === "task" ? { AWS_REGION: region, AWS_DEFAULT_REGION: region } : {}),
        // All regions share this machine's cores: a backlog that every server settles four batches at a time of leaves none for trades.
        BATCHES_AT_ONCE: "1",
        ...environment,
        // In place of the endpoint that gives a task or an instance the credentials of its role.
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_EC2_METADATA_DISABLED: "true",
        LEDGER_HOST: "127.0.0.1",
        LEDGER_PORT: String(ledgerPort),
        LEDGER_TLS: "off",
      },
    };
  }
}
