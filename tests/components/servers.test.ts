import { expect } from "chai";
import { tradeService } from "../../contract/functions";
import { variablesOf } from "../../contract/environment";
import { register, type Program, type Registration } from "../support/registrations";

/** Only where callers bring tokens, and where a trade needs a session. */
const ONLY_SOMETIMES: readonly string[] = ["TOKENS", "REQUIRED_SESSIONS_TABLE"];

const SITES = ["primary", "standby"] as const;
const REGIONS = { primary: "us-east-1", standby: "us-west-2" } as const;
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

interface Container {
  readonly image: string;
  readonly user: string;
  readonly readonlyRootFilesystem: boolean;
  readonly stopTimeout: number;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly portMappings: readonly { readonly containerPort: number }[];
  readonly logConfiguration: { readonly options: Readonly<Record<string, string>> };
  readonly linuxParameters: { readonly capabilities: { readonly drop: readonly string[] } };
}

const all = ({ resources }: Program, type: string): Registration[] => resources.filter((one) => one.type === type);
function one(program: Program, type: string, name: string): Registration {
  const found = program.resources.find((resource) => resource.type === type && resource.name === name);
  if (found === undefined) throw new Error(`there is no ${type} ${name}`);
  return found;
}
const first = <T>(value: unknown): T => (value as readonly T[])[0] as T;

/** `action on resource` of all that a role's policy allows. */
function allowed(program: Program, policy: string): string[] {
  const { inputs } = one(program, "aws:iam/rolePolicy:RolePolicy", policy);
  const { Statement } = JSON.parse(String(inputs.policy)) as { Statement: { Action: string | string[]; Resource: string | string[] }[] };
  return Statement.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((of) => `${action} on ${of}`)),
  );
}

