/**
 * A resource's properties as plain data. In a preview, what the cloud will only tell after the update is `UNKNOWN`; reading it never throws, and
 * whoever judges decides what it means (in this pack: never a violation).
 */

import { types } from "node:util";

const { isPromise } = types;

/** Stands for a value that is not known before the update. */
export const UNKNOWN: unique symbol = Symbol("known after the update");

export type Value = undefined | null | boolean | number | string | typeof UNKNOWN | readonly Value[] | Values;
export interface Values {
  readonly [key: string]: Value;
}

/** The policy server throws this when an unknown property is read. */
function isUnknownError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "unknownTypeSentinel" in error;
}

/** Copies what the policy server hands out (proxies that throw at unknown values; assets that hold promises) into plain data. */
export async function plain(source: unknown): Promise<Value> {
  const holder: Record<string, Value> = {};
  let late: Late[] = [];
  copy({ source }, "source", holder, late);
  // Promises are rare, so all else is copied at once, and only what they hold afterwards.
  while (late.length > 0) {
    const now = late;
    late = [];
    for (const { promise, into, key } of now) copy({ source: await promise }, "source", into, late, key);
  }
  return holder.source;
}

interface Late {
  readonly promise: unknown;
  readonly into: Record<string, Value>;
  readonly key: string;
}

function copy(from: Record<string, unknown>, key: string, into: Record<string, Value>, late: Late[], name = key): void {
  const source = read(from, key);
  if (source === null || typeof source !== "object") {
    if (typeof source !== "function") into[name] = source as Value;
  } else if (source instanceof Promise) late.push({ promise: bare(source), into, key: name });
  else {
    const target = (Array.isArray(source) ? [] : {}) as Record<string, Value>;
    for (const each of Object.keys(source)) if (!each.startsWith("__")) copy(source as Record<string, unknown>, each, target, late);
    into[name] = target;
  }
}

function read(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key];
  } catch (error) {
    if (isUnknownError(error)) return UNKNOWN;
    throw error;
  }
}

/** A proxied promise can't be awaited; the policy server's proxies, which may lie in one another, hand out what is behind them under this name. */
function bare(source: Promise<unknown>): unknown {
  let behind: unknown = source;
  while (!isPromise(behind) && behind instanceof Promise)
    behind = (behind as unknown as Record<string, unknown>)["__getSpecialProxyTarget"];
  return behind;
}

/** True if the properties hold an asset or archive anywhere: those contain promises. */
export function holdsAssets(source: object): boolean {
  return Object.keys(source).some((key) => {
    const value = read(source as Record<string, unknown>, key);
    return value instanceof Promise || (typeof value === "object" && value !== null && holdsAssets(value));
  });
}

export function isRecord(value: Value): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path, or `UNKNOWN` if any step of the path is unknown. */
export function at(value: Value, ...path: readonly (string | number)[]): Value {
  let here = value;
  for (const step of path) {
    if (here === UNKNOWN) return UNKNOWN;
    if (Array.isArray(here)) here = (here as readonly Value[])[Number(step)];
    else if (isRecord(here)) here = here[step];
    else return undefined;
  }
  return here;
}

/** Whether the rule holds, or can't be judged yet. */
export function passes(value: Value, rule: (value: Value) => boolean): boolean {
  return value === UNKNOWN || rule(value);
}

/** Absent, null, empty text or empty list: providers write each of these for "not set". */
export function isAbsent(value: Value): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

export function isTrue(value: Value): boolean {
  return value === true || value === "true";
}

/** Absent counts as false. */
export function isFalse(value: Value): boolean {
  return isAbsent(value) || value === false || value === "false";
}

export function isText(value: Value): value is string {
  return typeof value === "string" && value !== "";
}

/** A number, also where a provider writes it as text. */
export function number(value: Value): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

/** A block or a list of blocks, as a list: providers write single blocks either way. An unknown list is one unknown member. */
export function list(value: Value): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

/** A JSON text as data; data as it is; `undefined` if it is neither. */
export function json(value: Value): Value {
  if (typeof value !== "string") return isRecord(value) || Array.isArray(value) || value === UNKNOWN ? value : undefined;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return undefined;
  }
}
