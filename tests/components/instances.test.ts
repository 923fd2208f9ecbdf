import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { tradeService } from "../../contract/functions";
import { variablesOf } from "../../contract/environment";
import { register, type Program } from "../support/registrations";

/** Only where callers bring tokens, and where a trade needs a session. */
const ONLY_SOMETIMES: readonly string[] = ["TOKENS", "REQUIRED_SESSIONS_TABLE"];

const SITES = ["primary", "standby"] as const;
const REGIONS = { primary: "us-east-1", standby: "us-east-2" } as const;
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

type Inputs = Readonly<Record<string, unknown>>;

const arn = (name: string): string => `arn:aws:mock:us-east-1:123456789012:${name}`;

describe("a site with instances", function () {
  this.timeout(240_000);
  let program: Program;
  const inputsOf = (type: string, name: string): Inputs => {
    const found = program.resources.find((one) => one.type === type && one.name === name);
    if (found === undefined) throw new Error(`there is no ${type} ${name}`);
    return found.inputs;
  };
  const template = (site: string): Inputs => inputsOf(TEMPLATE, `${site}-servers-template`);
  const script = (site: string): string => Buffer.from(String(template(site).userData), "base64").toString();
  const group = (site: string): Inputs => inputsOf("aws:autoscaling/group:Group", `${site}-servers-group`);

  before(async () => {
    program = await register("autoscaling");
  });

  it("gives them no key, no public address, version 2 of the metadata alone, and a volume under the region's key", () => {
    for (const site of SITES) {
      const inputs = template(site);
      expect(inputs).to.not.have.property("keyName");
      expect(inputs).to.deep.include({
        instanceType: "c7g.large",
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
        monitoring: { enabled: true },
        instanceInitiatedShutdownBehavior: "terminate",
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: "false",
            deleteOnTermination: "true",
            securityGroups: [`${site}-network-endpoints-servers-id`],
          },
        ],
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: 20, encrypted: "true", kmsKeyId: arn(`${site}-key-key`), deleteOnTermination: "true" },
          },
        ],
      });
      const tagged = inputs.tagSpecifications as { resourceType: string; tags: Record<string, string> }[];
      expect(tagged.map(({ resourceType }) => resourceType)).to.have.members(["instance", "volume", "network-interface"]);
      for (const { tags } of tagged) expect(tags).to.include({ Project: "trade-failover", Environment: "autoscaling", Site: site });
    }
  });

  it("starts an image that is the same at each preview and in both regions' release, and no parameter that AWS moves", () => {
    expect(program.calls.filter((call) => call.endsWith("getAmi"))).to.have.length(2);
    for (const site of SITES) expect(template(site).imageId).to.equal("ami-0123456789abcdef0");
  });

  it("has the standby's capacity standing, over the zones, and follows the CPU between its bounds", () => {
    for (const site of SITES) {
      expect(group(site)).to.deep.include({
        minSize: 3,
        maxSize: 10,
        vpcZoneIdentifiers: [1, 2, 3].map((zone) => `${site}-network-private-${zone}-id`),
        minElbCapacity: 3,
        metricsGranularity: "1Minute",
      });
      expect(group(site)).to.not.have.property("desiredCapacity");
      expect(program.options.get(`aws:autoscaling/group:Group/${site}-servers-group`)?.ignoreChanges).to.deep.equal(["desiredCapacity"]);
      expect(group(site).enabledMetrics).to.include.members(["GroupDesiredCapacity", "GroupInServiceInstances"]);
      expect(inputsOf("aws:autoscaling/policy:Policy", `${site}-servers-cpu`)).to.deep.include({
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
          targetValue: 50,
        },
      });
    }
  });

  it("replaces who does not answer the load balancer, and takes a refresh back that does not come up", () => {
    for (const site of SITES) {
      expect(group(site)).to.deep.include({
        healthCheckType: "ELB",
        targetGroupArns: [program.arns.get(`aws:lb/targetGroup:TargetGroup/${site}-servers-targets`)],
        instanceRefresh: {
          strategy: "Rolling",
          preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150, autoRollback: true, skipMatching: true },
        },
        instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 150 },
        // AWS takes nothing back that goes by "$Latest".
        launchTemplate: { id: `${site}-servers-template-id`, version: "7" },
      });
      const tags = group(site).tags as { key: string; propagateAtLaunch: boolean }[];
      expect(tags.map(({ key }) => key)).to.include.members(["Project", "Environment", "Site", "ManagedBy", "Name"]);
      for (const { key, propagateAtLaunch } of tags) expect(propagateAtLaunch, key).to.equal(true);
    }
  });

  it("brings the code by its digest, and keeps what an earlier template names", () => {
    const code = readFileSync(join(__dirname, "../../dist/service/index.mjs"));
    const digest = createHash("sha256").update(code).digest("hex");
    for (const site of SITES) {
      expect(inputsOf("aws:s3/bucketObjectv2:BucketObjectv2", `${site}-servers-bundle`)).to.include({
        bucket: `${site}-objects-assets-bucket-id`,
        key: `service/${digest}/index.mjs`,
      });
      expect(script(site)).to.contain(`--bucket ${site}-objects-assets-bucket-id --key service/${digest}/index.mjs`);
      expect(script(site)).to.contain(`"${digest}  /opt/trade-service/index.mjs"`);
    }
  });

  it("tells the service what the contract says it uses, and no secret", () => {
    for (const site of SITES) {
      const [, file = ""] = /environment <<'END_OF_FILE'\n([^]*?)\nEND_OF_FILE/.exec(script(site)) ?? [];
      const told = new Map(file.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
      expect([...told.keys()]).to.include.members([
        ...variablesOf(tradeService.uses).filter((name) => !ONLY_SOMETIMES.includes(name)),
        "AWS_REGION",
        "PORT",
        "SERVICE_VERSION",
      ]);
      expect(told.get("AWS_REGION")).to.equal(`"${REGIONS[site]}"`);
      expect(told.get("LEDGER_ENGINE")).to.equal('"aurora-mysql"');
      expect(told.get("LEDGER_HOST")).to.equal(`"writer.${site}-ledger-cluster"`);
      for (const [name, value] of told) expect(value, name).to.not.match(/password|generated/i);
    }
  });

  it("lets them settle as the servers' user of the region's ledger, read their code, send their log and be entered by Session Manager", () => {
    for (const site of SITES) {
      const { policy, role } = inputsOf("aws:iam/rolePolicy:RolePolicy", `${site}-servers-instance-policy`);
      expect(role).to.equal(`${site}-servers-instance-role-id`);
      const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: string | string[]; Resource: string | string[] }[] };
      const resourcesOf = (action: string): string[] =>
        Statement.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
      expect(resourcesOf("rds-db:connect")).to.deep.equal([
        `arn:aws:rds-db:${REGIONS[site]}:123456789012:dbuser:cluster-${site.toUpperCase()}LEDGERCLUSTER/trade_service`,
      ]);
      expect(resourcesOf("s3:GetObject")).to.deep.equal([`${arn(`${site}-objects-assets-bucket`)}/service/*`]);
      expect(resourcesOf("logs:PutLogEvents")).to.deep.equal([`${arn(`/aws/ec2/trade-${site}-service-autoscaling`)}:*`]);
      expect(resourcesOf("ssm:UpdateInstanceInformation")).to.deep.equal([`arn:aws:ec2:${REGIONS[site]}:123456789012:instance/*`]);
      // Only what knows no resource.
      const everywhere = Statement.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
      expect(everywhere.filter((action) => !action.startsWith("ssmmessages:"))).to.deep.equal([]);
      expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith("rds-data:"))).to.deep.equal([]);
      const trusted = inputsOf("aws:iam/role:Role", `${site}-servers-instance-role`).assumeRolePolicy;
      expect(JSON.parse(String(trusted))).to.deep.include({
        Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
      });
      expect(template(site).iamInstanceProfile).to.deep.equal({ arn: arn(`trade-${site}-service-instance-autoscaling`) });
    }
  });

  it("lets Auto Scaling encrypt volumes with the region's key, and nobody else by that door", async () => {
    const doors = (from: Program, site: string) => {
      const found = from.resources.find(({ name }) => name === `${site}-key-key`);
      const { Statement } = JSON.parse(String(found?.inputs.policy)) as { Statement: { Sid: string; Condition?: Inputs }[] };
      return Statement.filter(({ Sid }) => Sid.startsWith("Instances"));
    };
    const role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    for (const site of SITES) {
      const opened = doors(program, site);
      expect(opened).to.have.length(2);
      for (const { Condition } of opened)
        expect(Condition).to.deep.include({
          StringEquals: { "kms:CallerAccount": "123456789012" },
          ArnEquals: { "aws:PrincipalArn": role },
        });
      expect(opened[1]?.Condition).to.deep.include({ Bool: { "kms:GrantIsForAWSResource": "true" } });
    }
    expect(doors(await register("prod"), "primary")).to.deep.equal([]);
  });

  it("opens the way to Amazon Linux's packages, and to its code, past the endpoint of S3", () => {
    for (const site of SITES) {
      const { policy } = inputsOf("aws:ec2/vpcEndpoint:VpcEndpoint", `${site}-network-endpoints-s3`);
      expect(String(policy)).to.contain(`arn:aws:s3:::al2023-repos-${REGIONS[site]}-de612dc2/*`);
      expect(String(policy)).to.contain("arn:aws:s3:::trade-*-autoscaling/*");
    }
  });
});
