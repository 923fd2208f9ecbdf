/** `npm run diagram`: docs/topology-<stack>.svg of each stack file, or with the stacks' names of these alone. `--check`: fails where one is not current. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleHandlers, bundleService } from "../lib/bundle";
import { stackConfig, stackFile, stackNames } from "../lib/stack-config";
import { draw } from "./draw";
import { graphOf } from "./graph";
import { registrationsOf } from "./register";

const ROOT = join(__dirname, "../..");

async function main(args: readonly string[]): Promise<number> {
  const asked = args.filter((argument) => argument !== "--check");
  const unknown = asked.find((name) => !stackNames().includes(name));
  if (unknown !== undefined) {
    console.error(`diagram: there is no stack file for "${unknown}"; allowed: ${stackNames().join(", ")}`);
    return 2;
  }
  const check = args.includes("--check");
  const [only, ...more] = asked;
  if (only !== undefined && more.length === 0) return await one(only, check);
  // A program registers when it is loaded, and is loaded once in a process.
  const failed = (asked.length > 0 ? asked : stackNames()).filter((stack) => {
    const own = [...process.execArgv, __filename, stack, ...(check ? ["--check"] : [])];
    return spawnSync(process.execPath, own, { cwd: ROOT, stdio: "inherit" }).status !== 0;
  });
  return failed.length === 0 ? 0 : 1;
}

async function one(stack: string, check: boolean): Promise<number> {
  await Promise.all([bundleHandlers(), bundleService()]);
  const file = join(ROOT, "docs", `topology-${stack}.svg`);
  const svg = await pictureOf(stack);
  if (!check) writeFileSync(file, svg);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== svg) {
    console.error(`docs/topology-${stack}.svg is not what the program registers: npm run diagram makes it anew`);
    return 1;
  }
  return 0;
}

async function pictureOf(stack: string): Promise<string> {
  const config = stackConfig(stackFile(stack));
  const regions = {
    primary: config["trade-failover:primaryRegion"] ?? "us-east-1",
    standby: config["trade-failover:standbyRegion"] ?? "us-east-2",
  };
  return await draw(graphOf(await registrationsOf(stack)), `trade-failover, stack ${stack}`, regions);
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
