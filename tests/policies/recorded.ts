/** What the program registers for each stack file, recorded once a stack and run of the tests. */
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One registration, in the wire's form: secrets and assets are marked objects. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly custom: boolean;
  readonly parent: string;
  /** URN of the provider; empty for what needs none. */
  readonly provider: string;
  readonly inputs: Record<string, unknown>;
  /** What is known of it after the update, under mocks: its inputs, and its identity. */
  readonly outputs: Record<string, unknown>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean | undefined;
  /** URNs that each property was computed from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

const root = join(__dirname, "../..");
const cache = new Map<string, readonly Recorded[]>();

/** Names of all stack files. */
export function stacks(): readonly string[] {
  return readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** A copy that a test may change. `overrides`: configuration keys with their prefix. */
export function recorded(stack: string, overrides: Readonly<Record<string, string>> = {}): Recorded[] {
  const key = JSON.stringify([stack, overrides]);
  const known = cache.get(key) ?? run(stack, overrides);
  cache.set(key, known);
  return structuredClone(known) as Recorded[];
}

function run(stack: string, overrides: Readonly<Record<string, string>>): readonly Recorded[] {
  const folder = mkdtempSync(join(tmpdir(), "trade-failover-policies-"));
  try {
    const file = join(folder, "registrations.json");
    const child = spawnSync(process.execPath, ["--import", "tsx", join(__dirname, "record.ts"), stack, file, JSON.stringify(overrides)], {
      cwd: root,
      encoding: "utf8",
    });
    if (child.status !== 0) throw new Error(`the program of stack ${stack} failed: ${child.stderr}`);
    return withRegions(JSON.parse(readFileSync(file, "utf8")) as Recorded[]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Services whose ARNs name no region, because there is one of each for all. */
const REGIONLESS = /^(aws:iam|aws:route53|aws:rds\/globalCluster)/;

/** The mocks give every resource an ARN of one region; here each gets that of its provider, and of its service. */
function withRegions(all: readonly Recorded[]): readonly Recorded[] {
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