describe("a site with servers", function () {
  this.timeout(240_000);
  let program: Program;

  before(async () => {
    program = await register("fargate");
  });

  describe("its load balancer", () => {
    it("is in the public subnets, and keeps nobody's connection for longer than a minute", () => {
      for (const site of SITES) {
        const { inputs } = one(program, "aws:lb/loadBalancer:LoadBalancer", `${site}-servers-balancer`);
        expect(inputs).to.deep.include({
          internal: false,
          loadBalancerType: "application",
          subnets: [1, 2, 3].map((zone) => `${site}-network-public-${zone}-id`),
          securityGroups: [`${site}-network-rules-balancer-id`],
          dropInvalidHeaderFields: true,
          enableDeletionProtection: true,
          idleTimeout: 60,
          clientKeepAlive: 60,
        });
        expect(program.options.get(`aws:lb/loadBalancer:LoadBalancer/${site}-servers-balancer`)?.protect).to.equal(true);
      }
    });

    it("takes HTTPS by a current policy for the public name and the site's own, and sends plain HTTP there", () => {
      for (const site of SITES) {
        const https = one(program, "aws:lb/listener:Listener", `${site}-servers-https`).inputs;
        expect(https).to.include({ port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" });
        expect(first<object>(https.defaultActions)).to.include({ type: "forward" });
        const certificate = one(program, "aws:acm/certificate:Certificate", `${site}-servers-certificate`);
        expect(certificate.inputs).to.deep.include({
          domainName: "trades.example.com",
          subjectAlternativeNames: [`${site}.trades.example.com`],
          validationMethod: "DNS",
        });
        const proofs = ["proof", "host-proof"].map(
          (what) => one(program, "aws:route53/record:Record", `${site}-servers-${what}`).inputs.name,
        );
        expect(proofs).to.deep.equal(["_proof.trades.example.com", `_proof.${site}.trades.example.com`]);
        const http = one(program, "aws:lb/listener:Listener", `${site}-servers-http`).inputs;
        expect(first(http.defaultActions)).to.deep.equal({
          type: "redirect",
          redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
        });
      }
    });

    it("asks each server for itself, and gives one up well before Route 53 gives up the region", () => {
      for (const site of SITES) {
        const { inputs } = one(program, "aws:lb/targetGroup:TargetGroup", `${site}-servers-targets`);
        expect(inputs).to.include({ targetType: "ip", protocol: "HTTP", port: 8080, deregistrationDelay: 30, slowStart: 0 });
        const check = inputs.healthCheck as { path: string; interval: number; timeout: number; unhealthyThreshold: number };
        // `/health/ready` is the region's: a quorum that is away would take every server out.
        expect(check.path).to.equal("/health");
        expect(check.interval * check.unhealthyThreshold + check.timeout).to.be.at.most(20);
      }
    });

    it("logs who asked, into a bucket of its own that nobody else may write to", () => {
      for (const site of SITES) {
        const { inputs } = one(program, "aws:lb/loadBalancer:LoadBalancer", `${site}-servers-balancer`);
        expect(inputs.accessLogs).to.deep.equal({ bucket: `${site}-servers-access-logs-bucket-id`, enabled: true });
        const encryption = one(
          program,
          "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
          `${site}-servers-access-logs-encryption`,
        );
        // A load balancer can write with no other key.
        expect(first<object>(encryption.inputs.rules)).to.deep.include({ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } });
        const policy = one(program, "aws:s3/bucketPolicy:BucketPolicy", `${site}-servers-access-logs-policy`).inputs.policy as string;
        const writers = (JSON.parse(policy) as { Statement: { Effect: string; Principal: unknown }[] }).Statement.filter(
          ({ Effect }) => Effect === "Allow",
        );
        expect(writers.map(({ Principal }) => Principal)).to.deep.equal([{ Service: "logdelivery.elasticloadbalancing.amazonaws.com" }]);
      }
    });

    it("is behind the firewall", () => {
      for (const site of SITES) {
        const { inputs } = one(program, "aws:wafv2/webAclAssociation:WebAclAssociation", `${site}-servers-firewall-balancer`);
        expect(inputs.resourceArn).to.equal(program.arns.get(`aws:lb/loadBalancer:LoadBalancer/${site}-servers-balancer`));
      }
    });

    it("is what the public name, the site's own name and Route 53's checks lead to", () => {
      const records = all(program, "aws:route53/record:Record");
      for (const site of SITES) {
        const dnsName = `trade-${site}-lb-fargate.elb.example`;
        const routed = records.find(({ inputs }) => inputs.name === "trades.example.com" && inputs.setIdentifier === site);
        expect(routed?.inputs).to.deep.include({ type: "CNAME", ttl: 10, records: [dnsName] });
        const own = records.find(({ inputs }) => inputs.name === `${site}.trades.example.com`);
        expect(own?.inputs.aliases).to.deep.equal([{ name: dnsName, zoneId: "ZBALANCER", evaluateTargetHealth: false }]);
      }
      const weights = records.flatMap(
        ({ inputs }) => (inputs.weightedRoutingPolicies as { weight: number }[] | undefined)?.map(({ weight }) => weight) ?? [],
      );
      expect(weights).to.have.members([100, 0]);
      const checks = all(program, "aws:route53/healthCheck:HealthCheck").filter(({ inputs }) => inputs.type === "HTTPS");
      expect(checks.map(({ inputs }) => [inputs.fqdn, inputs.resourcePath, inputs.requestInterval])).to.have.deep.members([
        ["primary.trades.example.com", "/health/ready", 30],
        ["standby.trades.example.com", "/control/active", 30],
        ["standby.trades.example.com", "/health/ready", 30],
      ]);
    });

    it("is reached by a name that its certificate covers from wherever the program calls it", () => {
      for (const site of SITES) {
        const covered = ["trades.example.com", `${site}.trades.example.com`];
        const peer = site === "primary" ? "standby" : "primary";
        const variables = (bundle: string, of: string): Record<string, string> =>
          (
            one(program, "aws:lambda/function:Function", `${of}-work-${bundle}-function`).inputs.environment as {
              variables: Record<string, string>;
            }
          ).variables;
        const host = (url: string | undefined): string => new URL(url ?? "").host;
        expect(covered).to.include(host(variables("sentinel", peer).PEER_URL));
        expect(covered)
          .to.include(host(variables("validator", site).OWN_URL))
          .and.to.include(host(variables("validator", site).PUBLIC_URL));
      }
    });
  });

  describe("its tasks", () => {
    const container = (site: string, of = program): Container =>
      first(JSON.parse(String(one(of, "aws:ecs/taskDefinition:TaskDefinition", `${site}-servers-task`).inputs.containerDefinitions)));

    it("are two of one vCPU and 2 GB in three zones of each region, the standby's standing as the primary's do", () => {
      for (const site of SITES) {
        const task = one(program, "aws:ecs/taskDefinition:TaskDefinition", `${site}-servers-task`).inputs;
        expect(task).to.deep.include({ cpu: "1024", memory: "2048", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] });
        expect(task.runtimePlatform).to.deep.equal({ operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" });
        const service = one(program, "aws:ecs/service:Service", `${site}-servers-service`).inputs;
        expect(service).to.include({ desiredCount: 2, launchType: "FARGATE", deploymentMinimumHealthyPercent: 100 });
        expect(service.deploymentCircuitBreaker).to.deep.equal({ enable: true, rollback: true });
        expect(service.networkConfiguration).to.deep.equal({
          subnets: [1, 2, 3].map((zone) => `${site}-network-private-${zone}-id`),
          securityGroups: [`${site}-network-endpoints-servers-id`],
          assignPublicIp: false,
        });
        const target = one(program, "aws:appautoscaling/target:Target", `${site}-servers-count`).inputs;
        expect(target).to.include({ minCapacity: 2, maxCapacity: 10, scalableDimension: "ecs:service:DesiredCount" });
        expect(program.options.get(`aws:ecs/service:Service/${site}-servers-service`)?.ignoreChanges).to.deep.equal(["desiredCount"]);
      }
    });

    it("are not root, write nowhere, and end within the load balancer's patience", () => {
      for (const site of SITES) {
        const made = container(site);
        expect(made).to.include({ user: "65532", readonlyRootFilesystem: true, stopTimeout: 30 });
        expect(made.linuxParameters.capabilities.drop).to.deep.equal(["ALL"]);
        expect(made.portMappings.map(({ containerPort }) => containerPort)).to.deep.equal([8080]);
        expect(made.logConfiguration.options).to.include({ "awslogs-region": REGIONS[site], mode: "non-blocking" });
      }
    });

    it("run one image by its digest, each region's from its own registry", () => {
      for (const site of SITES)
        expect(container(site).image).to.equal(`123456789012.dkr.ecr.${REGIONS[site]}.amazonaws.com/trade-service-fargate@${DIGEST}`);
    });

    it("are told all that the contract says, and no secret", () => {
      for (const site of SITES) {
        const told = new Map(container(site).environment.map(({ name, value }) => [name, value]));
        expect([...told.keys()])
          .to.include.members(variablesOf(tradeService.uses).filter((name) => !ONLY_SOMETIMES.includes(name)))
          .and.include.members(["AWS_REGION", "PORT", "SERVICE_VERSION"]);
        expect([told.get("API_AUTH"), told.get("AWS_REGION"), told.get("PEER_REGION"), told.get("LEDGER_ENGINE")]).to.deep.equal([
          "apiKey",
          REGIONS[site],
          REGIONS[site === "primary" ? "standby" : "primary"],
          "aurora-postgresql",
        ]);
        expect(JSON.stringify([...told])).to.not.include("generated");
      }
    });

    it("may do what the service does, and what starts them may not", () => {
      for (const site of SITES) {
        const policy = (what: string) => allowed(program, `${site}-servers-${what}-policy`);
        const task = policy("task");
        for (const action of ["dynamodb:PutItem", "sqs:ReceiveMessage", "rds-db:connect", "events:PutEvents"])
          expect(
            task.some((each) => each.startsWith(action)),
            action,
          ).to.equal(true);
        expect(task.filter((each) => /^(ecr|logs|rds-data|states|iam|lambda|secretsmanager):/.test(each))).to.deep.equal([]);
        const execution = policy("execution");
        const logs = program.arns.get(`aws:cloudwatch/logGroup:LogGroup/${site}-servers-logs`);
        const repository = `arn:aws:ecr:${REGIONS[site]}:123456789012:repository/trade-service-fargate`;
        expect(execution).to.have.members([
          ...["BatchGetImage", "GetDownloadUrlForLayer", "BatchCheckLayerAvailability"].map((action) => `ecr:${action} on ${repository}`),
          "ecr:GetAuthorizationToken on *",
          ...["CreateLogStream", "PutLogEvents"].map((action) => `logs:${action} on ${String(logs)}:*`),
        ]);
        const trusts = ["task", "execution"].map((what) =>
          String(one(program, "aws:iam/role:Role", `${site}-servers-${what}-role`).inputs.assumeRolePolicy),
        );
        for (const trust of trusts) expect(trust).to.include("ecs-tasks.amazonaws.com").and.include('"aws:SourceAccount":"123456789012"');
      }
    });
  });

  describe("the image", () => {
    it("is pushed once, to a registry that scans it, moves no tag and replicates it to the standby", () => {
      for (const site of SITES) {
        const { inputs, provider } = one(program, "aws:ecr/repository:Repository", `service-image-${site}`);
        expect(inputs).to.deep.include({
          name: "trade-service-fargate",
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
        });
        expect(first<object>(inputs.encryptionConfigurations)).to.include({ encryptionType: "KMS" });
        expect(provider).to.include(`::${site}-region::`);
      }
      const replication = one(program, "aws:ecr/replicationConfiguration:ReplicationConfiguration", "service-image-replication").inputs;
      const { rules } = replication.replicationConfiguration as {
        rules: { destinations: unknown; repositoryFilters: { filter: string }[] }[];
      };
      expect(rules.map(({ destinations }) => destinations)).to.deep.equal([[{ region: "us-west-2", registryId: "123456789012" }]]);
      expect("trade-service-fargate".startsWith(rules[0]?.repositoryFilters[0]?.filter ?? "?")).to.equal(true);
      const image = one(program, "awsx:ecr:Image", "service-image-image").inputs;
      expect(image).to.include({ platform: "linux/arm64" });
      expect(image.imageTag).to.match(/^[0-9a-f]{32}$/);
    });

    it("is nobody's to build where it is given", async () => {
      const given = await register("fargate", {
        "trade-failover:servers": JSON.stringify({
          image: `firm/trades@${DIGEST}`,
          architecture: "x86_64",
          taskCpu: 2048,
          taskMemory: 8192,
        }),
      });
      expect(given.resources.filter(({ type }) => /:ecr[:/]/.test(type))).to.deep.equal([]);
      for (const site of SITES) {
        const task = one(given, "aws:ecs/taskDefinition:TaskDefinition", `${site}-servers-task`).inputs;
        expect(task).to.include({ cpu: "2048", memory: "8192" });
        expect((task.runtimePlatform as { cpuArchitecture: string }).cpuArchitecture).to.equal("X86_64");
        expect(String(task.containerDefinitions)).to.include(`123456789012.dkr.ecr.${REGIONS[site]}.amazonaws.com/firm/trades@${DIGEST}`);
        expect(allowed(given, `${site}-servers-execution-policy`)).to.include(
          `ecr:BatchGetImage on arn:aws:ecr:${REGIONS[site]}:123456789012:repository/firm/trades`,
        );
      }
    });
  });

  it("runs the gate again when what its servers run has changed", async () => {
    const triggers = (of: Program): unknown[] =>
      all(of, "aws:lambda/invocation:Invocation")
        .filter(({ name }) => name.startsWith("gate-"))
        .map(({ inputs }) => (inputs.triggers as Record<string, string>).servers);
    const revision = { arn: "arn:aws:ecs:us-west-2:123456789012:task-definition/trade-standby-service-fargate:2" };
    const changed = await register("fargate", {}, { "aws:ecs/taskDefinition:TaskDefinition/standby-servers-task": revision });
    const [before = "", after = ""] = [program, changed].map((of) => JSON.stringify(triggers(of)));
    expect(before)
      .to.match(/^\["[0-9a-f]{64}","[0-9a-f]{64}"\]$/)
      .and.not.equal(after);
  });
});
