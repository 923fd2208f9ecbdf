/** A stack's configuration: keys without the project's prefix, values as text (objects as JSON), as the engine gives them. */
export type Raw = Readonly<Record<string, string>>;

interface Problem {
  readonly key: string;
  readonly value: string;
  readonly allowed: string;
}

/** Reads typed values and collects what is wrong with them, so that one error can name it all. */
export class Problems {
  private readonly found: Problem[] = [];

  constructor(
    private readonly raw: Raw,
    keys: readonly string[],
  ) {
    for (const key of Object.keys(raw)) {
      if (!keys.includes(key)) this.add(key, raw[key] ?? "", `no such key; there are: ${keys.join(", ")}`);
    }
  }

  add(key: string, value: string, allowed: string): void {
    this.found.push({ key, value, allowed });
  }

  throwIfAny(): void {
    if (this.found.length === 0) return;
    const lines = this.found.map(({ key, value, allowed }) => `  ${key}: ${value === "" ? "(not set)" : JSON.stringify(value)}; allowed: ${allowed}`);
    throw new Error(`the stack's configuration has ${this.found.length} problem${this.found.length === 1 ? "" : "s"}:\n${lines.join("\n")}`);
  }

  /** `byDefault` undefined: the key is required. */
  text(key: string, byDefault: string | undefined, pattern: RegExp, allowed: string): string {
    const value = this.raw[key] ?? byDefault ?? "";
    if (!pattern.test(value)) this.add(key, value, allowed);
    return value;
  }

  optionalText(key: string, pattern: RegExp, allowed: string): string | undefined {
    return this.raw[key] === undefined || this.raw[key] === "" ? undefined : this.text(key, undefined, pattern, allowed);
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
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    const fits = isMap && Object.entries(value as object).every(([name, tag]) => /^(?!aws:).{1,128}$/.test(name) && typeof tag === "string" && tag.length <= 256);
    if (!fits) this.add(key, text, "a map of tag names (up to 128 characters, not beginning with aws:) to texts (up to 256)");
    return fits ? (value as Record<string, string>) : {};
  }
}
