/** A registered resource as policies see it: plain data, whatever the protocol's wrapping. */
import type { PolicyProviderResource, PolicyResource, PolicyResourceOptions } from "@pulumi/policy";
import { at, isRecord, isText, json, plain, UNKNOWN, type Value, type Values } from "./values";

export interface Provider {
  readonly name: string;
  /** `undefined` where the provider takes its region from the environment. */
  readonly region: Value;
  readonly defaultTags: Values | typeof UNKNOWN;
}

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Values;
  readonly opts: Pick<PolicyResourceOptions, "protect" | "ignoreChanges" | "deleteBeforeReplace">;
  readonly provider: Provider | undefined;
}

/** A resource among all others of its stack. */
export interface Member extends Resource {
  readonly parent: string | undefined;
  /** The resources that a property was computed from. */
  readonly sources: (property: string) => readonly string[];
  /** Where it lives: its own `region`, else its provider's. */
  readonly region: string | undefined;
}

interface Wrapped {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: unknown;
  readonly opts: PolicyResourceOptions;
  readonly provider?: PolicyProviderResource | undefined;
}

/** Unwraps what the policy server hands out. */
export async function resourceOf(wrapped: Wrapped): Promise<Resource> {
  const props = await plain(wrapped.props);
  return {
    type: wrapped.type,
    name: wrapped.name,
    urn: wrapped.urn,
    props: isRecord(props) ? props : {},
    opts: wrapped.opts,
    provider: wrapped.provider === undefined ? undefined : await providerOf(wrapped.provider),
  };
}

async function providerOf(wrapped: PolicyProviderResource): Promise<Provider> {
  const props = await plain(wrapped.props);
  // Providers keep settings that are not texts as JSON.
  const settings = json(at(props, "defaultTags"));
  const tags = at(Array.isArray(settings) ? (settings as readonly Value[])[0] : settings, "tags");
  return {
    name: wrapped.name,
    region: at(props, "region"),
    defaultTags: tags === UNKNOWN ? UNKNOWN : isRecord(tags) ? tags : {},
  };
}

/** Unwraps a resource among its stack. */
export async function memberOf(wrapped: PolicyResource): Promise<Member> {
  const resource = await resourceOf(wrapped);
  const own = resource.props.region;
  // Some types have another `region`, which is no region code.
  const region = isText(own) && /^[a-z]{2}(-[a-z]+)+-\d$/.test(own) ? own : resource.provider?.region;
  return {
    ...resource,
    parent: wrapped.parent?.urn,
    sources: (property) => (wrapped.propertyDependencies[property] ?? []).map(({ urn }) => urn),
    region: isText(region) ? region : undefined,
  };
}
