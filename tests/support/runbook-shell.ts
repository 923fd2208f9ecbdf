/** Runs the runbook's commands as whoever is on duty would: in bash, with AWS's own CLI, whose AWS is the lab. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLI = spawnSync("aws", ["--version"], { encoding: "utf8" });
/** Undefined: this machine has no AWS CLI. */
export const cliVersion = /aws-cli\/(\d+)/.exec(`${CLI.stdout}${CLI.stderr}`)?.[1];
const cliPath = spawnSync("bash", ["-c", "command -v aws"], { encoding: "utf8" }).stdout.trim();

export interface Call {
  /** As the CLI was given it. */
  readonly command: string;
  readonly code: number;
  readonly said: string;
}

/** Exit codes of the CLI, by its versions, for a command that is none. */
export const NO_COMMAND: readonly number[] = [2, 252];

/** `aws` as the runbook calls it; version 1 does not take the endpoint of every service from the environment. Version 1 of the CLI can't tail a log; there the same group is read by the call beneath. */
const SHIM = `#!/bin/bash
if [ "$1 $2" = "logs tail" ] && [ "$RUNBOOK_CLI" = 1 ]; then
  group=$3; shift 3; rest=()
  while [ $# -gt 0 ]; do if [ "$1" = --since ]; then shift 2; else rest+=("$1"); shift; fi; done
  set -- logs filter-log-events --log-group-name "$group" "\${rest[@]}"
fi
out=$("$RUNBOOK_AWS" --endpoint-url "$AWS_ENDPOINT_URL" "$@" 2>"$RUNBOOK_LOG.err"); code=$?
printf '%s\\t%s\\t%s\\n' "$code" "$*" "$(tr '\\n\\t' '  ' < "$RUNBOOK_LOG.err")" >> "$RUNBOOK_LOG"
printf '%s\\n' "$out"
exit $code
`;

/** The text's bash blocks, in order. */
export const commandsIn = (markdown: string): string[] => [...markdown.matchAll(/^```bash\n([^]*?)^```$/gm)].map(([, block = ""]) => block);

/** Runs one block; answers each call of the CLI that it made. */
export async function runBlock(block: string, environment: Readonly<Record<string, string>>): Promise<Call[]> {
  const folder = mkdtempSync(join(tmpdir(), "runbook-"));
  try {
    const [shim, log] = [join(folder, "aws"), join(folder, "log")];
    writeFileSync(shim, SHIM);
    chmodSync(shim, 0o755);
    writeFileSync(log, "");
    const child = spawn("bash", ["-c", block], {
      env: {
        ...process.env,
        ...environment,
        PATH: `${folder}:${process.env.PATH ?? ""}`,
        RUNBOOK_AWS: cliPath,
        RUNBOOK_CLI: cliVersion ?? "",
        RUNBOOK_LOG: log,
      },
      stdio: "ignore",
    });
    await new Promise((resolve) => child.once("close", resolve));
    return readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [code = "", command = "", said = ""] = line.split("\t");
        return { command, code: Number(code), said: said.trim() };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
