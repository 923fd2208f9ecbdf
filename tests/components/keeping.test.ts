import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const statementsOf = (program: Program, policyName: string): readonly Statement[] => {
  const policy = program.resources.find(({ name }) => name === policyName)?.inputs.policy;
  return (JSON.parse(String(policy)) as { Statement: readonly Statement[] }).Statement;
};

describe("the backups", function () {
  this.timeout(120_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const named = (name: string): Record<string, unknown> => {
    const found = program.resources.find((one) => one.name === name);
    if (!found) throw new Error(`nothing is named ${name}`);
    return found.inputs;
  };
  const arn = (name: string): string => `arn:aws:mock:us-east-1:123456789012:${name}`;

  before(async () => {
    program = await register("prod");
  });

  it("of each site are made each day and copied to the other site's vault, both kept equally long", () => {
    for (const [site, peer] of [
      ["primary", "standby"],
      ["standby", "primary"],
    ] as const) {
      const rules = named(`${site}-backup-plan`).rules as Record<string, unknown>[];
      expect(rules).to.have.length(1);
      expect(rules[0]).to.deep.include({
        targetVaultName: `trade-${site}-backups-prod`,
        lifecycle: { deleteAfter: 365 },
        copyActions: [{ destinationVaultArn: arn(`trade-${peer}-backups-prod`), lifecycle: { deleteAfter: 365 } }],
      });
      expect(rules[0]?.schedule).to.match(/^cron\(0 10 \* \* \? \*\)$/);
    }
  });

  it("have the ledger, all tables and all replicated buckets of the region in them, by name", () => {
    for (const [site, region] of [
      ["primary", "us-east-1"],
      ["standby", "us-east-2"],
    ] as const) {
      const tables = ["journal", "lease", "sessions"].map((table) => `arn:aws:dynamodb:${region}:123456789012:table/trade-${table}-prod`);
      const buckets = ["audit", "assets", "configuration"].map((purpose) => arn(`${site}-objects-${purpose}-bucket`));
      expect(named(`${site}-backup-selection`).resources).to.have.members([arn(`${site}-ledger-cluster`), ...tables, ...buckets]);
    }
  });

  it("lie in vaults under the region's own key, locked where the stack says so, and left open elsewhere", async () => {
    for (const site of ["primary", "standby"]) {
      expect(named(`${site}-backups-vault`).kmsKeyArn).to.equal(arn(`${site}-key-key`));
      expect(named(`${site}-backups-lock`)).to.deep.include({ minRetentionDays: 365, changeableForDays: 7 });
    }
    const dev = await register("dev");
    expect(dev.resources.filter(({ type }) => type === "aws:backup/vaultLockConfiguration:VaultLockConfiguration")).to.deep.equal([]);
  });

  it("are made with a role that reads, copies and marks, and neither restores nor deletes data", () => {
    expect(of("aws:iam/role:Role").filter(({ inputs }) => String(inputs.assumeRolePolicy).includes("backup.amazonaws.com"))).to.have.length(
      2,
    );
    const actions = statementsOf(program, "primary-backup-policy").flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /Restore|:Delete(?!DBClusterSnapshot|Rule)|PutObject$|PutItem|Batch/.test(action))).to.deep.equal([]);
    const deleting = statementsOf(program, "primary-backup-policy").filter(({ Action }) =>
      [Action].flat().includes("rds:DeleteDBClusterSnapshot"),
    );
    for (const { Resource } of deleting) for (const one of [Resource].flat()) expect(one).to.match(/:cluster-snapshot:awsbackup:\*$/);
  });

  it("that were not made are noticed within a day", () => {
    for (const site of ["primary", "standby"]) {
      expect(named(`${site}-alarms-no-backup`)).to.deep.include({
        dimensions: { BackupVaultName: `trade-${site}-backups-prod` },
        comparisonOperator: "LessThanThreshold",
        treatMissingData: "breaching",
      });
    }
  });
});

describe("the game day", function () {
  this.timeout(120_000);

  it("is no part of a stack that has not asked for it", async () => {
    const program = await register("prod");
    expect(program.resources.filter(({ type }) => type.startsWith("aws:fis/"))).to.deep.equal([]);
  });

  it("cuts either region off for the minutes that the stack says, and ends at once when trades can't be settled", async () => {
    const program = await register("prod", { "trade-failover:gameDay": '{"enabled":true,"minutes":15}' });
    const templates = program.resources.filter(({ type }) => type === "aws:fis/experimentTemplate:ExperimentTemplate");
    expect(templates.map(({ name }) => name)).to.have.members(["primary-game-day-template", "standby-game-day-template"]);
    for (const { name, inputs } of templates) {
      const [site, region, peerRegion] = name.startsWith("primary")
        ? ["primary", "us-east-1", "us-east-2"]
        : ["standby", "us-east-2", "us-east-1"];
      expect(inputs.stopConditions).to.deep.equal([
        { source: "aws:cloudwatch:alarm", value: `arn:aws:cloudwatch:${region}:123456789012:alarm:trade-${site}-sentinel-silent-prod` },
        { source: "aws:cloudwatch:alarm", value: `arn:aws:cloudwatch:${region}:123456789012:alarm:trade-${site}-trades-dead-letters-prod` },
      ]);
      // One of them at least rings while the shortest experiment lasts, of which five minutes pass before it begins.
      const watching = ["sentinel-silent", "trades-dead-letters"].map(
        (alarm) => program.resources.find((one) => one.inputs.name === `trade-${site}-${alarm}-prod`)?.inputs,
      );
      const seconds = watching.map((alarm) => Number(alarm?.period) * Number(alarm?.evaluationPeriods));
      expect(Math.min(...seconds)).to.be.at.most((10 - 5) * 60);
      const targets = inputs.targets as { name: string; resourceArns: string[] }[];
      expect(targets.map(({ resourceArns }) => resourceArns.length)).to.deep.equal([3, 3, 3]);
      const actions = inputs.actions as { parameters: { key: string; value: string }[]; target: { value: string } }[];
      for (const { parameters, target } of actions) {
        expect(targets.map((one) => one.name)).to.include(target.value);
        expect(parameters[0]).to.deep.equal({ key: "duration", value: "PT15M" });
        for (const { value } of parameters.slice(1)) expect(value).to.equal(peerRegion);
      }
    }
  });

  it("changes this stack's things only, or what it has made and marked itself", async () => {
    const program = await register("prod", { "trade-failover:gameDay": '{"enabled":true,"minutes":15}' });
    const READS = /:(Describe|List|Get)|^logs:(Create|Put)/;
    for (const { Action, Resource, Condition } of statementsOf(program, "primary-game-day-policy")) {
      const changing = [Action].flat().filter((action) => !READS.test(action));
      if (changing.length === 0) continue;
      if (changing.join() === "dynamodb:InjectError") {
        // AWS knows no resource for it: the region is all that it can be held to.
        expect(Condition).to.deep.equal({ StringEquals: { "aws:RequestedRegion": "us-east-1" } });
        continue;
      }
      const own = [Resource].flat().every((one) => /trade-|primary-(objects|network)-/.test(one));
      const places = [Resource].flat().every((one) => /:(vpc|vpc-endpoint|security-group|route-table|subnet)\/|primary-network-/.test(one));
      expect(own || places || JSON.stringify(Condition ?? {}).includes("managedByFIS"), changing.join()).to.equal(true);
    }
  });
});
