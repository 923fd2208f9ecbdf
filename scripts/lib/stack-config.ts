/** Reads a stack's configuration file as the engine would hand it to the program. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Project name as in Pulumi.yaml; configuration keys carry it. */
export const PROJECT = "trade-failover";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Keys with their project prefix → text; objects and lists as JSON, as Pulumi passes them. Overrides win; `undefined` removes a key. */
export function stackConfig(file: string, overrides: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config = isObject(document) && isObject(document["config"]) ? document["config"] : {};
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (isObject(value) && "secure" in value) throw new Error(`${file}: ${key} is encrypted and can't be read here`);
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) delete values[key];
    else values[key] = value;
  }
  return values;
}
