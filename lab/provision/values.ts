/** Reading plain JSON values without trusting their shape: what the program registered, as the lab sees it. */

export type Plain = Record<string, unknown>;

export const isPlain = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);

/** A required string; its absence is an error of the program, said with the member's name. */
export function text(inputs: Plain, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string" || value === "") throw new Error(`${key} must be a non-empty string, got ${JSON.stringify(value)}`);
  return value;
}

export const optionalText = (inputs: Plain, key: string): string | undefined => {
  const value = inputs[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};

export const optionalNumber = (inputs: Plain, key: string): number | undefined => {
  const value = inputs[key];
  return typeof value === "number" ? value : undefined;
};

export const optionalFlag = (inputs: Plain, key: string): boolean | undefined => {
  const value = inputs[key];
  return typeof value === "boolean" ? value : undefined;
};

/** An object member, `{}` if it is missing. */
export const member = (inputs: Plain, key: string): Plain => {
  const value = inputs[key];
  return isPlain(value) ? value : {};
};

/** A list of objects, `[]` if it is missing. */
export const members = (inputs: Plain, key: string): Plain[] => {
  const value = inputs[key];
  return Array.isArray(value) ? value.filter(isPlain) : [];
};

export const texts = (inputs: Plain, key: string): string[] => {
  const value = inputs[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
};

/** String-to-string map, as tags and environment variables are. */
export const textMap = (inputs: Plain, key: string): Record<string, string> =>
  Object.fromEntries(Object.entries(member(inputs, key)).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

/** A policy or definition that may come as text or as an object. */
export const jsonText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The same value with its member names written as AWS's API writes them: `targetKeyId` becomes `TargetKeyId`. Map-like members are left alone. */
export function pascal(value: unknown, verbatim: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(value)) return value.map((item) => pascal(item, verbatim));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      verbatim.has(key) ? inner : pascal(inner, verbatim),
    ]),
  );
}

/** Replaces every string leaf by `change(leaf)`. */
export function mapTexts(value: unknown, change: (leaf: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
  return value;
}
