import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseCommandLine, Usage } from "../../operate/command-line";
import { readStack } from "../../operate/stack";

const refusal = (...argv: string[]): Usage => {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (error instanceof Usage) return error;
    throw error;
  }
  throw new Error(`${argv.join(" ")} was accepted`);
};

describe("operate: the command line", () => {
  it("takes what it documents", () => {
    expect(parseCommandLine(["verify-sync", "--stack", "prod", "--outputs", "o.json"])).to.deep.equal({
      command: "verify-sync",
      stack: "prod",
      outputs: "o.json",
    });
    expect(parseCommandLine(["failover", "--stack=prod", "--to", "us-east-2", "--reason", "game day", "--dry-run"])).to.include({
      command: "failover",
      to: "us-east-2",
      reason: "game day",
      dryRun: true,
    });
    expect(parseCommandLine(["switchover", "--stack", "prod"])).to.include({ dryRun: false, to: undefined });
    expect(parseCommandLine(["failback", "--stack", "prod"])).to.include({ command: "failback", to: undefined });
  });

  it("refuses everything else by name, and shows what is allowed", () => {
    expect(refusal("promote").message).to.equal('"promote" is no command; allowed: verify-sync, failover, switchover, failback');
    expect(refusal("failover").message).to.match(/^failover: --stack NAME is missing\n\nnpm run failover/);
    expect(refusal("failover", "--stack", "").message).to.match(/^failover: --stack needs a value/);
    expect(refusal("failover", "--stack", "a", "--force").message).to.match(/^failover: Unknown option '--force'/);
    expect(refusal("verify-sync", "--stack", "a", "--to", "us-east-2").message).to.match(/^verify-sync: Unknown option '--to'/);
    expect(refusal("failback", "--stack", "a", "--to", "us-east-2").message).to.match(/^failback: Unknown option '--to'/);
    expect(refusal("switchover", "--stack", "a", "now").message).to.match(/^switchover: Unexpected argument 'now'/);
    expect(refusal("switchover").exitCode).to.equal(2);
    expect(refusal("switchover", "--help").exitCode).to.equal(0);
  });
});

describe("operate: the stack's outputs", () => {
  const site = (region: string): Record<string, string> => ({
    region,
    failoverArn: `arn:aws:states:${region}:1:stateMachine:failover`,
    switchoverArn: `arn:aws:states:${region}:1:stateMachine:switchover`,
    parityFunction: `parity-${region}`,
    ledgerClusterArn: `arn:aws:rds:${region}:1:cluster:ledger`,
    ledgerSecretArn: `arn:aws:secretsmanager:${region}:1:secret:ledger`,
    url: `https://${region}.example.com`,
  });
  const outputs = {
    primarySiteOutputs: site("us-east-1"),
    standbySiteOutputs: site("us-east-2"),
    leaseTable: "lease",
    journalTable: "journal",
    budgetSeconds: 60,
    globalClusterId: "global",
    maxSwitchoverLagSeconds: 5,
    publicUrl: "https://trades.example.com",
  };
  const read = async (text: string): Promise<unknown> => {
    const folder = mkdtempSync(join(tmpdir(), "operate-"));
    try {
      const file = join(folder, "outputs.json");
      writeFileSync(file, text);
      return await readStack({ stack: "prod", outputs: file }).catch((error: unknown) => (error as Error).message);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it("are read from a file", async () => {
    expect(await read(JSON.stringify(outputs))).to.deep.include({
      name: "prod",
      leaseTable: "lease",
      sites: [outputs.primarySiteOutputs, outputs.standbySiteOutputs],
    });
  });

  it("are refused in one error when they are another program's, or nothing's", async () => {
    const wrong = await read(JSON.stringify({ ...outputs, leaseTable: undefined, standbySiteOutputs: { region: "us-east-2" } }));
    expect(wrong).to.match(/are not those of a deployed stack of this program/);
    for (const part of ["standbySiteOutputs.failoverArn", "standbySiteOutputs.parityFunction", "leaseTable"])
      expect(wrong).to.include(part);
    expect(await read("Error: no stack")).to.match(/are no JSON/);
    expect(await readStack({ stack: "prod", outputs: "/nowhere/o.json" }).catch((error: unknown) => (error as Error).message)).to.match(
      /^--outputs \/nowhere\/o\.json can't be read: ENOENT/,
    );
  });
});
