/** A stack's configuration: keys without the project's prefix, values as text (objects as JSON), as the engine gives them. */
export type Raw = Readonly<Record<string, string>>;

/**
 * Keys that are objects in a stack file (`database: {maxCapacity: 2}`), read as `database.maxCapacity`: the engine hands them on as JSON. Where a key is
 * given in both ways, the object's member is what counts.
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
  return { ...flat, ...members };
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** As people write numbers: no `0x10`, `1e3` or spaces, which are more likely slips than meant. */
const DECIMAL = /^-?\d+(\.\d+)?$/;
/** What AWS takes in tags, names and values alike. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** AWS takes 50 a resource; the stack has up to five of its own. */
const MOST_TAGS = 45;

interface Problem {
  readonly key: string;
  readonly value: string;
  readonly allowed: string;
}

/** What a key that there is none of may have been meant for: a group's members if it is, or is in, a group. */
function insteadOf(key: string, keys: readonly string[]): string {
  const membersOf = (group: string): readonly string[] => keys.filter((one) => one.startsWith(`${group}.`));
  const members = membersOf(key).map((one) => one.slice(key.length + 1));
  if (members.length > 0) return `an object with ${members.join(", ")}`;
  const siblings = key.includes(".") ? membersOf(key.slice(0, key.indexOf("."))) : [];
  return `no such key; there are: ${(siblings.length > 0 ? siblings : keys).join(", ")}`;
}

/** Reads typed values and collects what is wrong with them, so that one error can name it all. */
export class Problems {
  private readonly found: Problem[] = [];

  private readonly raw: Raw;

  /** An empty text is a key that is not set: Pulumi.yaml can't declare an optional key otherwise. */
  constructor(given: Raw, keys: readonly string[]) {
    const raw = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
    this.raw = raw;
    for (const key of Object.keys(raw)) {
      if (keys.includes(key)) continue;
      this.add(key, raw[key] ?? "", insteadOf(key, keys));
    }
  }

  /** A key is named once, with the first thing that is wrong with it: what does not fit by itself need not fit to others as well. */
  add(key: string, value: string, allowed: string): void {
    if (!this.found.some((problem) => problem.key === key)) this.found.push({ key, value, allowed });
  }

  throwIfAny(): void {
    if (this.found.length === 0) return;
    const lines = this.found.map(
      ({ key, value, allowed }) => `  ${key}: ${value === "" ? "(not set)" : JSON.stringify(value)}; allowed: ${allowed}`,
    );
    throw new Error(
      `the stack's configuration has ${this.found.length} problem${this.found.length === 1 ? "" : "s"}:\n${lines.join("\n")}`,
    );
  }

  /** `byDefault` undefined: the key is required. */
  text(key: string, byDefault: string | undefined, pattern: RegExp, allowed: string): string {
    const value = this.raw[key] ?? byDefault ?? "";
    if (!pattern.test(value)) this.add(key, value, allowed);
    return value;
  }

  optionalText(key: string, pattern: RegExp, allowed: string): string | undefined {
    return this.raw[key] === undefined ? undefined : this.text(key, undefined, pattern, allowed);
  }

  number(key: string, byDefault: number, min: number, max: number, step: number): number {
    const text = this.raw[key];
    const value = text === undefined ? byDefault : Number(text);
    const fits = text === undefined || (DECIMAL.test(text) && value >= min && value <= max && Number.isInteger(value / step));
    if (!fits) this.add(key, text ?? "", step === 1 ? `a whole number from ${min} to ${max}` : `${min} to ${max} in steps of ${step}`);
    return value;
  }

  integer(key: string, byDefault: number, min: number, max: number): number {
    return this.number(key, byDefault, min, max, 1);
  }

  oneOf<T extends string>(key: string, values: readonly T[], byDefault: T): T {
    const value = this.raw[key] ?? byDefault;
    if (!(values as readonly string[]).includes(value)) this.add(key, value, values.join(" | "));
    return value as T;
  }

  flag(key: string, byDefault: boolean): boolean {
    return this.oneOf(key, ["true", "false"], byDefault ? "true" : "false") === "true";
  }

  /** `taken`: names that are not the configuration's to give. */
  tags(key: string, taken: readonly string[]): Record<string, string> {
    const text = this.raw[key];
    if (text === undefined) return {};
    const given = asObject(text);
    const entries = Object.entries(given ?? {});
    if (given === undefined) this.add(key, text, "a map of tag names to texts");
    else if (entries.length > MOST_TAGS) this.add(key, `${entries.length} tags`, `at most ${MOST_TAGS}`);
    for (const [name, value] of entries) {
      const shown = typeof value === "string" ? value : JSON.stringify(value);
      if (taken.includes(name)) this.add(`${key}.${name}`, shown, `other names: ${taken.join(", ")} are the stack's own`);
      else if (!TAG_TEXT.test(name) || name.length < 1 || name.length > 128 || /^aws:/i.test(name))
        this.add(`${key}.${name}`, shown, "a name of 1 to 128 letters, digits, spaces or _ . : / = + - @, that does not begin with aws:");
      else if (typeof value !== "string" || !TAG_TEXT.test(value) || value.length > 256)
        this.add(`${key}.${name}`, shown, "a text (in quotes, if it is a number) of up to 256 letters, digits, spaces or _ . : / = + - @");
    }
    return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  }
}
