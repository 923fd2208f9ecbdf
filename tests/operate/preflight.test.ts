import { expect } from "chai";
import { reservations } from "../../components/settings/reservations";
import { parseSettings } from "../../components/settings/settings";
import { ServiceModels } from "../../lab/models/model";
import { violations } from "../../lab/models/violations";
import { ensureEmulator } from "../../lab/setup/emulator";
import { awsAccount, type Clients } from "../../operate/preflight/aws-account";
import { checksFor, findings } from "../../operate/preflight/checks";
import { isClear, table, type Finding } from "../../operate/preflight/finding";

type Answer = Readonly<Record<string, unknown>> | Error;

const NAME_SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"];
const ZONE = { Id: "/hostedzone/Z0123456789ABC", Name: "example.com.", CallerReference: "made", Config: { PrivateZone: false } };
const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** Answers of an account that lacks nothing, by service (as botocore calls it) and operation. */
const WHOLE: Readonly<Record<string, Answer>> = {
  "sts GetCallerIdentity": { Account: "123456789012", UserId: "AIDA", Arn: "arn:aws:iam::123456789012:user/deployer" },
  "ec2 DescribeRegions": { Regions: [{ RegionName: "us-east-1", OptInStatus: "opt-in-not-required" }] },
  "ec2 DescribeAvailabilityZones": {
    AvailabilityZones: ["use1-az1", "use1-az2", "use1-az4", "use2-az1", "use2-az2", "use2-az3"].map((ZoneId) => ({
      ZoneId,
      State: "available",
    })),
  },
  "ec2 DescribeVpcs": { Vpcs: [{ VpcId: "vpc-0123456789abcdef0", IsDefault: true }] },
  "service-quotas GetServiceQuota": { Quota: { ServiceCode: "vpc", QuotaCode: "L-F678F1CE", Value: 5 } },
  "lambda GetAccountSettings": { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } },
  "lambda GetFunctionConcurrency": named("ResourceNotFoundException"),
  "rds DescribeAccountAttributes": { AccountQuotas: [{ AccountQuotaName: "DBClusters", Used: 3, Max: 40 }] },
  "rds DescribeDBEngineVersions": {
    DBEngineVersions: [
      { Engine: "aurora-postgresql", EngineVersion: "16.8", SupportsGlobalDatabases: true },
      { Engine: "aurora-postgresql", EngineVersion: "16.9", SupportsGlobalDatabases: true },
    ],
  },
  "acm ListCertificates": { CertificateSummaryList: [] },
  "iam GetAccountSummary": { SummaryMap: { Roles: 40, RolesQuota: 1000 } },
  "iam GetRole": {
    Role: { Path: "/", RoleName: "r", RoleId: "AROA0123456789ABCDEF", Arn: "arn:aws:iam::123456789012:role/r", CreateDate: new Date(0) },
  },
  "route53 GetAccountLimit": { Limit: { Type: "MAX_HEALTH_CHECKS_BY_OWNER", Value: 200 }, Count: 0 },
  "route53 GetHostedZone": { HostedZone: ZONE, DelegationSet: { NameServers: NAME_SERVERS } },
  "route53 ListResourceRecordSets": {
    ResourceRecordSets: [{ Name: "www.example.com.", Type: "A" }],
    IsTruncated: false,
    MaxItems: "20",
  },
  "backup DescribeRegionSettings": { ResourceTypeOptInPreference: { Aurora: true, DynamoDB: true, S3: true } },
  "apigateway GetAccount": {},
};

const SETTINGS = parseSettings({ environmentSuffix: "prod", domainName: "trades.example.com", hostedZoneId: "Z0123456789ABC" });

/** botocore's name of a client. */
const serviceOf = (client: string): string =>
  client
    .replace(/Client$/, "")
    .replace("ServiceQuotas", "service-quotas")
    .replace("APIGateway", "apigateway")
    .toLowerCase();

