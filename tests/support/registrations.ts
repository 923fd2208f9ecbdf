/** Runs index.ts under Pulumi's mocks, once, and hands out what it registered. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { readFileSync } from "node:fs";

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly inputs: Record<string, unknown>;
}

export interface Options {
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
}

const root = join(__dirname, "../..");

export interface Program {
  readonly resources: readonly Registration[];
  /** Resource options by type and name, as the engine receives them. */
  readonly options: ReadonlyMap<string, Options>;
  /** Functions of the provider that the program called. */
  readonly calls: readonly string[];
  /** ARNs of what has one, by type and name. */
  readonly arns: ReadonlyMap<string, string>;
}

/** What the provider has read of resources since they were made, by type and name; it wins over what they were made with. */
export type States = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the provider computes of a resource, where the mocks' own idea of it is not enough. */
export type Computed = (one: Pick<Registration, "type" | "name" | "inputs">) => Readonly<Record<string, unknown>>;

/** A stack file's configuration as the engine hands it on: texts, objects as JSON. */
export function stackFile(stack: string): Record<string, string> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]));
}

const programs = new Map<string, Promise<Program>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * What the program registers for a stack; it runs once a stack and process, and one at a time, because Pulumi's mocks are global.
 * `overrides` are keys with their prefix; a stack with other ones is another stack, and so is one whose resources are in another state.
 */
export function register(
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
  states: States = {},
  asComputed: Computed = () => ({}),
): Promise<Program> {
  const key = JSON.stringify([stack, overrides, states, asComputed.name]);
  const known = programs.get(key);
  if (known) return known;
  const program = last.then(() => run(stack, overrides, states, asComputed));
  last = program.catch(() => undefined);
  programs.set(key, program);
  return program;
}

/** A module registers its resources when it is loaded: for another run, it must be loaded anew. */
function forgetTheProgram(): void {
  for (const file of Object.keys(require.cache)) {
    if (file === join(root, "index.ts") || file.startsWith(join(root, "components/"))) delete require.cache[file];
  }
}

async function run(stack: string, overrides: Readonly<Record<string, string>>, states: States, asComputed: Computed): Promise<Program> {
  if (!existsSync(join(root, "dist/handlers/trade-intake/index.mjs"))) throw new Error("npm run bundle must run before these tests");
  const resources: Registration[] = [];
  const options = new Map<string, Options>();
  const calls: string[] = [];
  const arns = new Map<string, string>();
  pulumi.runtime.setAllConfig({ ...stackFile(stack), ...overrides });
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        resources.push({ type: args.type, name: args.name, provider: args.provider ?? "", inputs: args.inputs as Record<string, unknown> });
        const id = `${args.name}-id`;
        const name = (args.inputs as { name?: string }).name ?? args.name;
        const key = `${args.type}/${args.name}`;
        const state: Record<string, unknown> = {
          ...(args.inputs as object),
          ...computed(args.type, name),
          ...asComputed({ type: args.type, name: args.name, inputs: args.inputs as Registration["inputs"] }),
          ...states[key],
        };
        arns.set(key, String(state.arn));
        return { id, state };
      },
      call: (args) => {
        calls.push(args.token);
        if (args.token === "aws:index/getCallerIdentity:getCallerIdentity")
          return { accountId: "123456789012", arn: "arn", userId: "x", id: "x" };
        if (args.token === "aws:secretsmanager/getRandomPassword:getRandomPassword") return { randomPassword: "generated", id: "x" };
        if (args.token === "aws:route53/getZone:getZone") return { ...(args.inputs as object), zoneId: "ZFOUND", id: "ZFOUND" };
        throw new Error(`the program called ${args.token}, which these tests do not know`);
      },
    },
    "trade-failover",
    stack,
    false,
  );
  watchOptions(options);
  forgetTheProgram();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a Pulumi program is a module that registers as it loads
  require("../../index");
  // Waits for all that is registered; the mocks have nothing to disconnect from.
  await pulumi.runtime.disconnect();
  return { resources, options, calls, arns };
}

/** What the program reads of a resource that the provider computes. */
function computed(type: string, name: string): Record<string, unknown> {
  const arn = { arn: `arn:aws:mock:us-east-1:123456789012:${name}` };
  if (type === "aws:acm/certificate:Certificate") {
    return {
      ...arn,
      domainValidationOptions: [
        { domainName: name, resourceRecordName: `_proof.${name}`, resourceRecordType: "CNAME", resourceRecordValue: "_value" },
      ],
    };
  }
  return type === "aws:secretsmanager/secretVersion:SecretVersion" ? { ...arn, secretString: '{"password":"x"}' } : arn;
}

/** Mocks do not show a resource's options; the monitor that they are registered with does. */
function watchOptions(options: Map<string, Options>): void {
  interface Request {
    getType(): string;
    getName(): string;
    getProtect(): boolean;
    getIgnorechangesList(): string[];
  }
  interface Monitor {
    registerResource(request: Request, ...rest: unknown[]): unknown;
  }
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    options.set(`${request.getType()}/${request.getName()}`, {
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
    });
    return original(request, ...rest);
  };
}
