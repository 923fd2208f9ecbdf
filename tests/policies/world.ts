/** Small stacks of two regions for one policy at a time, and how to break one field of them. */
import type { Recorded } from "./recorded";

export type Site = "primary" | "standby";

/** What the engine sends for a text that is known only after the update. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const REGIONS: Readonly<Record<Site, string>> = { primary: "us-east-1", standby: "us-east-2" };

interface Extra {
  readonly site?: Site;
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

function providerUrn(site: Site): string {
  return `urn:pulumi:test::test::pulumi:providers:aws::${site}-region`;
}

function provider(site: Site): Recorded {
  const tags = { Project: "trade-failover", Environment: "test", ManagedBy: "pulumi", Site: site };
  const inputs = { region: REGIONS[site], defaultTags: JSON.stringify({ tags }) };
  return {
    type: "pulumi:providers:aws",
    name: `${site}-region`,
    urn: providerUrn(site),
    custom: true,
    parent: "",
    provider: "",
    inputs,
    outputs: inputs,
    protect: false,
    ignoreChanges: [],
    deleteBeforeReplace: undefined,
    sources: {},
  };
}

export function arn(type: string, name: string, site: Site = "primary"): string {
  return `arn:aws:${type.split(":")[1]?.split("/")[0] ?? ""}:${REGIONS[site]}:123456789012:${name}`;
}

/** One registration; its id is `<name>-id`, its ARN that of its name. */
export function resource(type: string, name: string, inputs: Record<string, unknown>, extra: Extra = {}): Recorded {
  const site = extra.site ?? "primary";
  return {
    type,
    name,
    urn: `urn:pulumi:test::test::${type}::${name}`,
    custom: true,
    parent: "",
    provider: providerUrn(site),
    inputs,
    outputs: { id: `${name}-id`, arn: arn(type, name, site), ...inputs },
    protect: extra.protect ?? false,
    ignoreChanges: extra.ignoreChanges ?? [],
    deleteBeforeReplace: extra.deleteBeforeReplace,
    sources: {},
  };
}

/** The resources with the providers of both regions. */
export function world(...resources: readonly Recorded[]): readonly Recorded[] {
  return structuredClone([provider("primary"), provider("standby"), ...resources]);
}

/** Sets a field of one resource, in what was asked for and in what came of it; `undefined` takes it away. */
export function set(all: readonly Recorded[], name: string, path: string, value: unknown): readonly Recorded[] {
  const changed = structuredClone(all) as Recorded[];
  const at = changed.findIndex((one) => one.name === name);
  const one = changed[at];
  if (one === undefined) throw new Error(`there is no resource ${name}`);
  if (path.startsWith("opts.")) {
    changed[at] = { ...one, [path.slice(5)]: value };
    return changed;
  }
  for (const properties of [one.inputs, one.outputs]) setIn(properties, path.split("."), value);
  return changed;
}

function setIn(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(target, first);
    else target[first] = value;
    return;
  }
  const next = target[first];
  // Documents and definitions are JSON texts: a path leads into them.
  if (typeof next === "string") {
    const inside = JSON.parse(next) as Record<string, unknown>;
    setIn(inside, rest, value);
    target[first] = JSON.stringify(inside);
  } else setIn(next as Record<string, unknown>, rest, value);
}
