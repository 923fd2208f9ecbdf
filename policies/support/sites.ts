/** Finds the counterpart of a resource in the other region, by its name: the site's word in it stands for the region. */
import type { Member } from "./resource";
import type { Stack } from "./stack";
import { isText, UNKNOWN } from "./values";

export interface Site {
  readonly region: string;
  /** The word in names: the provider's default tag `Site`, else the provider's name without "-region". */
  readonly word: string;
}

/** The sites of a stack, in order of their regions. */
export function sitesOf(stack: Stack): readonly Site[] {
  const words = new Map<string, string>();
  for (const { type, region, provider } of stack.resources) {
    if (!type.startsWith("aws:") || region === undefined || provider === undefined || provider.region !== region || words.has(region))
      continue;
    const tag = provider.defaultTags === UNKNOWN ? undefined : provider.defaultTags.Site;
    words.set(region, isText(tag) ? tag : provider.name.replace(/-(region|provider)$/, ""));
  }
  return [...words].map(([region, word]) => ({ region, word })).sort((a, b) => a.region.localeCompare(b.region));
}

/** A text without what tells the sites apart: `{own}` and `{peer}` for words and regions. */
export function neutral(text: string, own: Site, peer: Site): string {
  return text
    .replaceAll(own.region, "{own}")
    .replaceAll(peer.region, "{peer}")
    .replace(new RegExp(`(?<![A-Za-z])${own.word}(?![A-Za-z])`, "g"), "{own}")
    .replace(new RegExp(`(?<![A-Za-z])${peer.word}(?![A-Za-z])`, "g"), "{peer}");
}

/** Types that do the same although they are not the same: a key, and its replica in another region. */
const SAME: Readonly<Record<string, string>> = {
  "aws:kms/replicaKey:ReplicaKey": "aws:kms/key:Key",
};

/** Type and neutral name: equal for counterparts. */
export function roleOf({ type, name }: Member, own: Site, peer: Site): string {
  return `${SAME[type] ?? type} ${neutral(name, own, peer)}`;
}
