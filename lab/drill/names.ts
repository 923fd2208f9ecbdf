import type { Registered } from "../types";

/** Names that the drill needs to look at the platform from outside, read from what the program registered. */
export interface PlatformNames {
  readonly leaseTable: string;
  readonly journalTable: string;
  /** Region code → URL of its trade queue. */
  readonly queues: ReadonlyMap<string, string>;
  /** Region code → its state machines. */
  readonly machines: ReadonlyMap<string, readonly { readonly kind: MachineKind; readonly arn: string }[]>;
  /** Region code → the names of its functions, by bundle. */
  readonly functions: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export type MachineKind = "failover" | "switchover" | "readiness";
const MACHINES: readonly MachineKind[] = ["failover", "switchover", "readiness"];
const BUNDLES = ["trade-intake", "trade-query", "trade-processor", "reconciler", "sentinel", "validator"] as const;

/** Rejects when something is missing, by what is missing. */
export function platformNames(registered: readonly Registered[], regions: readonly string[]): PlatformNames {
  const variables = (region: string): Record<string, unknown> => {
    const functions = registered.filter((one) => one.type === "aws:lambda/function:Function" && one.region === region);
    return Object.assign(
      {},
      ...functions.map(({ inputs }) => (inputs.environment as { variables?: object } | undefined)?.variables ?? {}),
    ) as Record<string, unknown>;
  };
  const variable = (region: string, name: string): string => {
    const value = variables(region)[name];
    if (typeof value !== "string" || value === "") throw new Error(`no function in ${region} has the variable ${name}`);
    return value;
  };
  const [first = ""] = regions;
  return {
    leaseTable: variable(first, "LEASE_TABLE"),
    journalTable: variable(first, "JOURNAL_TABLE"),
    queues: new Map(regions.map((region) => [region, variable(region, "TRADE_QUEUE_URL")])),
    machines: new Map(regions.map((region) => [region, machinesOf(registered, region)])),
    functions: new Map(regions.map((region) => [region, functionsOf(registered, region)])),
  };
}

function machinesOf(registered: readonly Registered[], region: string): { kind: MachineKind; arn: string }[] {
  const machines = registered.filter((one) => one.type === "aws:sfn/stateMachine:StateMachine" && one.region === region);
  return MACHINES.map((kind) => {
    const found = machines.find(({ name, inputs }) => name.includes(kind) || String(inputs.name).includes(kind));
    if (found === undefined) throw new Error(`no state machine "${kind}" in ${region}`);
    return { kind, arn: String(found.state.arn) };
  });
}

function functionsOf(registered: readonly Registered[], region: string): Map<string, string> {
  const functions = registered.filter((one) => one.type === "aws:lambda/function:Function" && one.region === region);
  return new Map(
    BUNDLES.flatMap((bundle) => {
      const found = functions.find(({ name, inputs }) => name.includes(bundle) || String(inputs.name).includes(bundle));
      return found === undefined ? [] : [[bundle, found.id] as [string, string]];
    }),
  );
}
