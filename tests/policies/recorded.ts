/** What the program registers for each stack file, as the engine would hand it to a policy pack. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { evaluated } from "../support/evaluation/evaluations";
import type { Registered } from "../support/evaluation/registered";
import { stackFile } from "../support/registrations";

/** A registration whose `provider` is the provider's URN alone. */
export type Recorded = Registered;

/** Names of all stack files. */
export function stacks(): readonly string[] {
  return readdirSync(join(__dirname, "../..")).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** A copy that a test may change. `overrides`: configuration keys with their prefix. */
export async function recorded(stack: string, overrides: Readonly<Record<string, string>> = {}): Promise<Recorded[]> {
  const { registered } = await evaluated({ stack, config: { ...stackFile(stack), ...overrides }, states: {}, arns: "alike" });
  return withRegions(registered.map((one) => ({ ...one, provider: one.provider.split("::").slice(0, -1).join("::") })));
}

/** Services whose ARNs name no region, because there is one of each for all. */
const REGIONLESS = /^(aws:iam|aws:route53|aws:rds\/globalCluster)/;

/** The mocks give every resource an ARN of one region; here each gets that of its provider, and of its service. */
function withRegions(all: readonly Recorded[]): Recorded[] {
  const regions = new Map(all.filter(({ type }) => type === "pulumi:providers:aws").map(({ urn, inputs }) => [urn, String(inputs.region)]));
  const owners = new Map(
    all.map(({ type, outputs, provider }) => [
      outputs.arn,
      { service: type.split(":")[1]?.split("/")[0] ?? "", region: REGIONLESS.test(type) ? "" : regions.get(provider) },
    ]),
  );
  const mended = JSON.stringify(all).replace(
    /arn:aws:mock:([a-z0-9-]+):(\d+):([\w./-]+)/g,
    (_, region: string, account: string, name: string) => {
      const owner = owners.get(mock(name)) ?? owners.get(mock(name.replace(/\/[^/]*$/, "")));
      // A program that names another region in an ARN means it.
      // Keys are known by a number, which is the same in all regions for a replica of a key.
      if (owner?.service === "kms")
        return `arn:aws:kms:${owner.region ?? MOCKED}:${account}:key/mrk-${createHash("md5")
          .update(name.replace(/-(key|replica)$/, ""))
          .digest("hex")}`;
      return `arn:aws:${owner?.service ?? "mock"}:${region === MOCKED ? (owner?.region ?? MOCKED) : region}:${account}:${name}`;
    },
  );
  return JSON.parse(mended) as Recorded[];
}

const MOCKED = "us-east-1";

function mock(name: string): string {
  return `arn:aws:mock:${MOCKED}:123456789012:${name}`;
}
