import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const RECORD = "aws:route53/record:Record";
const NAME = "trades.example.com";

describe("the public name", function () {
  this.timeout(240_000);
  const of = (program: Program, type: string): Registration[] => program.resources.filter((one) => one.type === type);
  /** The name's records, the primary's first. */
  const records = (program: Program): Registration[] =>
    of(program, RECORD)
      .filter(({ inputs }) => inputs.name === NAME && inputs.setIdentifier !== undefined)
      .sort((a, b) => String(a.inputs.setIdentifier).localeCompare(String(b.inputs.setIdentifier)));

  const POLICIES = {
    failover: [{ failoverRoutingPolicies: [{ type: "PRIMARY" }] }, { failoverRoutingPolicies: [{ type: "SECONDARY" }] }],
    weighted: [{ weightedRoutingPolicies: [{ weight: 100 }] }, { weightedRoutingPolicies: [{ weight: 0 }] }],
    latency: [{ latencyRoutingPolicies: [{ region: "us-east-1" }] }, { latencyRoutingPolicies: [{ region: "us-east-2" }] }],
  };

  for (const [routing, policies] of Object.entries(POLICIES)) {
    it(`${routing}: follows the checks, latched by the lease, as CNAMEs of ten seconds that are protected`, async () => {
      const program = await register("prod", { "trade-failover:routing": routing });
      const checks = of(program, "aws:route53/healthCheck:HealthCheck");
      const latched = checks.find(({ inputs }) => inputs.type === "CALCULATED");
      const parts = checks.filter(({ name }) => (latched?.inputs.childHealthchecks as string[]).includes(`${name}-id`));
      expect(parts.map(({ inputs }) => [inputs.resourcePath, inputs.invertHealthcheck ?? false])).to.have.deep.members([
        ["/v1/health/ready", false],
        ["/v1/control/active", true],
      ]);
      expect(latched?.inputs.childHealthThreshold).to.equal(2);
      const standby = checks.find(({ name }) => name.endsWith("standby-ready"));
      const all = records(program);
      expect(all.map(({ inputs }) => inputs.healthCheckId)).to.deep.equal([`${latched?.name}-id`, `${standby?.name}-id`]);
      all.forEach(({ name, inputs }, index) => {
        expect(inputs).to.deep.include({ type: "CNAME", ttl: 10, ...policies[index] });
        expect(program.options.get(`${RECORD}/${name}`)?.protect).to.equal(true);
      });
      // A new check counts as healthy: one that were made anew in the middle of a failover would move the name.
      for (const { type, name } of checks) expect(program.options.get(`${type}/${name}`)?.protect, name).to.equal(true);
    });
  }

  it("weighs the two sites as it is told, and leaves the weights to whoever runs the stack afterwards", async () => {
    const weights = { "trade-failover:weights": '{"primary": 60, "standby": 40}' };
    const program = await register("prod", { "trade-failover:routing": "weighted", ...weights });
    expect(records(program).map(({ inputs }) => inputs.weightedRoutingPolicies)).to.deep.equal([[{ weight: 60 }], [{ weight: 40 }]]);
    for (const { name } of records(program))
      expect(program.options.get(`${RECORD}/${name}`)?.ignoreChanges, name).to.deep.equal(["weightedRoutingPolicies"]);
  });

  it("is proven to ACM and served with TLS in both regions, by records of the same zone", async () => {
    const program = await register("prod");
    expect(of(program, "aws:acm/certificate:Certificate").map(({ inputs }) => inputs.domainName)).to.deep.equal([NAME, NAME]);
    expect(new Set(of(program, RECORD).map(({ inputs }) => inputs.zoneId))).to.deep.equal(new Set(["Z0000000EXAMPLE"]));
  });

  const unnamedZone = { "trade-failover:hostedZoneId": "", "trade-failover:hostedZoneName": "example.com" };

  it("is in a zone that is found by its name", async () => {
    const program = await register("prod", unnamedZone);
    expect(of(program, "aws:route53/zone:Zone")).to.deep.equal([]);
    expect(new Set(of(program, RECORD).map(({ inputs }) => inputs.zoneId))).to.deep.equal(new Set(["ZFOUND"]));
  });

  it("is in a zone that the stack makes, if it is told to, and keeps", async () => {
    const program = await register("prod", { ...unnamedZone, "trade-failover:createHostedZone": "true" });
    const [zone, ...more] = of(program, "aws:route53/zone:Zone");
    expect(more).to.deep.equal([]);
    expect(zone?.inputs.name).to.equal("example.com");
    expect(program.options.get(`${zone?.type}/${zone?.name}`)?.protect).to.equal(true);
  });

  it("has alarms where AWS has its metrics, in us-east-1, and none where no site is there", async () => {
    const checkAlarms = (program: Program): Registration[] =>
      of(program, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ inputs }) => inputs.namespace === "AWS/Route53");
    const there = checkAlarms(await register("prod"));
    expect(there.map(({ inputs }) => inputs.treatMissingData)).to.deep.equal(["breaching", "breaching"]);
    for (const { provider } of there) expect(provider).to.include("primary-region");
    const europe = await register("prod", { "trade-failover:primaryRegion": "eu-west-1", "trade-failover:standbyRegion": "eu-central-1" });
    expect(checkAlarms(europe)).to.deep.equal([]);
  });

  it("is left out without a domain: no check, no record, no certificate", async () => {
    const program = await register("dev");
    const kinds = new Set(program.resources.map(({ type }) => type.split("/")[0]));
    expect([...kinds].filter((kind) => kind === "aws:route53" || kind === "aws:acm")).to.deep.equal([]);
  });
});
