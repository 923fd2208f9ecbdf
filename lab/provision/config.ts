/** Reads a stack's configuration file as the engine would hand it to the program. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { isPlain } from "./values";

/** Keys with their project prefix → text; objects and lists as JSON, as Pulumi passes them. Overrides win; `undefined` removes a key. */
export function stackConfig(file: string, overrides: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config = isPlain(document) && isPlain(document["config"]) ? document["config"] : {};
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (isPlain(value) && "secure" in value) throw new Error(`${file}: ${key} is encrypted; the lab can't read it`);
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) delete values[key];
    else values[key] = value;
  }
  return values;
}
