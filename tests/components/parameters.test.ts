import { expect } from "chai";
import { register, type Program, type Registration, type States } from "../support/registrations";

describe("the parameters", function () {
  this.timeout(120_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const valuesOf = (site: string, kind: string): Record<string, unknown> =>
    Object.fromEntries(
      of("aws:ssm/parameter:Parameter")
        .filter(({ name }) => name.startsWith(`${site}-parameters-${kind}-`))
        .map(({ inputs }) => [String(inputs.name), inputs.insecureValue]),
    );

  before(async () => {
    program = await register("prod");
  });

  it("of a region are its own: the same names in both, below a path that is never copied", () => {
    const [primary, standby] = ["primary", "standby"].map((site) => valuesOf(site, "site"));
    expect(Object.keys(primary ?? {})).to.have.members(Object.keys(standby ?? {}));
    expect(primary).to.deep.include({ "/trade-failover/prod/site/home-role": "primary" });
    expect(standby).to.deep.include({ "/trade-failover/prod/site/home-role": "standby" });
    for (const name of Object.keys(primary ?? {})) expect(name).to.match(/^\/trade-failover\/prod\/site\/[a-z-]+$/);
  });

  it("tell where the ledger takes connections, for writing and for reading", async () => {
    const cluster = (site: string) => [
      `aws:rds/cluster:Cluster/${site}-ledger-cluster`,
      { endpoint: `writer.${site}`, readerEndpoint: `reader.${site}` },
    ];
    const { resources } = await register("prod", {}, Object.fromEntries(["primary", "standby"].map(cluster)) as States);
    for (const site of ["primary", "standby"]) {
      const value = (key: string): unknown => resources.find(({ name }) => name === `${site}-parameters-site-${key}`)?.inputs.insecureValue;
      expect(value("db-endpoint")).to.equal(`writer.${site}`);
      expect(value("db-reader-endpoint")).to.equal(`reader.${site}`);
    }
  });

  it("that are shared have the same value in both regions from the first day", () => {
    const [primary, standby] = ["primary", "standby"].map((site) => valuesOf(site, "shared"));
    expect(Object.keys(primary ?? {})).to.have.members(
      ["endpoints", "ledger-global-cluster", "public-url"].map((key) => `/trade-failover/prod/shared/${key}`),
    );
    expect(primary).to.deep.equal(standby);
    for (const { type, name, inputs } of of("aws:ssm/parameter:Parameter").filter((one) => one.name.includes("-shared-"))) {
      // The active region's copy may be there before an update comes to make it.
      expect(inputs.overwrite, name).to.equal(true);
      // What a copy says of itself is no business of an update's.
      expect(program.options.get(`${type}/${name}`)?.ignoreChanges).to.deep.equal(["description", "tier"]);
    }
  });

  it("start their copying by their own events on the default bus, shared ones only, and by a sweep", () => {
    for (const site of ["primary", "standby"]) {
      const rules = of("aws:cloudwatch/eventRule:EventRule").filter(({ name }) => name.startsWith(`${site}-parameter-sync-`));
      expect(rules).to.have.length(2);
      for (const { inputs } of rules) expect(inputs).to.not.have.property("eventBusName");
      const [change, sweep] = rules.map(({ inputs }) => inputs);
      expect(JSON.parse(change?.eventPattern as string)).to.deep.equal({
        source: ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        detail: { name: [{ prefix: "/trade-failover/prod/shared/" }], operation: ["Create", "Update", "Delete"] },
      });
      expect(sweep?.scheduleExpression).to.equal("rate(15 minutes)");
      const targets = of("aws:cloudwatch/eventTarget:EventTarget").filter(({ name }) => name.startsWith(`${site}-parameter-sync-`));
      for (const { inputs } of targets) expect(inputs.deadLetterConfig).to.have.property("arn");
      const allowed = of("aws:lambda/permission:Permission").filter(({ name }) => name.startsWith(`${site}-parameter-sync-`));
      expect(allowed.map(({ inputs }) => inputs.sourceArn)).to.have.length(2);
    }
  });

  it("are written by the copying function in the other region only, and only below the shared path", () => {
    for (const [site, peerRegion] of [
      ["primary", "us-east-2"],
      ["standby", "us-east-1"],
    ] as const) {
      const role = program.resources.find(({ name }) => name === `${site}-work-parameter-sync-policy`);
      const { Statement } = JSON.parse(role?.inputs.policy as string) as { Statement: { Action: string | string[]; Resource: string }[] };
      const writing = Statement.filter(({ Action }) => [Action].flat().includes("ssm:PutParameter"));
      expect(writing.map(({ Resource }) => Resource)).to.deep.equal([
        `arn:aws:ssm:${peerRegion}:123456789012:parameter/trade-failover/prod/shared/*`,
      ]);
    }
  });
});
