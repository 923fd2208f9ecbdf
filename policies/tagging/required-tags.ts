import { dictionary, texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import type { Resource } from "../support/resource";
import { isTaggable } from "../support/taggable";
import { isRecord, isText, UNKNOWN, type Values } from "../support/values";

/** The resource's own tags over its provider's; `UNKNOWN` where either is. */
function effectiveTags({ props, provider }: Resource): Values | typeof UNKNOWN {
  const defaults = provider?.defaultTags ?? {};
  if (props.tags === UNKNOWN || defaults === UNKNOWN) return UNKNOWN;
  return { ...defaults, ...(isRecord(props.tags) ? props.tags : {}) };
}

function missing(resource: Resource, required: readonly string[]): readonly string[] {
  const tags = effectiveTags(resource);
  return tags === UNKNOWN ? [] : required.filter((key) => tags[key] !== UNKNOWN && !isText(tags[key]));
}

/** Every taggable resource carries the required tags, its own or from its provider's default tags. */
export const requiredTags = resourcePolicy({
  name: "required-tags",
  rule: "Everything that takes tags carries the required tags; those of the provider count.",
  severity: "medium",
  mend: "add the tags to the provider's defaultTags, or to the resource; as `remediate`, the policy adds those that have a value in its configuration",
  types: ["aws:"],
  options: {
    required: texts(["Project", "Environment", "ManagedBy", "Site"], "Keys that must be there with a value."),
    values: dictionary({ Project: "trade-failover", ManagedBy: "pulumi" }, "Values that remediation may add where the key is missing."),
  },
  judge: (resource, report, { required }) => {
    if (!isTaggable(resource.type)) return;
    if (
      resource.props.tags !== undefined &&
      resource.props.tags !== null &&
      resource.props.tags !== UNKNOWN &&
      !isRecord(resource.props.tags)
    ) {
      report("tags is not an object of texts");
    }
    const keys = missing(resource, required);
    if (keys.length > 0) report(`the tags ${keys.join(", ")} are missing or empty`);
  },
  // Additive and safe: a tag that nobody set.
  remediate: (resource, { required, values }) => {
    if (!isTaggable(resource.type)) return undefined;
    const added = missing(resource, required).filter((key) => values[key] !== undefined);
    if (added.length === 0) return undefined;
    const own = isRecord(resource.props.tags) ? resource.props.tags : {};
    return { tags: { ...own, ...Object.fromEntries(added.map((key) => [key, values[key]])) } };
  },
});
