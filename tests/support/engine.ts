/** Stands in for Pulumi's engine in a preview: the program runs as the engine runs it, in a process of its own, and registers over gRPC. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Server, ServerCredentials, credentials, type sendUnaryData, type ServerUnaryCall, type ServiceDefinition } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceResponse,
  ResourceHookRequest,
  ResourceHookResponse,
  SupportsFeatureResponse,
  type RegisterResourceHookRequest,
  type RegisterResourceRequest,
  type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { answerCall } from "../../lab/provision/calls";
import { PROJECT, stackConfig, stackFile } from "../../scripts/lib/stack-config";

const root = join(__dirname, "../..");

type Answers = Readonly<Record<string, (request: never) => unknown>>;
type Method = (call: ServerUnaryCall<never, unknown>, answer: sendUnaryData<unknown>) => void;

export interface Previewed {
  readonly registered: readonly RegisterResourceRequest.AsObject[];
  readonly hooks: readonly RegisterResourceHookRequest.AsObject[];
  readonly warnings: readonly string[];
  /** Calls a registered hook back, as before a change; answers its error, which is empty where it agrees. */
  ask(hook: string): Promise<string>;
  end(): void;
}

/** Resolves when the program has registered all; it stays alive, as for the engine, until it is told to end. */
export async function preview(stack: string, compiled: string, env: NodeJS.ProcessEnv): Promise<Previewed> {
  const registered: RegisterResourceRequest.AsObject[] = [];
  const hooks: RegisterResourceHookRequest.AsObject[] = [];
  const warnings: string[] = [];
  let release = (): void => undefined;
  let complaint = "";
  const server = new Server({ "grpc.max_receive_message_length": -1 });

  const whole = new Promise<void>((resolve, reject) => {
    serve(server, ResourceMonitorService, {
      supportsFeature: () => new SupportsFeatureResponse().setHassupport(true),
      invoke: (request: ResourceInvokeRequest) => {
        const inputs = request.getArgs()?.toJavaScript() ?? {};
        return new InvokeResponse().setReturn(struct(answerCall(request.getTok(), "us-east-1", inputs)));
      },
      registerResource: (request: RegisterResourceRequest) => {
        registered.push(request.toObject());
        const urn = `urn:pulumi:${stack}::${PROJECT}::${request.getType()}::${request.getName()}`;
        return new RegisterResourceResponse().setUrn(urn).setObject(request.getObject());
      },
      registerResourceHook: (request: RegisterResourceHookRequest) => void hooks.push(request.toObject()),
      // What the engine answers when it has made all: until then the program is there for its hooks.
      signalAndWaitForShutdown: () => {
        resolve();
        return new Promise<void>((done) => (release = done));
      },
    });
    serve(server, EngineService, { log: (request: LogRequest) => void warnings.push(request.getMessage()) });
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) return reject(error);
      const at = `127.0.0.1:${port}`;
      const run = join(root, "node_modules/@pulumi/pulumi/cmd/run");
      const where = ["--monitor", at, "--engine", at, "--project", PROJECT, "--stack", stack, "--pwd", root];
      const child = spawn(process.execPath, [run, ...where, "--dry-run", "--parallel", "64", compiled], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, ...env, PULUMI_CONFIG: JSON.stringify(stackConfig(stackFile(stack))), PULUMI_NODEJS_TYPESCRIPT: "false" },
      });
      child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
      child.once("exit", () => {
        server.forceShutdown();
        reject(new Error(`the program ended: ${[complaint, ...warnings].join("\n")}`));
      });
    });
  });
  await whole;
  return { registered, hooks, warnings, ask: (name) => askHook(hooks, name), end: () => release() };
}

/** Every method that is not given answers with nothing in it. */
function serve(server: Server, service: ServiceDefinition, answers: Answers): void {
  const methods = Object.entries(service).map(([name, { responseDeserialize }]): [string, Method] => {
    const empty = (): unknown => responseDeserialize(Buffer.alloc(0));
    const respond: Method = ({ request }, answer) => {
      const given = Promise.resolve().then(() => answers[name]?.(request));
      given.then(
        (response) => answer(null, response ?? empty()),
        (error: unknown) => answer(error as Error),
      );
    };
    return [name, respond];
  });
  server.addService(service, Object.fromEntries(methods) as never);
}

const struct = (value: object): Struct => Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);

async function askHook(hooks: readonly RegisterResourceHookRequest.AsObject[], name: string): Promise<string> {
  const callback = hooks.find((hook) => hook.name === name)?.callback;
  if (callback === undefined) throw new Error(`no hook ${name} is registered`);
  const client = new CallbacksClient(callback.target, credentials.createInsecure());
  const request = new CallbackInvokeRequest().setToken(callback.token).setRequest(new ResourceHookRequest().serializeBinary());
  const response = await new Promise<CallbackInvokeResponse>((resolve, reject) => {
    client.invoke(request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
  client.close();
  return ResourceHookResponse.deserializeBinary(response.getResponse_asU8()).getError();
}
