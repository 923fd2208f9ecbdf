/** What AWS would refuse of a request's parameters by its own model, before it looks at what they mean. */
import type { Member, ServiceModel, Shape } from "./model";

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  long: (value) => Number.isInteger(value),
  float: (value) => typeof value === "number" || value === "NaN",
  double: (value) => typeof value === "number" || value === "NaN",
  boolean: (value) => typeof value === "boolean",
  // Bytes as the SDK takes them, or in base64 as they are sent.
  blob: (value) => typeof value === "string" || value instanceof Uint8Array,
  timestamp: (value) => typeof value === "string" || typeof value === "number" || value instanceof Date,
};

const patterns = new Map<string, RegExp | undefined>();

/** The models are written for Java; what JavaScript can't read is not held against a value. */
function patternOf(text: string): RegExp | undefined {
  if (!patterns.has(text)) {
    let found: RegExp | undefined;
    for (const flags of ["u", ""]) {
      try {
        found ??= new RegExp(`^(?:${text})$`, flags);
      } catch {
        // The next flags may do.
      }
    }
    patterns.set(text, found);
  }
  return patterns.get(text);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Date);

/** As AWS words it. `path` is the parameter's, "" for the request itself. */
export function violations({ shapes }: Pick<ServiceModel, "shapes">, shapeName: string, given: unknown): string[] {
  const found: string[] = [];
  const refuse = (path: string, value: unknown, constraint: string): void =>
    void found.push(`Value '${shown(value)}' at '${path}' failed to satisfy constraint: ${constraint}`);

  const within = (path: string, value: unknown, size: number, { min, max }: Shape, what: string): void => {
    if (min !== undefined && size < min) refuse(path, value, `Member must have ${what} greater than or equal to ${min}`);
    if (max !== undefined && size > max) refuse(path, value, `Member must have ${what} less than or equal to ${max}`);
  };

  const structure = (path: string, value: unknown, { members = {}, required = [], union }: Shape): void => {
    if (!isObject(value)) return refuse(path, value, "Member must be a structure");
    const there = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
    for (const name of required) {
      if (!there.some(([one]) => one === name)) refuse(joined(path, name), null, "Member must not be null");
    }
    if (union === true && there.length !== 1) refuse(path, value, "Member must have exactly one of its members set");
    for (const [name, inner] of there) {
      const member = members[name];
      if (member === undefined) refuse(joined(path, name), inner, "Member is not known");
      else visit(joined(path, name), inner, member);
    }
  };

  const visit = (path: string, value: unknown, { shape: name }: Pick<Member, "shape">): void => {
    const shape = shapes[name];
    if (shape === undefined) return;
    if (shape.type === "structure") return structure(path, value, shape);
    if (shape.type === "list") {
      if (!Array.isArray(value)) return refuse(path, value, "Member must be a list");
      within(path, value, value.length, shape, "length");
      for (const [index, inner] of value.entries())
        if (shape.member !== undefined) visit(`${path}.${index + 1}.member`, inner, shape.member);
      return;
    }
    if (shape.type === "map") {
      if (!isObject(value)) return refuse(path, value, "Member must be a map");
      within(path, value, Object.keys(value).length, shape, "length");
      for (const [key, inner] of Object.entries(value)) {
        if (shape.key !== undefined) visit(`${path}.${key}.key`, key, shape.key);
        if (shape.value !== undefined) visit(`${path}.${key}.value`, inner, shape.value);
      }
      return;
    }
    scalar(path, value, shape);
  };

  const scalar = (path: string, value: unknown, shape: Shape): void => {
    if (SCALARS[shape.type]?.(value) === false) return refuse(path, value, `Member must be a ${shape.type}`);
    if (typeof value === "number") return within(path, value, value, shape, "value");
    if (typeof value !== "string" || shape.type !== "string") return;
    within(path, value, [...value].length, shape, "length");
    if (shape.enum !== undefined && !shape.enum.includes(value))
      refuse(path, value, `Member must satisfy enum value set: [${shape.enum.join(", ")}]`);
    const pattern = shape.pattern === undefined ? undefined : patternOf(shape.pattern);
    if (pattern?.test(value) === false) refuse(path, value, `Member must satisfy regular expression pattern: ${shape.pattern}`);
  };

  visit("", given, { shape: shapeName });
  return found;
}

const joined = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
