import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnforcementLevel, PolicySeverity } from "@pulumi/pulumi/proto/analyzer_pb";
import { expect } from "chai";
import { policies } from "../../policies/all";
import { PackServer, type PackConfig } from "./pack-server";
import { recorded, stacks, type Recorded } from "./recorded";
import { resource, set, UNKNOWN_TEXT, world } from "./world";

const CONFIGS: Readonly<Record<string, string>> = { dev: "dev", prod: "prod", fargate: "fargate", autoscaling: "autoscaling" };

/** What a stack has only where its configuration asks for it. */
const OPTIONAL_PARTS = {
  "trade-failover:gameDay": '{"enabled":true}',
  "trade-failover:regionSwitch": '{"enabled":true}',
  "trade-failover:operatorPrincipal": "arn:aws:iam::123456789012:role/trading/operators",
};

function configOf(name: string): PackConfig {
  return JSON.parse(readFileSync(join(__dirname, `../../policies/config/${name}.json`), "utf8")) as PackConfig;
}

/** What a first preview knows: nothing that was computed from another resource. */
function asPreviewed(all: readonly Recorded[]): readonly Recorded[] {
  const custom = new Set(all.filter((one) => one.custom).map(({ urn }) => urn));
  return all.map((one) => {
    const open = Object.keys(one.sources).filter((key) => one.sources[key]?.some((urn) => custom.has(urn)));
    const hide = (properties: Record<string, unknown>): Record<string, unknown> => ({
      ...properties,
      ...Object.fromEntries(open.map((key) => [key, UNKNOWN_TEXT])),
    });
    const inputs = hide(one.inputs);
    return { ...one, inputs, outputs: { ...inputs, id: UNKNOWN_TEXT, arn: UNKNOWN_TEXT } };
  });
}

