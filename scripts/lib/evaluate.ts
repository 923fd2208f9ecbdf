/** Runs a Pulumi program in this process against mocks, without engine or account. Tests, lab and bench all run `index.ts` this way. */
import * as pulumi from "@pulumi/pulumi";
import { PROJECT } from "./stack-config";

type Monitor = NonNullable<ReturnType<typeof pulumi.runtime.getMonitor>>;
type Register = Monitor["registerResource"];
export type RegisterRequest = Parameters<Register>[0];

/** What the engine answers to a registration. */
export interface RegisterResponse {
  getUrn(): string;
  getId(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

export interface Evaluation<Exports> {
  readonly stack: string;
  /** Keys with their project's prefix; objects and lists as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** What stands for the providers. */
  readonly mocks: pulumi.runtime.Mocks;
  /** Told of each registration as the engine would be, options included, in the order in which they end. */
  readonly onRegistered?: (request: RegisterRequest, response: RegisterResponse) => void;
  /** Loads the program, which registers as it loads. */
  readonly load: () => Exports;
}

/** Resolves with what the program exports when all that it registered is there. Pulumi's mocks are global: one at a time in a process. */
export async function evaluate<Exports>({ stack, config, mocks, onRegistered, load }: Evaluation<Exports>): Promise<Awaited<Exports>> {
  pulumi.runtime.setAllConfig({ ...config });
  await pulumi.runtime.setMocks(mocks, PROJECT, stack, false);
  const monitor = pulumi.runtime.getMonitor();
  if (onRegistered !== undefined && monitor !== undefined)
    pulumi.runtime.setMockOptions(watched(monitor, onRegistered), PROJECT, stack, false);
  const exported = await load();
  // Waits for all that is registered; the mocks have nothing to disconnect from.
  await pulumi.runtime.disconnect();
  return exported;
}

/** The same monitor, which tells of what is registered with it: mocks see a resource's inputs, and not its options. */
function watched(monitor: Monitor, tell: NonNullable<Evaluation<unknown>["onRegistered"]>): Monitor {
  const registerResource = (request: RegisterRequest, answer: (error: unknown, response?: RegisterResponse) => void): unknown =>
    (monitor.registerResource as (...args: unknown[]) => unknown)(request, (error: unknown, response?: RegisterResponse) => {
      if (response !== undefined) tell(request, response);
      answer(error, response);
    });
  return Object.create(monitor, { registerResource: { value: registerResource } }) as Monitor;
}
