import { expect } from "chai";
import { bootScript } from "../../../components/site/servers/instances/boot";
import { accessFacts, credentialsOf } from "../../../lab/iam/facts";
import { AccessJudge } from "../../../lab/iam/judge";
import { serversOf } from "../../../lab/provision/servers";
import { wiringOf } from "../../../lab/provision/wiring";
import type { Registered } from "../../../lab/types";
import { item } from "../../support/registered-item";

const REGION = "us-east-1";
const ROLE = "arn:aws:iam::000000000000:role/task";
const DATABASE = "arn:aws:rds-db:us-east-1:000000000000:dbuser:cluster-ABC/trade_service";
const place = { site: "primary", region: REGION, endpoint: "http://front" } as const;

const task = (containers: object[]): Registered =>
  item(
    "aws:ecs/taskDefinition:TaskDefinition",
    "task",
    REGION,
    { taskRoleArn: ROLE, containerDefinitions: JSON.stringify(containers) },
    { arn: "task:1" },
  );

const program = (more: readonly Registered[] = []): Registered[] => [
  item("aws:iam/role:Role", "task", REGION, { name: "task" }, { arn: ROLE }),
  item("aws:iam/rolePolicy:RolePolicy", "task-policy", REGION, {
    role: "task",
    policy: JSON.stringify({
      Statement: [
        { Effect: "Allow", Action: "rds-db:connect", Resource: DATABASE },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" },
      ],
    }),
  }),
  task([
    { name: "logs", environment: [{ name: "OTHER", value: "1" }] },
    { name: "trades", environment: [{ name: "JOURNAL_TABLE", value: "journal" }], stopTimeout: 40 },
  ]),
  item("aws:lb/loadBalancer:LoadBalancer", "balancer", REGION, { idleTimeout: 55 }),
  item(
    "aws:lb/targetGroup:TargetGroup",
    "targets",
    REGION,
    {
      healthCheck: { path: "/health", interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 3, matcher: "200" },
      deregistrationDelay: 20,
      loadBalancingAlgorithmType: "least_outstanding_requests",
    },
    { arn: "targets" },
  ),
  item(
    "aws:ecs/service:Service",
    "service",
    REGION,
    {
      desiredCount: 2,
      taskDefinition: "task:1",
      healthCheckGracePeriodSeconds: 30,
      loadBalancers: [{ targetGroupArn: "targets", containerName: "trades", containerPort: 8080 }],
    },
    { name: "trade-service" },
  ),
  ...more,
];

