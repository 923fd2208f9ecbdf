/** `npm run verify-sync`, `failover`, `switchover` and `failback`: a deployed stack from an operator's shell. */
import { systemClock } from "../handlers/adapters/clock";
import { awsPlatform } from "./aws-platform";
import { parseCommandLine, Usage } from "./command-line";
import { runMove } from "./move";
import { readStack } from "./stack";
import { verifySync } from "./verify-sync";

const print = (line: string): void => console.log(line);

async function main(): Promise<number> {
  const options = parseCommandLine(process.argv.slice(2));
  const stack = await readStack(options);
  const platform = awsPlatform(stack);
  return options.command === "verify-sync"
    ? await verifySync(stack, platform, print)
    : await runMove(options, stack, { platform, clock: systemClock, print });
}

process.once("SIGINT", () => {
  console.error("stopped watching; an execution that was started goes on");
  process.exit(130);
});

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error instanceof Usage ? error.message : `${error.name}: ${error.message}`) : String(error));
    process.exit(error instanceof Usage ? error.exitCode : 1);
  },
);
