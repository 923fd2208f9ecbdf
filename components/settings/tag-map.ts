import * as v from "valibot";
import type { Value } from "./value";

/** What the stack says of each thing itself. */
const OWN_TAGS = ["Project", "Environment", "Site", "ManagedBy", "Name"];
/** What AWS takes in tags, names and values alike. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** AWS takes 50 a resource; the stack has up to five of its own. */
const MOST_TAGS = 45;

const CHARACTERS = "letters, digits, spaces or _ . : / = + - @";
const VALUE = `a text (in quotes, if it is a number) of up to 256 ${CHARACTERS}`;
const MAP = `a map of tag names to texts, at most ${MOST_TAGS}`;

const name = v.pipe(
  v.string(),
  v.notValues(OWN_TAGS, `other names: ${OWN_TAGS.join(", ")} are the stack's own`),
  v.check(
    (tag) => TAG_TEXT.test(tag) && tag.length >= 1 && tag.length <= 128 && !/^aws:/i.test(tag),
    `a name of 1 to 128 ${CHARACTERS}, that does not begin with aws:`,
  ),
);
const value = v.pipe(v.string(VALUE), v.regex(TAG_TEXT, VALUE), v.maxLength(256, VALUE));

const noList = v.check((given: unknown) => !Array.isArray(given), MAP);

export const tagMap: Value<Readonly<Record<string, string>>> = {
  kind: "map",
  allowed: MAP,
  schema: v.pipe(v.string(), v.parseJson(undefined, MAP), noList, v.record(name, value, MAP), v.maxEntries(MOST_TAGS, MAP)),
};
