/** A stack's configuration: keys without the project's prefix, values as text (objects as JSON), as the engine gives them. */
export type Raw = Readonly<Record<string, string>>;

/**
 * Keys that are objects in a stack file (`database: {maxCapacity: 2}`), as `database.maxCapacity`: the engine hands them on as JSON. Where a key is
 * given in both ways, the object's member is what counts. An empty text is a key that is not set: Pulumi.yaml can't declare an optional key otherwise.
 */
export function flatten(given: Raw, groups: readonly string[]): Raw {
  const flat: Record<string, string> = {};
  const members: Record<string, string> = {};
  for (const [key, text] of Object.entries(given)) {
    const object = groups.includes(key) ? asObject(text) : undefined;
    if (!object) flat[key] = text;
    else
      for (const [member, value] of Object.entries(object))
        members[`${key}.${member}`] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return Object.fromEntries(Object.entries({ ...flat, ...members }).filter(([, value]) => value !== ""));
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of these keys as the schema wants them, members within their groups. */
export function nest(flat: Raw, keys: readonly string[]): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const key of keys) {
    const [first = "", member] = key.split(".");
    if (member === undefined) nested[first] = flat[key];
    else nested[first] = { ...(nested[first] as object | undefined), [member]: flat[key] };
  }
  return nested;
}
