/** Reads a stack's configuration file as the engine would hand it to the program. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(__dirname, "../..");

/** Project name as in Pulumi.yaml; configuration keys carry it. */
export const PROJECT = "trade-failover";

/** The stacks that have a file, by name. */
export const stackNames = (): string[] => readdirSync(ROOT).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

export const stackFile = (stack: string): string => join(ROOT, `Pulumi.${stack}.yaml`);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Keys with their project prefix → text; objects and lists as JSON, as Pulumi passes them. Overrides win; `undefined` removes a key. */
export function stackConfig(file: string, overrides: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config = isObject(document) && isObject(document["config"]) ? document["config"] : {};
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (isObject(value) && "secure" in value) throw new Error(`${file}: ${key} is encrypted and can't be read here`);
    // Only who runs the stack can read it: what goes without is left out, with the group that it is in.
    if (isObject(value) && Object.values(value).some((member) => isObject(member) && "secure" in member)) continue;
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  for (const [key, value] of Object.entries(overrides)) {
    dropMember(values, key);
    if (value === undefined) delete values[key];
    else values[key] = value;
  }
  return values;
}

/** Takes `database.engine` out of the object `database`: where a key is given in both ways, the program takes the object's. */
function dropMember(values: Record<string, string>, key: string): void {
  const [, group = "", member = ""] = /^(.+)\.(.+)$/.exec(key) ?? [];
  if (values[group] === undefined) return;
  const { [member]: _, ...others } = JSON.parse(values[group]) as Record<string, unknown>;
  values[group] = JSON.stringify(others);
}
