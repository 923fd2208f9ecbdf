import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));
const SITE = v.object({
  region: text,
  failoverArn: text,
  switchoverArn: text,
  parityFunction: text,
  ledgerClusterArn: text,
  ledgerSecretArn: text,
  /** Of the region's own endpoint, without a slash at its end. */
  url: text,
});
const OUTPUTS = v.object({
  primarySiteOutputs: SITE,
  standbySiteOutputs: SITE,
  /** Empty where the stack has no domain. */
  publicUrl: v.string(),
  leaseTable: text,
  journalTable: text,
  /** How long clients of the public name may wait in a failover. */
  budgetSeconds: v.pipe(v.number(), v.minValue(1)),
  globalClusterId: text,
  maxSwitchoverLagSeconds: v.pipe(v.number(), v.minValue(0)),
});

export type Site = v.InferOutput<typeof SITE>;

/** A deployed stack, as its outputs tell. */
export interface Stack {
  readonly name: string;
  /** Home primary first. */
  readonly sites: readonly [primary: Site, standby: Site];
  readonly publicUrl: string;
  readonly leaseTable: string;
  readonly journalTable: string;
  readonly budgetSeconds: number;
  readonly globalClusterId: string;
  readonly maxSwitchoverLagSeconds: number;
}

/** @throws one error that names what is missing and where it was expected */
export async function readStack({ stack, outputs }: { readonly stack: string; readonly outputs?: string }): Promise<Stack> {
  const source = outputs ?? `stack ${stack}`;
  const json = outputs === undefined ? await askPulumi(stack) : await readOutputs(outputs);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new Error(`the outputs of ${source} are no JSON`);
  }
  const result = v.safeParse(OUTPUTS, parsed);
  if (!result.success) {
    const wrong = result.issues.map(({ path, message }) => `${path?.map(({ key }) => String(key)).join(".") ?? "all of it"}: ${message}`);
    throw new Error(`the outputs of ${source} are not those of a deployed stack of this program:\n- ${wrong.join("\n- ")}`);
  }
  const { primarySiteOutputs, standbySiteOutputs, ...rest } = result.output;
  return { name: stack, sites: [primarySiteOutputs, standbySiteOutputs], ...rest };
}

async function readOutputs(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`--outputs ${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function askPulumi(stack: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("pulumi", ["stack", "output", "--json", "--stack", stack], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT")
        reject(new Error("the pulumi CLI is not on the PATH: install it, or give the stack's outputs by --outputs FILE"));
      else reject(new Error(`pulumi stack output --stack ${stack} failed: ${stderr.trim() || error.message}`));
    });
  });
}
