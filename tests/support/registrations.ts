/** What the program registers, as most tests look at it: plain inputs, secrets opened. */
import { join } from "node:path";
import { stackConfig } from "../../scripts/lib/stack-config";
import { evaluated } from "./evaluation/evaluations";
import type { Arns, Registered, States } from "./evaluation/registered";

export type { States };

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

export interface Program {
  readonly resources: readonly Registration[];
  /** Resource options by type and name, as the engine receives them. */
  readonly options: ReadonlyMap<string, Options>;
  /** Functions of the provider that the program called. */
  readonly calls: readonly string[];
  /** ARNs of what has one, by type and name. */
  readonly arns: ReadonlyMap<string, string>;
}

/** A stack file's configuration as the engine hands it on. */
export const stackFile = (stack: string): Record<string, string> => stackConfig(join(__dirname, "../..", `Pulumi.${stack}.yaml`));

/** What the program registers for a stack. `overrides` are keys with their prefix. */
export async function register(
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
  states: States = {},
  arns: Arns = "alike",
): Promise<Program> {
  const { registered, calls } = await evaluated({ stack, config: { ...stackFile(stack), ...overrides }, states, arns });
  const byKey = <T>(of: (one: Registered) => T): Map<string, T> => new Map(registered.map((one) => [`${one.type}/${one.name}`, of(one)]));
  return {
    resources: registered.map(({ type, name, provider, inputs }) => ({
      type,
      name,
      provider,
      inputs: opened(inputs) as Record<string, unknown>,
    })),
    options: byKey(({ protect, ignoreChanges }) => ({ protect, ignoreChanges })),
    calls,
    arns: byKey(({ outputs }) => String(opened(outputs.arn))),
  };
}

/** How Pulumi marks a special value, and a secret among them, on the wire. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET) return opened(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, opened(inner)]));
}
