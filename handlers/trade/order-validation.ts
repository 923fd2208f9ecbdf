import type { TradeOrder } from "./order";
import type { FieldError } from "../core/problem";

export const MAX_BODY_BYTES = 16 * 1024;
export const MAX_QUANTITY = 1_000_000_000;
export const MAX_PRICE = 1_000_000_000;

export const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;
const SYMBOL = /^[A-Z][A-Z0-9.-]{0,11}$/;
export const KEY = /^[A-Za-z0-9._:-]{1,128}$/;
const DECIMAL = /^\d{1,10}(\.\d{1,4})?$/;
const FIELDS = ["accountId", "symbol", "side", "quantity", "price"] as const;

/** Unknown fields that an answer names, and letters of each name: what is sent back must not grow with what was sent. */
const UNKNOWN_NAMED = 8;
const NAME_SHOWN = 40;

type Checked = { readonly order: TradeOrder } | { readonly errors: readonly FieldError[] };

/** "223.8200" and 223.82 are one price: no leading or trailing zeros, at most four places. Undefined: not a price. */
export function canonicalPrice(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !DECIMAL.test(text)) return undefined;
  const [whole = "0", places = ""] = text.split(".");
  const kept = places.replace(/0+$/, "");
  const price = `${BigInt(whole)}${kept === "" ? "" : `.${kept}`}`;
  return Number(price) > 0 && Number(price) <= MAX_PRICE ? price : undefined;
}

const RULES: Readonly<Record<(typeof FIELDS)[number], { readonly ok: (value: unknown) => boolean; readonly allowed: string }>> = {
  accountId: { ok: (v) => typeof v === "string" && ACCOUNT.test(v), allowed: "1 to 64 letters, digits, _ or -" },
  symbol: { ok: (v) => typeof v === "string" && SYMBOL.test(v), allowed: "1 to 12 of A-Z, 0-9, . or -, beginning with a letter" },
  side: { ok: (v) => v === "buy" || v === "sell", allowed: '"buy" or "sell"' },
  quantity: {
    ok: (v) => Number.isInteger(v) && Number(v) >= 1 && Number(v) <= MAX_QUANTITY,
    allowed: `a whole number from 1 to ${MAX_QUANTITY}`,
  },
  price: {
    ok: (v) => canonicalPrice(v) !== undefined,
    allowed: `a decimal above 0 and up to ${MAX_PRICE}, at most 4 places, as number or string`,
  },
};

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
  const given = body as Record<string, unknown>;
  const errors: FieldError[] = FIELDS.filter((field) => !RULES[field].ok(given[field])).map((field) => ({
    field,
    detail:
      given[field] === undefined
        ? `is missing; allowed: ${RULES[field].allowed}`
        : `is ${show(given[field])}; allowed: ${RULES[field].allowed}`,
  }));
  errors.push(...unknownFields(Object.keys(given)));
  if (errors.length > 0) return { errors };
  const order = given as unknown as TradeOrder;
  return {
    order: {
      accountId: order.accountId,
      symbol: order.symbol,
      side: order.side,
      quantity: order.quantity,
      price: canonicalPrice(order.price) as string,
    },
  };
}

function unknownFields(given: readonly string[]): FieldError[] {
  const unknown = given.filter((field) => !(FIELDS as readonly string[]).includes(field));
  if (unknown.length === 0) return [];
  const named = unknown.slice(0, UNKNOWN_NAMED).map((field) => (field.length > NAME_SHOWN ? `${field.slice(0, NAME_SHOWN)}…` : field));
  const allowed = `allowed: ${FIELDS.join(", ")}`;
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
