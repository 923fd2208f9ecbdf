/** `npm run cost`: docs/COST.md. `--check`: fails where it is not current. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { registrationsOf } from "../diagram/register";
import { bundleHandlers, bundleService } from "../lib/bundle";
import { stackNames } from "../lib/stack-config";
import { costPage, type PricedStack } from "./page";

const FILE = join(__dirname, "../../docs/COST.md");

async function main(args: readonly string[]): Promise<number> {
  await Promise.all([bundleHandlers(), bundleService()]);
  const stacks: PricedStack[] = [];
  for (const name of stackNames().sort()) stacks.push({ name, registrations: await registrationsOf(name) });
  const text = await format(costPage(stacks), { ...(await resolveConfig(FILE)), filepath: FILE });
  if (!args.includes("--check")) writeFileSync(FILE, text);
  else if (!existsSync(FILE) || readFileSync(FILE, "utf8") !== text) {
    console.error("docs/COST.md is not what the program registers: npm run cost makes it anew");
    return 1;
  }
  return 0;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
