/** `npm run generate`: writes what is made from facts that stand in the code. What it writes is checked in, and compared by tests. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, pulumiYaml } from "./lib/configuration";

const ROOT = join(__dirname, "..");

async function main(): Promise<void> {
  const manifest = join(ROOT, "Pulumi.yaml");
  writeFileSync(manifest, await pulumiYaml(readFileSync(manifest, "utf8")));
  writeFileSync(join(ROOT, "docs", "CONFIGURATION.md"), await configurationPage());
}

void main();
