import * as v from "valibot";
import { ORDER, type TradeOrder } from "./order";
import type { FieldError } from "../core/problem";

export const MAX_BODY_BYTES = 16 * 1024;
export const KEY = /^[A-Za-z0-9._:-]{1,128}$/;

/** Unknown fields that an answer names, and letters of each name: what is sent back must not grow with what was sent. */
const UNKNOWN_NAMED = 8;
const NAME_SHOWN = 40;

type Field = keyof typeof ORDER.entries;

type Checked = { readonly order: TradeOrder } | { readonly errors: readonly FieldError[] };

/** What was given, in short. A list or an object is named and not shown: nested deep enough, it can't be written out. */
const show = (value: unknown): string => {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** Checks a request's body; every field that is wrong is named at once, unknown fields too. */
export function checkOrder(body: unknown): Checked {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { errors: [{ field: "body", detail: "must be a JSON object" }] };
  const given = body as Readonly<Record<string, unknown>>;
  const { success, output, issues = [] } = v.safeParse(ORDER, given, { abortPipeEarly: true });
  const errors = [...issues.map((issue) => wrongField(v.getDotPath(issue) as Field, given)), ...unknownFields(Object.keys(given))];
  return success && errors.length === 0 ? { order: output } : { errors };
}

function wrongField(field: Field, given: Readonly<Record<string, unknown>>): FieldError {
  const value = given[field];
  return {
    field,
    detail: `${value === undefined ? "is missing" : `is ${show(value)}`}; allowed: ${v.getDescription(ORDER.entries[field])}`,
  };
}

function unknownFields(given: readonly string[]): FieldError[] {
  const unknown = given.filter((field) => !Object.hasOwn(ORDER.entries, field));
  if (unknown.length === 0) return [];
  const named = unknown.slice(0, UNKNOWN_NAMED).map((field) => (field.length > NAME_SHOWN ? `${field.slice(0, NAME_SHOWN)}…` : field));
  const allowed = `allowed: ${Object.keys(ORDER.entries).join(", ")}`;
  const errors = named.map((field) => ({ field, detail: `is not a field of a trade; ${allowed}` }));
  const more = unknown.length - named.length;
  return more === 0 ? errors : [...errors, { field: "body", detail: `has ${more} more unknown fields; ${allowed}` }];
}

/** Undefined when the key is a good one. */
export function checkIdempotencyKey(key: string | undefined): FieldError | undefined {
  if (key !== undefined && KEY.test(key)) return undefined;
  return {
    field: "Idempotency-Key",
    detail: `${key === undefined ? "is missing" : `is ${show(key)}`}; allowed: 1 to 128 letters, digits, . _ : or -`,
  };
}
