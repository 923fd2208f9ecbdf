/** A stack's configuration: keys without the project's prefix, values as text (objects as JSON), as the engine gives them. */
export type Raw = Readonly<Record<string, string>>;

/** Keys that are objects in a stack file (`database: {maxCapacity: 2}`), read as `database.maxCapacity`: the engine hands them on as JSON. */
export function flatten(given: Raw, groups: readonly string[]): Raw {
  const flat: Record<string, string> = {};
  for (const [key, text] of Object.entries(given)) {
    const members = groups.includes(key) ? asObject(text) : undefined;
    if (!members) flat[key] = text;
    else
      for (const [member, value] of Object.entries(members))
        flat[`${key}.${member}`] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return flat;
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface Problem {
  readonly key: string;
  readonly value: string;
  readonly allowed: string;
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
      if (!keys.includes(key)) this.add(key, raw[key] ?? "", `no such key; there are: ${keys.join(", ")}`);
    }
  }

  add(key: string, value: string, allowed: string): void {
    this.found.push({ key, value, allowed });
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
    const fits = text === undefined || (text.trim() !== "" && value >= min && value <= max && Number.isInteger(value / step));
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

  tags(key: string): Record<string, string> {
    const text = this.raw[key];
    if (text === undefined) return {};
    const value = asObject(text);
    const fits =
      value !== undefined &&
      Object.entries(value).every(([name, tag]) => /^(?!aws:).{1,128}$/.test(name) && typeof tag === "string" && tag.length <= 256);
    if (!fits) this.add(key, text, "a map of tag names (up to 128 characters, not beginning with aws:) to texts (up to 256)");
    return fits ? (value as Record<string, string>) : {};
  }
}
