/** The RDS Data API's named parameters, made PostgreSQL's numbered ones. */
import { BadParameter, type SqlParameter, substituted } from "./sql";

/** AWS: a string is sent as text unless a hint says what it is. */
const HINTS: Readonly<Record<string, string>> = {
  DATE: "date",
  DECIMAL: "numeric",
  JSON: "jsonb",
  TIME: "time",
  TIMESTAMP: "timestamp",
  UUID: "uuid",
};

/** Value and PostgreSQL type of a parameter; no type for null, which takes that of its place. */
function typed({ name = "", typeHint, value = {} }: SqlParameter): { value: unknown; type: string } {
  if (value.isNull === true) return { value: null, type: "" };
  if (value.longValue !== undefined) return { value: String(value.longValue), type: "::bigint" };
  if (value.doubleValue !== undefined) return { value: String(value.doubleValue), type: "::double precision" };
  if (value.booleanValue !== undefined) return { value: String(value.booleanValue), type: "::boolean" };
  if (value.blobValue !== undefined) return { value: Buffer.from(value.blobValue, "base64"), type: "::bytea" };
  if (value.arrayValue !== undefined) throw new BadParameter("Array parameters are not supported.");
  if (value.stringValue === undefined) throw new BadParameter(`The value of parameter ${name} is missing`);
  if (typeHint === undefined) return { value: value.stringValue, type: "::text" };
  const hinted = HINTS[typeHint];
  if (hinted === undefined) throw new BadParameter(`Invalid typeHint ${typeHint} of parameter ${name}`);
  return { value: value.stringValue, type: `::${hinted}` };
}

/** Literals, quoted names, comments, dollar quotes and casts are passed over; what else begins with a colon is a parameter. */
const TOKEN =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$[A-Za-z_]*\$)[\s\S]*?\1|::|:=|:(?<name>[A-Za-z_][A-Za-z0-9_]*)/g;

export interface Prepared {
  readonly text: string;
  readonly values: readonly unknown[];
}

export function prepare(sql: string, parameters: readonly SqlParameter[]): Prepared {
  const values: unknown[] = [];
  const places = new Map<string, string>();
  const text = substituted(sql, parameters, TOKEN, (name, parameter) => {
    const known = places.get(name);
    if (known !== undefined) return known;
    const { value, type } = typed(parameter);
    values.push(value);
    const place = `$${values.length}${type}`;
    places.set(name, place);
    return place;
  });
  return { text, values };
}
