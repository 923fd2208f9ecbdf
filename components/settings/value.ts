import * as v from "valibot";

/** What Pulumi.yaml can declare; it knows no map. */
export type Kind = "string" | "integer" | "boolean" | "map";

/** A value as a stack's configuration gives it, which is as text, and what becomes of it. */
export interface Value<T> {
  readonly kind: Kind;
  /** What the text may be, in words that end a sentence. */
  readonly allowed: string;
  readonly schema: v.GenericSchema<string, T>;
}

/** As people write numbers: no `0x10`, `1e3` or spaces, which are more likely slips than meant. */
const DECIMAL = /^-?\d+(\.\d+)?$/;

export const text = (pattern: RegExp, allowed: string): Value<string> => ({
  kind: "string",
  allowed,
  schema: v.pipe(v.string(allowed), v.regex(pattern, allowed)),
});

export const checked = (fits: (value: string) => boolean, allowed: string): Value<string> => ({
  kind: "string",
  allowed,
  schema: v.pipe(v.string(allowed), v.check(fits, allowed)),
});

/** Pulumi.yaml has no type for numbers that may not be whole: they are texts there. */
function number(from: number, to: number, step: number, kind: Kind, allowed: string): Value<number> {
  const decimal = v.pipe(v.string(allowed), v.regex(DECIMAL, allowed), v.transform(Number));
  return { kind, allowed, schema: v.pipe(decimal, v.multipleOf(step, allowed), v.minValue(from, allowed), v.maxValue(to, allowed)) };
}

export const integer = (from: number, to: number): Value<number> => number(from, to, 1, "integer", `a whole number from ${from} to ${to}`);

export const steps = (from: number, to: number, step: number): Value<number> =>
  number(from, to, step, "string", `${from} to ${to} in steps of ${step}`);

export const oneOf = <const T extends string>(...values: readonly T[]): Value<T> => {
  const allowed = values.join(" | ");
  return { kind: "string", allowed, schema: v.picklist(values, allowed) };
};

export const oneNumberOf = <const T extends number>(...values: readonly T[]): Value<T> => {
  const allowed = values.join(" | ");
  const schema = v.pipe(
    v.picklist(values.map(String), allowed),
    v.transform((value) => Number(value) as T),
  );
  return { kind: "integer", allowed, schema: schema };
};

/** Numbers that may not be whole, each as it is written. */
export const oneDecimalOf = (...values: readonly string[]): Value<number> => {
  const allowed = values.join(" | ");
  return { kind: "string", allowed, schema: v.pipe(v.picklist(values, allowed), v.transform(Number)) };
};

export const flag: Value<boolean> = {
  kind: "boolean",
  allowed: "true | false",
  schema: v.pipe(
    v.string(),
    v.picklist(["true", "false"], "true | false"),
    v.transform((value) => value === "true"),
  ),
};
