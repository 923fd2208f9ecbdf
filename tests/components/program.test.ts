import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LAMBDA_MAJOR } from "../../lab/setup/lambda-node";
import { stackFile, register, type Program, type Registration } from "../support/registrations";

/** Only in a stack that has asked for what calls it. */
const OPTIONAL_HANDLERS = ["region-switch.ts", "session-opening.ts"];
const DATA = [
  "aws:dynamodb/table:Table",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:s3/bucket:Bucket",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
];
/** Which input is a type's physical name; `name` where nothing is said. */
const NAME_KEY: Readonly<Record<string, string>> = {
  "aws:s3/bucket:Bucket": "bucket",
  "aws:rds/cluster:Cluster": "clusterIdentifier",
  "aws:rds/clusterInstance:ClusterInstance": "identifier",
  "aws:rds/globalCluster:GlobalCluster": "globalClusterIdentifier",
};
/** Names that are no physical names of their own: inside a role or an API, in DNS. */
const NO_SUFFIX = new Set([
  "aws:iam/rolePolicy:RolePolicy",
  "aws:route53/record:Record",
  "aws:apigateway/domainName:DomainName",
  // Ends in the suffix without a dash, which its name can't have.
  "aws:apigateway/model:Model",
]);
/** Names that are paths: the suffix ends a part of them, and AWS or a caller says what comes after. */
const PATHS = new Set(["aws:cloudwatch/logGroup:LogGroup", "aws:ssm/parameter:Parameter"]);