describe("the preflight", () => {
  let models: ServiceModels;
  before(() => {
    models = new ServiceModels(ensureEmulator(() => undefined));
  });

  /** An account with these answers in place of the whole one's. Requests and answers are held to AWS's own models. */
  async function ask(
    changed: Readonly<Record<string, Answer>> = {},
    nameServers = NAME_SERVERS,
    settings = SETTINGS,
  ): Promise<readonly Finding[]> {
    const clients = ((make: { readonly name: string }) => ({
      send: (command: { readonly constructor: { readonly name: string }; readonly input: object }): Promise<unknown> => {
        const [service, operation] = [serviceOf(make.name), command.constructor.name.replace(/Command$/, "")];
        const model = models.of(service);
        const shape = model?.operations[operation];
        const answer = changed[`${service} ${operation}`] ?? WHOLE[`${service} ${operation}`];
        if (model === undefined || shape === undefined || answer === undefined) throw new Error(`${service} ${operation} is not recorded`);
        if (shape.input !== undefined)
          expect(violations(model, shape.input.shape, command.input), `${service} ${operation}`).to.deep.equal([]);
        if (answer instanceof Error) return Promise.reject(answer);
        if (shape.output !== undefined)
          expect(violations(model, shape.output.shape, answer), `the answer of ${operation}`).to.deep.equal([]);
        return Promise.resolve(answer);
      },
    })) as unknown as Clients;
    const resolver = { nameServers: () => Promise.resolve(nameServers), resolves: () => Promise.resolve(true) };
    return await findings(checksFor(settings, awsAccount(clients, resolver)));
  }

  const verdicts = (found: readonly Finding[]): string[] =>
    found.filter(({ verdict }) => verdict !== "ok").map(({ verdict, what, found: told }) => `${verdict}: ${what}: ${told}`);

  it("finds nothing in an account that lacks nothing", async () => {
    const found = await ask();
    expect(verdicts(found)).to.deep.equal([]);
    expect(isClear(found)).to.equal(true);
    expect(found.length).to.be.greaterThan(25);
  });

  const LACKING: Readonly<Record<string, readonly [changed: Readonly<Record<string, Answer>>, expected: RegExp]>> = {
    "a region that is not enabled": [
      { "ec2 DescribeRegions": { Regions: [{ RegionName: "us-east-1", OptInStatus: "not-opted-in" }] } },
      /refused: region/,
    ],
    "a new account's concurrency": [
      { "lambda GetAccountSettings": { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } } },
      /refused: concurrent functions: 10/,
    ],
    "a zone too few": [
      { "ec2 DescribeAvailabilityZones": { AvailabilityZones: [{ ZoneId: "use1-az1", State: "available" }] } },
      /refused: availability zones: no use1-az2, use1-az4 among use1-az1/,
    ],
    "room for a network": [
      { "ec2 DescribeVpcs": { Vpcs: Array.from({ length: 5 }, () => ({ VpcId: "vpc-1" })) } },
      /refused: networks .*5 of 5 used/,
    ],
    "room for a cluster": [
      { "rds DescribeAccountAttributes": { AccountQuotas: [{ AccountQuotaName: "DBClusters", Used: 40, Max: 40 }] } },
      /refused: database clusters/,
    ],
    "room for roles": [{ "iam GetAccountSummary": { SummaryMap: { Roles: 990, RolesQuota: 1000 } } }, /refused: roles/],
    "room for health checks": [
      { "route53 GetAccountLimit": { Limit: { Type: "MAX_HEALTH_CHECKS_BY_OWNER", Value: 200 }, Count: 198 } },
      /refused: health checks/,
    ],
    "the engine's version": [
      { "rds DescribeDBEngineVersions": { DBEngineVersions: [{ EngineVersion: "16.9", SupportsGlobalDatabases: true }] } },
      /refused: aurora-postgresql 16.8/,
    ],
    "an opt-in to backups": [
      { "backup DescribeRegionSettings": { ResourceTypeOptInPreference: { Aurora: true, DynamoDB: false } } },
      /slow: AWS Backup takes part in: not in DynamoDB, S3/,
    ],
    "a service-linked role": [{ "iam GetRole": named("NoSuchEntityException") }, /slow: AWSServiceRoleForDynamoDBReplication/],
    "API Gateway's log role to itself": [
      { "apigateway GetAccount": { cloudwatchRoleArn: "arn:aws:iam::123456789012:role/somebody-elses" } },
      /refused: API Gateway's log role/,
    ],
    "the hosted zone": [{ "route53 GetHostedZone": named("NoSuchHostedZone") }, /refused: hosted zone/],
    "a public hosted zone": [
      { "route53 GetHostedZone": { HostedZone: { ...ZONE, Config: { PrivateZone: true } }, DelegationSet: { NameServers: NAME_SERVERS } } },
      /refused: hosted zone .* is private/,
    ],
    "a free name": [
      {
        "route53 ListResourceRecordSets": {
          ResourceRecordSets: [{ Name: "trades.example.com.", Type: "CNAME" }],
          IsTruncated: false,
          MaxItems: "20",
        },
      },
      /refused: record trades.example.com: CNAME is there already/,
    ],
    "the permission to be asked": [
      { "lambda GetAccountSettings": named("AccessDeniedException", "not authorized") },
      /unknown: concurrent functions/,
    ],
  };
  for (const [what, [changed, expected]] of Object.entries(LACKING)) {
    it(`tells of an account that lacks ${what}, and what to do`, async () => {
      const found = await ask(changed);
      expect(verdicts(found).join("\n")).to.match(expected);
      for (const { verdict, mend } of found) expect(mend === "", verdict).to.equal(verdict === "ok");
      expect(isClear(found)).to.equal(verdicts(found).every((one) => one.startsWith("slow")));
    });
  }

  describe("asked for concurrency", () => {
    const each = Object.values(reservations(SETTINGS));
    const kept = each.reduce((all, one) => all + one, 0);
    const account = (limit: number, unreserved: number) => ({
      "lambda GetAccountSettings": { AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved } },
    });
    const told = async (changed: Readonly<Record<string, Answer>>, given: Readonly<Record<string, string>> = {}) => {
      const found = await ask(changed, NAME_SERVERS, parseSettings({ environmentSuffix: "prod", ...given }));
      return found.filter(({ what, where }) => what === "concurrent functions" && where === "us-east-1").map(({ verdict }) => verdict);
    };

    it("leaves AWS the hundred that it keeps for functions without a reserve", async () => {
      expect(await told(account(kept + 100, kept + 100))).to.deep.equal(["ok"]);
      expect(await told(account(kept + 99, kept + 99))).to.deep.equal(["refused"]);
      expect(await told(account(kept + 99, kept + 99), { "capacity.reserve": "false" })).to.deep.equal(["ok"]);
    });

    it("counts what intake reserves, and says how much is needed", async () => {
      expect(await told(account(1000, 1000), { "capacity.intakeConcurrency": String(901 - kept) })).to.deep.equal(["refused"]);
      const found = await ask(
        account(1000, 1000),
        NAME_SERVERS,
        parseSettings({ environmentSuffix: "prod", "capacity.intakeConcurrency": "900" }),
      );
      expect(found.find(({ what }) => what === "concurrent functions")?.mend).to.match(
        new RegExp(`raised to ${kept + 1000} or more.*capacity\\.intakeConcurrency`),
      );
    });

    it("does not count twice what the stack has reserved before", async () => {
      const standing = {
        ...account(kept + 100, 100),
        "lambda GetFunctionConcurrency": { ReservedConcurrentExecutions: Math.ceil(kept / each.length) },
      };
      expect(await told(standing)).to.deep.equal(["ok"]);
    });

    it("tells of batches that would wait for a free run", async () => {
      expect(await told(account(300, 300), { "capacity.settlementConcurrency": "400" })).to.deep.equal(["slow"]);
      expect(await told(account(300, 300), { "capacity.settlementConcurrency": "200" })).to.deep.equal(["ok"]);
    });
  });

  it("warns of what nobody can take back, and lets it pass", async () => {
    const given = {
      environmentSuffix: "prod",
      "audit.lockMode": "compliance",
      "audit.retentionDays": "2557",
      "backup.vaultLock": "compliance",
    };
    const found = await ask({}, [], parseSettings(given));
    expect(verdicts(found).join()).to.equal(
      "lasting: locks: audit log for 2557 days, backups for 35 days, in compliance mode: nobody can delete them sooner",
    );
    expect(isClear(found)).to.equal(true);
  });

  it("tells of a zone to which nobody is led", async () => {
    expect(verdicts(await ask({}, ["ns.registrar.example"])).join()).to.match(/refused: delegation .* leads to ns.registrar.example/);
  });

  it("takes records of this stack's own for what they are, and a stack without a name asks for none", async () => {
    const own = ["primary", "standby"].map((SetIdentifier) => ({ Name: "trades.example.com.", Type: "CNAME", SetIdentifier }));
    const records = { "route53 ListResourceRecordSets": { ResourceRecordSets: own, IsTruncated: false, MaxItems: "20" } };
    expect(verdicts(await ask(records))).to.deep.equal([]);
    const found = await ask({}, [], parseSettings({ environmentSuffix: "dev" }));
    expect(found.filter(({ what }) => /zone Z|delegation|record|certificates/.test(what))).to.deep.equal([]);
  });

  it("prints one table, the worst first, and what to do", async () => {
    const lines = table(await ask(LACKING["a new account's concurrency"]?.[0]));
    expect(lines[1]).to.match(/^refused +us-east-[12] +concurrent functions/);
    expect(lines.join("\n")).to.match(/To do:\n- concurrent functions \(us-east-1\): have the quota/);
  });
});
