/** `npm run preflight -- --stack NAME`: asks the account, before `pulumi up`, what would refuse it or make it slow. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseSettings } from "../../components/settings/settings";
import { PROJECT, stackConfig } from "../../scripts/lib/stack-config";
import { awsAccount } from "./aws-account";
import { checksFor, findings } from "./checks";
import { isClear, table } from "./finding";

const HELP = `npm run preflight -- --stack NAME
Reads Pulumi.NAME.yaml and asks the AWS account what would refuse an update, or make it slow: quotas, regions, zones, engine versions, the
hosted zone and its delegation, settings that an account has once. It changes nothing. Exits 0 only if nothing would be refused.
  --stack NAME   the stack; its file must be here
  --help         this text`;

const ROOT = join(__dirname, "../..");

async function main(): Promise<number> {
  let values: { readonly stack?: string; readonly help?: boolean };
  try {
    ({ values } = parseArgs({ options: { stack: { type: "string" }, help: { type: "boolean" } }, allowPositionals: false }));
  } catch (error) {
    console.error(`preflight: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  if (values.stack === undefined || !/^[\w.-]+$/.test(values.stack)) {
    console.error(`preflight: --stack NAME is missing or no stack's name: "${values.stack ?? ""}"\n\n${HELP}`);
    return 2;
  }
  const file = `Pulumi.${values.stack}.yaml`;
  if (!existsSync(join(ROOT, file))) {
    const stacks = readdirSync(ROOT).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    console.error(`preflight: there is no ${file}; stacks with a file: ${stacks.join(", ")}`);
    return 2;
  }
  const config = stackConfig(join(ROOT, file));
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${PROJECT}:`));
  const settings = parseSettings(Object.fromEntries(own.map(([key, value]) => [key.slice(PROJECT.length + 1), value])));
  const account = awsAccount();
  console.log(`account ${await account.id()}, stack ${values.stack}`);
  const found = await findings(checksFor(settings, account));
  for (const line of table(found)) console.log(line);
  return isClear(found) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`preflight: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    process.exit(1);
  },
);
