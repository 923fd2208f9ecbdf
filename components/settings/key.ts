import * as v from "valibot";
import type { Kind, Value } from "./value";

interface Told {
  /** What it decides, one or two sentences. Unit, if the key's name does not say it. */
  readonly what: string;
  /** Another key without which this one has no effect: it has to be given, or to be what `is` says. */
  readonly onlyWith?: Condition;
  /** Nothing repeats its value: no error, and no file that is not encrypted. */
  readonly secret?: true;
}

export interface Condition {
  readonly key: string;
  /** One of these. Default: anything but `false`. */
  readonly is?: readonly string[];
}

/** A condition in words. */
export const told = ({ key: other, is }: Condition): string => (is === undefined ? other : `${other} ${is.join(" or ")}`);

/** All that is known of a key but its name, for those who read a configuration and those who write about it. */
export interface KeyFacts extends Told {
  readonly kind: Kind;
  readonly allowed: string;
  /** As text; undefined: the key is optional or required. */
  readonly default?: string;
  readonly required: boolean;
}

type Key<T> = v.GenericSchema<string | undefined, T>;

/** A key that has a value in any case. */
export function key<T>(value: Value<T>, { default: byDefault, ...told }: Told & { readonly default: string | number | boolean }): Key<T> {
  const text = String(byDefault);
  return declared(v.optional(value.schema, text) as Key<T>, { ...factsOf(value), ...told, default: text });
}

export function optionalKey<T>(value: Value<T>, told: Told): Key<T | undefined> {
  return declared(v.optional(value.schema) as Key<T | undefined>, { ...factsOf(value), ...told });
}

export function requiredKey<T>(value: Value<T>, told: Told): Key<T> {
  return declared(value.schema as Key<T>, { ...factsOf(value), ...told, required: true });
}

const factsOf = <T>({ kind, allowed }: Value<T>) => ({ kind, allowed, required: false });

const declared = <T>(schema: Key<T>, facts: KeyFacts): Key<T> => v.pipe(schema, v.metadata({ facts }));
