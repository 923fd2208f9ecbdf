/**
 * Run by tests in a process of its own: `record.ts STACK FILE [OVERRIDES]` runs the program with the stack's configuration (and keys as JSON) and writes each registration as the
 * engine would hand it to a policy pack: inputs in the wire's form, options, parent, and what each property was computed from.
 */
import { writeFileSync } from "node:fs";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { register } from "../support/registrations";
import type { Recorded } from "./recorded";

interface Struct {
  toJavaScript(): Record<string, unknown>;
}
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getCustom(): boolean;
  getObject(): Struct;
  getProtect(): boolean;
  getIgnorechangesList(): string[];
  getDeletebeforereplacedefined(): boolean;
  getDeletebeforereplace(): boolean;
  getPropertydependenciesMap(): { forEach(see: (value: { getUrnsList(): string[] }, key: string) => void): void };
}
interface Response {
  getUrn(): string;
  getId(): string;
  getObject(): Struct;
}
type Callback = (error: unknown, response: Response | undefined) => void;
interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
}

const [stack = "", file = "", overrides = "{}"] = process.argv.slice(2);
const recorded: Recorded[] = [];

const monitor = MockMonitor.prototype as unknown as Monitor;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the monitor as `this` below
const original = monitor.registerResource;
monitor.registerResource = function (request, callback) {
  return original.call(this, request, (error, response) => {
    if (response !== undefined) recorded.push(recordOf(request, response));
    callback(error, response);
  });
};

function recordOf(request: Request, response: Response): Recorded {
  const sources: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    if (value.getUrnsList().length > 0) sources[key] = value.getUrnsList();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    urn: response.getUrn(),
    custom: request.getCustom(),
    parent: request.getParent(),
    provider: request.getProvider().split("::").slice(0, -1).join("::"),
    inputs: request.getObject().toJavaScript(),
    outputs: { ...response.getObject().toJavaScript(), ...(request.getCustom() ? { id: response.getId() } : {}) },
    protect: request.getProtect(),
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    sources,
  };
}

async function main(): Promise<void> {
  await register(stack, JSON.parse(overrides) as Record<string, string>);
  writeFileSync(file, JSON.stringify(recorded));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