describe("the pack, served as the engine does", function () {
  this.timeout(240_000);
  let pack: PackServer;

  before(async () => {
    pack = await PackServer.start();
  });
  after(() => pack.stop());

  it("tells its name, version and policies, each with what the engine shows of it", async () => {
    const info = await pack.info();
    expect([info.getName(), info.getVersion(), info.getSupportsconfig()]).to.deep.equal(["trade-failover", "0.1.0", true]);
    expect(info.getPoliciesList().map((one) => one.getName())).to.deep.equal(policies.map(({ name }) => name));
    for (const one of info.getPoliciesList()) {
      expect(one.getEnforcementlevel(), one.getName()).to.equal(EnforcementLevel.MANDATORY);
      expect(one.getSeverity(), one.getName()).to.not.equal(PolicySeverity.POLICY_SEVERITY_UNSPECIFIED);
      expect(one.getRemediationSteps().length, one.getName()).to.be.above(20);
      for (const [key, schema] of Object.entries(one.getConfigschema()?.getProperties()?.toJavaScript() ?? {})) {
        expect(schema, `${one.getName()} ${key}`).to.include.keys("type", "default", "description");
      }
    }
  });

  it("gives each policy a name of its own", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  for (const stack of stacks()) {
    describe(`stack ${stack}`, () => {
      let all: readonly Recorded[];

      before(async () => {
        all = await recorded(stack);
        const config = CONFIGS[stack];
        await pack.configure(config === undefined ? {} : configOf(config));
      });

      it("violates nothing", async () => {
        const started = process.hrtime.bigint();
        const found = await pack.judge(all);
        const seconds = Number(process.hrtime.bigint() - started) / 1e9;
        console.log(`      ${all.length} registrations judged in ${seconds.toFixed(2)} s`);
        expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
      });

      it("violates nothing in a first preview, where identities are not known", async () => {
        const found = await pack.judge(asPreviewed(all));
        expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
      });
    });
  }

  // A stack with servers says which ports are public, and one with a longer budget says so.
  for (const stack of ["dev", "prod"]) {
    it(`${stack} violates nothing without any configuration either`, async () => {
      await pack.configure({});
      const found = await pack.judge(await recorded(stack));
      expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
    });
  }

  it("prod violates nothing with what is off by default, either", async () => {
    await pack.configure(configOf("prod"));
    const all = await recorded("prod", OPTIONAL_PARTS);
    for (const type of ["aws:fis/experimentTemplate:ExperimentTemplate", "aws:arcregionswitch/plan:Plan"])
      expect(
        all.some((one) => one.type === type),
        type,
      ).to.equal(true);
    for (const registered of [all, asPreviewed(all)]) {
      const found = await pack.judge(registered);
      expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
    }
  });

  it("dev violates nothing when it is to be thrown away, either", async () => {
    await pack.configure(configOf("dev"));
    const found = await pack.judge(await recorded("dev", { "trade-failover:deletionProtection": "false" }));
    expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
  });

  it("prod violates nothing with its ledger on MySQL, either", async () => {
    await pack.configure(configOf("prod"));
    const all = await recorded("prod", { "trade-failover:database": '{"engine":"aurora-mysql","backupRetentionDays":35}' });
    expect(all.some(({ inputs }) => inputs.family === "aurora-mysql8.0")).to.equal(true);
    const found = await pack.judge(all);
    expect(found.map(({ policy, message }) => `${policy}: ${message}`)).to.deep.equal([]);
  });

  it("is not stopped by a resource of which nothing is known, whatever its type", async () => {
    await pack.configure({});
    const all = await recorded("prod");
    const kinds = [...new Map(all.filter(({ type }) => type.startsWith("aws:")).map((one) => [one.type, one])).values()];
    for (const one of kinds) {
      const keys = Object.keys(one.inputs);
      const open = { ...one, inputs: Object.fromEntries(keys.map((key) => [key, UNKNOWN_TEXT])) };
      const found = await pack.analyze(open, all);
      expect(found.map(({ policy }) => `${one.type}: ${policy}`)).to.deep.equal([]);
    }
  });

  it("is not stopped by values of any wrong type in any property", async () => {
    const all = await recorded("prod");
    const kinds = [...new Map(all.filter(({ type }) => type.startsWith("aws:")).map((one) => [one.type, one])).values()];
    const wrong = (one: Recorded, value: unknown): Record<string, unknown> =>
      Object.fromEntries(Object.keys(one.inputs).map((key) => [key, value]));
    for (const value of [null, 42, "{", [null], { a: { b: [null] } }]) {
      for (const one of kinds) await pack.analyze({ ...one, inputs: wrong(one, value) }, all);
      // One of each kind, among others that are as they should be.
      await pack.analyzeStack(all.map((one) => (kinds.includes(one) ? { ...one, outputs: wrong(one, value) } : one)));
    }
  });

  it("reads through secrets, and keeps them secret when it adds a tag", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hidden" };
    const bare = set(
      world(resource("aws:sqs/queue:Queue", "queue", { name: "queue-test", kmsMasterKeyId: secret })),
      "primary-region",
      "defaultTags",
      "{}",
    );
    const queue = bare.find(({ name }) => name === "queue");
    if (queue === undefined) throw new Error("no queue");
    await pack.configure({ "required-tags": { enforcementLevel: "remediate" } });
    const changed = await pack.remediate(queue, bare);
    expect(changed["required-tags"]).to.deep.equal({
      name: "queue-test",
      kmsMasterKeyId: secret,
      tags: { Project: "trade-failover", ManagedBy: "pulumi" },
    });
    await pack.configure({});
    expect(await pack.remediate(queue, bare), "nothing is changed unless it is asked for").to.deep.equal({});
    expect((await pack.analyze(queue, bare)).map(({ policy }) => policy))
      .to.include("required-tags")
      .and.not.include("queue-encryption");
  });

  it("adds nothing to what holds an archive, which would come back without its files, and refuses it instead", async () => {
    const all = (await recorded("prod")).map((one) =>
      one.type === "pulumi:providers:aws" ? { ...one, inputs: { ...one.inputs, defaultTags: "{}" } } : one,
    );
    const one = all.find(({ type }) => type === "aws:lambda/function:Function");
    if (one === undefined) throw new Error("no function");
    await pack.configure({ "required-tags": { enforcementLevel: "remediate" } });
    expect(await pack.remediate(one, all)).to.deep.equal({});
    expect((await pack.analyze(one, all)).map(({ policy }) => policy)).to.include("required-tags");
  });

  describe("a wrong configuration", () => {
    const wrong: readonly (readonly [string, PackConfig[string], RegExp])[] = [
      ["rto-budget", { deadSeconds: "a minute" }, /policy rto-budget: deadSeconds is "a minute"; allowed: a whole number from 1 to 86400/],
      ["log-retention", { minDays: 0 }, /policy log-retention: minDays is 0; allowed: a whole number from 1 to 3653/],
      ["required-tags", { required: "Project" }, /policy required-tags: required is "Project"; allowed: a list of texts/],
      [
        "wildcard-resource",
        { reasons: { "sqs:ListQueues": "because" } },
        /policy wildcard-resource: reasons is .*; allowed: .* at least 10 characters/,
      ],
      ["environment-suffix", { suffix: "Prod!" }, /policy environment-suffix: suffix is "Prod!"; allowed: a text that matches/],
      ["deletion-protection", { required: "no" }, /policy deletion-protection: required is "no"; allowed: true or false/],
      ["queue-encryption", { customKey: true }, /policy queue-encryption: customKey is not known; known: customerKey/],
    ];
    for (const [policy, given, message] of wrong) {
      it(`of ${policy} is refused by its name`, async () => {
        await pack.configure({ [policy]: given });
        const all = world(resource("aws:sqs/queue:Queue", "queue", {}));
        const refused = await pack.judge(all).then(
          () => "",
          (error: unknown) => String(error),
        );
        expect(refused).to.match(message);
      });
    }
  });
});
