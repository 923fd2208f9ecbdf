/** All resources of a stack, and how they refer to each other. */
import type { Member } from "./resource";
import { at, isText, UNKNOWN, type Value } from "./values";

/** How sure it is that one resource refers to another. */
type Reference = "yes" | "no" | "open";

/** Properties by which others know a resource. */
const IDENTITIES = ["id", "arn", "name", "bucket", "url", "executionArn", "identifier", "clusterIdentifier"];

export class Stack {
  private readonly byUrn: ReadonlyMap<string, Member>;
  private readonly byArn: ReadonlyMap<string, readonly Member[]>;

  constructor(readonly resources: readonly Member[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const byArn = new Map<string, Member[]>();
    for (const resource of resources) {
      const { arn } = resource.props;
      // A component that tells an ARN has it from one of its parts.
      if (!isText(arn) || !resource.type.startsWith("aws:") || ARN_OF_ANOTHER.has(resource.type)) continue;
      for (const key of [arn, anywhere(arn)]) byArn.set(key, [...(byArn.get(key) ?? []), resource]);
    }
    this.byArn = byArn;
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

  /**
   * The resource of the stack that an ARN names, or begins to name (`…:*`, `…/trades/*`), and what follows it in the text. Of several with the same
   * ARN, that of the region comes first.
   */
  owner(arn: string, region: string | undefined): Owner | undefined {
    for (let end = arn.length; end > 0; end = Math.max(arn.lastIndexOf("/", end - 1), arn.lastIndexOf(":", end - 1))) {
      const members = this.byArn.get(arn.slice(0, end));
      if (members === undefined) continue;
      const [first] = [...members].sort(
        (a, b) => Number(b.region === region) - Number(a.region === region) || a.type.localeCompare(b.type),
      );
      if (first !== undefined) return { member: first, rest: arn.slice(end) };
    }
    return undefined;
  }

  /** The same, wherever the ARN says that it is: a replica has the ARN of what it is a replica of, but for the region. */
  ownerAnywhere(arn: string, region: string | undefined): Owner | undefined {
    return this.owner(arn, region) ?? this.owner(anywhere(arn), region);
  }
}

interface Owner {
  readonly member: Member;
  readonly rest: string;
}

/** Types whose `arn` is what they point to. */
const ARN_OF_ANOTHER: ReadonlySet<string> = new Set(["aws:cloudwatch/eventTarget:EventTarget", "aws:sns/topicPolicy:TopicPolicy"]);

function anywhere(arn: string): string {
  return arn.replace(/^(arn:[^:]*:[^:]*:)[^:]+/, "$1");
}
