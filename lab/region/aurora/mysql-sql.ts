/** The RDS Data API's named parameters, written into a statement of MySQL's family. */
import { escape } from "mysql2";
import { BadParameter, type SqlParameter, substituted } from "./sql";

/** AWS: hints of how a string is to be taken. To MySQL, which takes a string for any of them, they say nothing. */
const HINTS: readonly string[] = ["DATE", "DECIMAL", "JSON", "TIME", "TIMESTAMP", "UUID"];

function literal({ name = "", typeHint, value = {} }: SqlParameter): string {
  if (value.isNull === true) return "NULL";
  if (value.arrayValue !== undefined) throw new BadParameter("Array parameters are not supported.");
  if (typeHint !== undefined && !HINTS.includes(typeHint)) throw new BadParameter(`Invalid typeHint ${typeHint} of parameter ${name}`);
  const given = value.longValue ?? value.doubleValue ?? value.booleanValue ?? value.stringValue;
  if (given !== undefined) return escape(given);
  if (value.blobValue !== undefined) return escape(Buffer.from(value.blobValue, "base64"));
  throw new BadParameter(`The value of parameter ${name} is missing`);
}

/** Literals, quoted names, comments and assignments are passed over; what else begins with a colon is a parameter. */
const TOKEN =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|--\s[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|:=|:(?<name>[A-Za-z_][A-Za-z0-9_]*)/g;

export const written = (sql: string, parameters: readonly SqlParameter[]): string =>
  substituted(sql, parameters, TOKEN, (_, parameter) => literal(parameter));