describe("the servers that the program registers", () => {
  it("are as many, with the environment, checks and times that are registered", () => {
    expect(wiringOf(program(), place, (at, variables) => ({ ...variables, AT: at.site })).servers).to.deep.equal({
      kind: "task",
      name: "trade-service",
      count: 2,
      environment: { JOURNAL_TABLE: "journal", AT: "primary" },
      stopSeconds: 40,
      graceSeconds: 30,
      balancer: {
        check: { path: "/health", intervalSeconds: 5, timeoutSeconds: 2, healthyThreshold: 2, unhealthyThreshold: 3, matcher: "200" },
        algorithm: "least_outstanding_requests",
        deregistrationSeconds: 20,
        idleSeconds: 55,
      },
    });
  });

  it("are none in a region that has none, and before their service is registered", () => {
    expect(serversOf(program(), "us-west-2")).to.equal(undefined);
    expect(serversOf(program().slice(0, -1), REGION)).to.equal(undefined);
  });

  it("are instances where a group is registered, with what their user data tells the unit", () => {
    const script = bootScript({
      region: REGION,
      environment: { JOURNAL_TABLE: "journal", ODD: 'a "quoted" back\\slash' },
      bundle: { bucket: "artefacts", key: "service/1/index.mjs", sha256: "0".repeat(64) },
      logGroup: "/aws/ec2/service",
    });
    const group = [
      item("aws:iam/instanceProfile:InstanceProfile", "profile", REGION, { role: "task" }, { arn: "profile" }),
      item("aws:ec2/launchTemplate:LaunchTemplate", "template", REGION, {
        iamInstanceProfile: { arn: "profile" },
        userData: Buffer.from(script).toString("base64"),
      }),
      item(
        "aws:autoscaling/group:Group",
        "group",
        REGION,
        { minSize: 3, healthCheckGracePeriod: 180, launchTemplate: { id: "template" }, targetGroupArns: ["targets"] },
        { name: "trade-instances" },
      ),
    ];
    const registered = [
      ...program()
        .slice(0, -1)
        .map((one) => ({ ...one, state: { ...one.state, name: one.inputs["name"] ?? one.id } })),
      ...group,
    ];
    const { balancer, ...servers } = serversOf(registered, REGION) ?? {};
    expect(balancer?.deregistrationSeconds).to.equal(20);
    expect(servers).to.deep.equal({
      kind: "instance",
      name: "trade-instances",
      count: 3,
      environment: { JOURNAL_TABLE: "journal", ODD: 'a "quoted" back\\slash' },
      stopSeconds: 30,
      graceSeconds: 180,
      restartSeconds: 2,
      roleArn: ROLE,
    });
  });

  it("call as the role of their tasks, through endpoints and their policies, and else by a NAT gateway alone", () => {
    const judgeOf = (more: readonly Registered[]): AccessJudge => new AccessJudge(accessFacts(program(more)));
    const { accessKeyId } = credentialsOf(REGION, "trade-service");
    const send = (region: string) => ({
      service: "sqs",
      region,
      operation: "SendMessage",
      input: { QueueUrl: "http://x/000000000000/trades" },
    });
    const refused = (judge: AccessJudge, region: string): string | undefined => {
      const who = judge.callerOf(accessKeyId);
      return who && judge.refusal(who, send(region))?.message;
    };
    const nat = item("aws:ec2/natGateway:NatGateway", "nat", REGION, {});
    expect(refused(judgeOf([]), "us-west-2")).to.contain("have no endpoint");
    expect(refused(judgeOf([nat]), "us-west-2")).to.equal(undefined);
    const endpoint = item("aws:ec2/vpcEndpoint:VpcEndpoint", "sqs", REGION, {
      serviceName: "com.amazonaws.us-east-1.sqs",
      policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:ReceiveMessage", Resource: "*" }] }),
    });
    expect(refused(judgeOf([nat, endpoint]), REGION), "what has an endpoint is held to its policy").to.contain("no VPC endpoint policy");
  });

  it("read secrets through an endpoint whose policy names them as AWS writes their ARNs", () => {
    const secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:trade-key";
    const endpoint = (resource: string): Registered =>
      item("aws:ec2/vpcEndpoint:VpcEndpoint", "secrets", REGION, {
        serviceName: "com.amazonaws.us-east-1.secretsmanager",
        policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "secretsmanager:*", Resource: resource }] }),
      });
    const refused = (resource: string): string | undefined => {
      const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret }] });
      const role = item("aws:iam/rolePolicy:RolePolicy", "reads", REGION, { role: "task", policy });
      const judge = new AccessJudge(accessFacts(program([role, endpoint(resource)])));
      const who = judge.callerOf(credentialsOf(REGION, "trade-service").accessKeyId);
      const call = { service: "secretsmanager", region: REGION, operation: "GetSecretValue", input: { SecretId: secret } };
      return who && judge.refusal(who, call)?.message;
    };
    expect(refused(`${secret}-*`)).to.equal(undefined);
    expect(refused(secret), "the name alone fits no secret on AWS").to.contain("no VPC endpoint policy");
  });

  it("connect to the database where their role may", () => {
    const judge = new AccessJudge(accessFacts(program()));
    const { accessKeyId } = credentialsOf(REGION, "trade-service");
    const asked = { region: REGION, database: "cluster-ABC", user: "trade_service" };
    expect(judge.connectRefusal(accessKeyId, asked)).to.equal(undefined);
    expect(judge.connectRefusal(accessKeyId, { ...asked, user: "admin" })).to.contain("rds-db:connect");
    expect(judge.connectRefusal("ASIA0", asked)).to.contain("belongs to nobody");
  });
});