describe("the program, with the production stack's configuration", function () {
  this.timeout(120_000);
  let program: Program;
  const aws = (): Registration[] => program.resources.filter(({ type }) => type.startsWith("aws:"));
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);

  before(async () => {
    program = await register("prod");
  });

  it("registers something in both regions", () => {
    expect(aws().length).to.be.above(300);
    expect(of("pulumi:providers:aws").map(({ inputs }) => inputs.region)).to.have.members(["us-east-1", "us-east-2"]);
  });

  it("gives every resource an explicit provider", () => {
    const astray = aws().filter(({ provider }) => !/::(primary|standby)-region::/.test(provider));
    expect(astray.map(({ name }) => name)).to.deep.equal([]);
  });

  it("registers the same resources in both sites", () => {
    const shape = (site: string, other: string): string[] =>
      aws()
        .filter(({ name }) => name.startsWith(`${site}-`))
        .map(({ type, name }) => `${type} ${name.replace(site, "site").replace(other, "peer")}`)
        .sort();
    expect(shape("standby", "primary")).to.deep.equal(shape("primary", "standby"));
  });

  it("ends every physical name with the suffix", () => {
    const wrong = aws()
      .filter(({ type }) => !NO_SUFFIX.has(type))
      .map(({ type, name, inputs }) => ({ type, name, value: inputs[NAME_KEY[type] ?? "name"] }))
      .filter(({ type, value }) => typeof value === "string" && !(PATHS.has(type) ? /[-/]prod(\/|$)/ : /-prod$/).test(value));
    expect(wrong).to.deep.equal([]);
  });

  it("makes journal and lease strongly consistent, with a witness, and the sessions eventually consistent", () => {
    const strong = of("aws:dynamodb/table:Table").filter(
      ({ inputs }) => (inputs.replicas as { consistencyMode?: string }[])[0]?.consistencyMode === "STRONG",
    );
    expect(strong.map(({ name }) => name)).to.have.members(["tables-journal", "tables-lease"]);
    for (const { inputs } of strong) {
      expect(inputs.globalTableWitness).to.deep.equal({ regionName: "us-west-2" });
      expect(inputs.replicas).to.have.length(1);
      expect(inputs).to.not.have.property("ttl");
      expect(inputs).to.not.have.property("localSecondaryIndexes");
    }
  });

  it("protects what holds data, and lets the runtime own what a failover changes", () => {
    for (const { type, name } of aws().filter((one) => DATA.includes(one.type))) {
      expect(program.options.get(`${type}/${name}`)?.protect, `${name} is protected`).to.equal(true);
    }
    for (const { type, name } of of("aws:rds/cluster:Cluster")) {
      expect(program.options.get(`${type}/${name}`)?.ignoreChanges).to.include.members([
        "replicationSourceIdentifier",
        "globalClusterIdentifier",
        "engineVersion",
      ]);
    }
  });

  it("allows no wildcard action, and a wildcard resource only where AWS knows no other", () => {
    const NAMELESS =
      /^(xray:Put|tag:GetResources$|events:ListRules$|ec2:(Create|Describe|Delete)NetworkInterfaces?$|ec2:DescribeSubnets$|ec2:(Una|A)ssignPrivateIpAddresses$|cloudwatch:GetMetric(Statistics|Data)$|lambda:GetAccountSettings$|logs:(Create|Get|Update|Delete|List)LogDeliver|logs:(PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$)/;
    for (const { name, inputs } of of("aws:iam/rolePolicy:RolePolicy")) {
      const { Statement } = JSON.parse(inputs.policy as string) as {
        Statement: { Action: string | string[]; Resource: string | string[] }[];
      };
      for (const { Action, Resource } of Statement) {
        const actions = [Action].flat();
        expect(
          actions.filter((action) => action.includes("*")),
          name,
        ).to.deep.equal([]);
        if ([Resource].flat().includes("*"))
          expect(
            actions.filter((action) => !NAMELESS.test(action)),
            name,
          ).to.deep.equal([]);
      }
    }
  });

  it("gives each function a role of its own", () => {
    const roles = of("aws:lambda/function:Function").map(({ inputs }) => inputs.role);
    const handlers = readdirSync(join(__dirname, "../../handlers/functions")).filter((file) => !OPTIONAL_HANDLERS.includes(file));
    expect(roles).to.have.length(2 * handlers.length);
    expect(new Set(roles).size).to.equal(roles.length);
  });

  it("moves the name by checks made beforehand: A, B inverted, C of both, and short TTLs", () => {
    const checks = of("aws:route53/healthCheck:HealthCheck");
    const inverted = checks.filter(({ inputs }) => inputs.invertHealthcheck === true);
    expect(inverted.map(({ inputs }) => inputs.resourcePath)).to.deep.equal(["/v1/control/active"]);
    const calculated = checks.find(({ inputs }) => inputs.type === "CALCULATED");
    expect(calculated?.inputs.childHealthchecks).to.have.length(2);
    expect(calculated?.inputs.childHealthThreshold).to.equal(2);
    const records = of("aws:route53/record:Record").filter(({ inputs }) => inputs.failoverRoutingPolicies !== undefined);
    expect(records.map(({ inputs }) => [inputs.type, inputs.ttl])).to.deep.equal([
      ["CNAME", 10],
      ["CNAME", 10],
    ]);
    expect(records.find(({ inputs }) => inputs.setIdentifier === "primary")?.inputs.healthCheckId).to.equal(`${calculated?.name}-id`);
  });

  it("ends each update with the parity of both regions, when everything else is there", () => {
    const gates = of("aws:lambda/invocation:Invocation").filter(({ name }) => name.startsWith("gate-"));
    expect(gates.map(({ inputs }) => [inputs.functionName, inputs.input])).to.have.deep.members([
      ["trade-primary-parity-prod", '{"gate":true}'],
      ["trade-standby-parity-prod", '{"gate":true}'],
    ]);
    expect(program.resources.slice(-2)).to.have.members(gates);
    for (const { inputs } of gates)
      expect(Object.values(inputs.triggers as object)).to.satisfy((all: string[]) => all.every((one) => /^[0-9a-f]{64}$/.test(one)));
  });

  it("runs the same bundles in both regions", () => {
    const code = (site: string): Record<string, unknown> =>
      Object.fromEntries(
        of("aws:lambda/function:Function")
          .filter(({ name }) => name.startsWith(`${site}-`))
          .map(({ name, inputs }) => [name.slice(site.length), { code: inputs.code, entry: inputs.handler, runtime: inputs.runtime }]),
      );
    const primary = code("primary");
    const bundles = Object.values(primary).map((one) => /dist\/handlers\/([\w-]+)\/index\.mjs/.exec(JSON.stringify(one))?.[1]);
    expect(new Set(Object.values(primary).map((one) => (one as { runtime: unknown }).runtime))).to.deep.equal(
      new Set([`nodejs${LAMBDA_MAJOR}.x`]),
    );
    expect(bundles).to.not.include(undefined);
    expect(new Set(bundles)).to.have.length(Object.keys(primary).length);
    expect(code("standby")).to.deep.equal(primary);
  });
});

describe("the stack files", () => {
  for (const stack of ["dev", "prod"]) {
    it(`${stack}: no resource may fall back on a default provider`, () => {
      expect(JSON.parse(stackFile(stack)["pulumi:disable-default-providers"] ?? "[]")).to.deep.equal(["aws"]);
    });
  }
});
