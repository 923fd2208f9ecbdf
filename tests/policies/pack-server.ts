/** The pack as the engine runs it: in a process of its own, asked over gRPC. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzeStackRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
  type AnalyzeResponse,
  type AnalyzerInfo,
  type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Recorded } from "./recorded";

export interface Violation {
  readonly policy: string;
  readonly message: string;
  readonly urn: string;
}

/** What the engine reads of a file given as `--policy-pack-config`. */
export type PackConfig = Readonly<Record<string, string | { readonly enforcementLevel?: string; readonly [key: string]: unknown }>>;

const LEVELS: Readonly<Record<string, EnforcementLevel>> = {
  advisory: EnforcementLevel.ADVISORY,
  mandatory: EnforcementLevel.MANDATORY,
  remediate: EnforcementLevel.REMEDIATE,
  disabled: EnforcementLevel.DISABLED,
};

const root = join(__dirname, "../..");
const LARGE = 400 * 1024 * 1024;

type Call<Q, A> = (request: Q, answer: (error: Error | null, response: A) => void) => unknown;

export class PackServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** Starts the pack of the checkout as the engine's node runtime does, and reads the port that it prints. */
  static async start(): Promise<PackServer> {
    const runtime = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [runtime, "127.0.0.1:0", "."], {
      cwd: join(root, "policies"),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    const port = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (data: Buffer) => {
        said += data.toString();
        const line = /^(\d+)\n/.exec(said);
        if (line?.[1] !== undefined) resolve(line[1]);
      });
      child.once("exit", () => reject(new Error(`the pack did not start: ${complaint}`)));
    });
    const limits = { "grpc.max_receive_message_length": LARGE, "grpc.max_send_message_length": LARGE };
    return new PackServer(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), limits));
  }

  stop(): void {
    this.client.close();
    this.child.kill();
  }

  private ask<Q, A>(call: Call<Q, A>, request: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      call.call(this.client, request, (error, response) => (error === null ? resolve(response) : reject(error)));
    });
  }

  info(): Promise<AnalyzerInfo> {
    return this.ask<Empty, AnalyzerInfo>(this.client.getAnalyzerInfo.bind(this.client), new Empty());
  }

  async configure(config: PackConfig): Promise<void> {
    const request = new ConfigureAnalyzerRequest();
    for (const [policy, given] of Object.entries(config)) {
      const { enforcementLevel, ...properties } = typeof given === "string" ? { enforcementLevel: given } : given;
      const one = new PolicyConfig();
      one.setEnforcementlevel(LEVELS[enforcementLevel ?? "mandatory"] ?? EnforcementLevel.MANDATORY);
      one.setProperties(Struct.fromJavaScript(properties as Record<string, JavaScriptValue>));
      request.getPolicyconfigMap().set(policy, one);
    }
    await this.ask<ConfigureAnalyzerRequest, Empty>(this.client.configure.bind(this.client), request);
  }

  /** Each registration by itself, with its inputs, as before an update; answers what is violated. */
  async analyze(one: Recorded, all: readonly Recorded[]): Promise<readonly Violation[]> {
    return violations(await this.ask<AnalyzeRequest, AnalyzeResponse>(this.client.analyze.bind(this.client), requestOf(one, all)));
  }

  /** The properties that remediation would change, by policy. */
  async remediate(one: Recorded, all: readonly Recorded[]): Promise<Readonly<Record<string, Record<string, unknown>>>> {
    const response = await this.ask<AnalyzeRequest, RemediateResponse>(this.client.remediate.bind(this.client), requestOf(one, all));
    return Object.fromEntries(
      response.getRemediationsList().map((each) => [each.getPolicyname(), each.getProperties()?.toJavaScript() ?? {}]),
    );
  }

  /** All registrations together, with their outputs, as at the end of an update. */
  async analyzeStack(all: readonly Recorded[]): Promise<readonly Violation[]> {
    const request = new AnalyzeStackRequest();
    request.setResourcesList(all.map((one) => memberOf(one, all)));
    return violations(await this.ask<AnalyzeStackRequest, AnalyzeResponse>(this.client.analyzeStack.bind(this.client), request));
  }

  /** Both, as a whole preview does. */
  async judge(all: readonly Recorded[]): Promise<readonly Violation[]> {
    const each = await Promise.all(all.map((one) => this.analyze(one, all)));
    return [...each.flat(), ...(await this.analyzeStack(all))];
  }
}

function violations(response: AnalyzeResponse): readonly Violation[] {
  return response.getDiagnosticsList().map((one) => ({ policy: one.getPolicyname(), message: one.getMessage(), urn: one.getUrn() }));
}

function optionsOf(one: Recorded): AnalyzerResourceOptions {
  const options = new AnalyzerResourceOptions();
  options.setProtect(one.protect);
  options.setIgnorechangesList([...one.ignoreChanges]);
  options.setDeletebeforereplacedefined(one.deleteBeforeReplace !== undefined);
  options.setDeletebeforereplace(one.deleteBeforeReplace === true);
  options.setParent(one.parent);
  return options;
}

function providerOf(one: Recorded, all: readonly Recorded[]): AnalyzerProviderResource | undefined {
  const provider = all.find(({ urn }) => urn === one.provider);
  if (provider === undefined) return undefined;
  const message = new AnalyzerProviderResource();
  message.setType(provider.type);
  message.setName(provider.name);
  message.setUrn(provider.urn);
  message.setProperties(struct(provider.inputs));
  return message;
}

function struct(properties: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function requestOf(one: Recorded, all: readonly Recorded[]): AnalyzeRequest {
  const request = new AnalyzeRequest();
  request.setType(one.type);
  request.setName(one.name);
  request.setUrn(one.urn);
  request.setProperties(struct(one.inputs));
  request.setOptions(optionsOf(one));
  request.setProvider(providerOf(one, all));
  return request;
}

function memberOf(one: Recorded, all: readonly Recorded[]): AnalyzerResource {
  const member = new AnalyzerResource();
  member.setType(one.type);
  member.setName(one.name);
  member.setUrn(one.urn);
  member.setProperties(struct(one.outputs));
  member.setOptions(optionsOf(one));
  member.setProvider(providerOf(one, all));
  member.setParent(one.parent);
  for (const [key, urns] of Object.entries(one.sources)) {
    const dependencies = new AnalyzerPropertyDependencies();
    dependencies.setUrnsList([...urns]);
    member.getPropertydependenciesMap().set(key, dependencies);
  }
  return member;
}
