/** All resources of a stack, and how they refer to each other. */
import type { Member } from "./resource";
import { at, isText, UNKNOWN, type Value } from "./values";

/** How sure it is that one resource refers to another. */
type Reference = "yes" | "no" | "open";

/** Properties by which others know a resource. */
const IDENTITIES = ["id", "arn", "name", "bucket", "url", "executionArn", "identifier", "clusterIdentifier"];

export class Stack {
  private readonly byUrn: ReadonlyMap<string, Member>;

  constructor(readonly resources: readonly Member[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  /** All resources of the types. */
  of(...types: readonly string[]): readonly Member[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** The regions that the stack's AWS providers work in, in order of their names. */
  regions(): readonly string[] {
    return [
      ...new Set(this.resources.flatMap(({ type, region }) => (type.startsWith("aws:") && region !== undefined ? [region] : []))),
    ].sort();
  }

  /** Whether a property names the target: known by where it was computed from, else by its value. `open` where a preview can't tell. */
  private refers(from: Member, property: string, target: Member): Reference {
    const sources = from.sources(property);
    if (sources.includes(target.urn)) return "yes";
    const value = at(from.props, ...property.split("."));
    if (sources.some((urn) => this.byUrn.get(urn)?.type === target.type)) return "no";
    if (isText(value)) return IDENTITIES.some((key) => target.props[key] === value) ? "yes" : "no";
    return value === UNKNOWN && sources.length === 0 ? "open" : "no";
  }

  /** The resources of a type whose property names the target. */
  attached(target: Member, type: string, property: string): readonly Member[] {
    return this.of(type).filter((one) => this.refers(one, property, target) === "yes");
  }

  /** Whether a resource of the type may name the target and only the update will tell. */
  mayBeAttached(target: Member, type: string, property: string): boolean {
    return this.of(type).some((one) => this.refers(one, property, target) === "open");
  }

  /** The resource of a type that a property names. */
  referent(from: Member, property: string, type: string): Member | undefined {
    return this.of(type).find((target) => this.refers(from, property, target) === "yes");
  }

  /** Resources of a type that a text (a policy, a definition) mentions by ARN or was computed from. */
  mentioned(from: Member, property: string, type: string): readonly Member[] {
    const sources = from.sources(property);
    const value: Value = from.props[property];
    const written = typeof value === "string" ? value : value === UNKNOWN ? "" : JSON.stringify(value ?? "");
    return this.of(type).filter(({ urn, props }) => sources.includes(urn) || (isText(props.arn) && written.includes(props.arn)));
  }
}
