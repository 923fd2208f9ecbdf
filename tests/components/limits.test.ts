/** What AWS refuses for its size or its characters, which no schema says: held with the longest suffix and everything switched on. */
import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const LONGEST_SUFFIX = "abcde-fghijk";
const EVERYTHING = {
  "trade-failover:environmentSuffix": LONGEST_SUFFIX,
  "trade-failover:apiAuth": "apiKey",
  "trade-failover:routing": "weighted",
  "trade-failover:operatorPrincipal": "arn:aws:iam::123456789012:role/trading/operators",
  "trade-failover:gameDay": '{"enabled":true}',
  "trade-failover:regionSwitch": '{"enabled":true}',
  "trade-failover:sessions": '{"required":true}',
};

/** By type: which input is the name, how long it may be, and of what. */
const NAMES: Readonly<Record<string, readonly [key: string, max: number, pattern: RegExp]>> = {
  "aws:iam/role:Role": ["name", 64, /^[\w+=,.@-]+$/],
  "aws:lambda/function:Function": ["name", 64, /^[\w-]+$/],
  "aws:sqs/queue:Queue": ["name", 80, /^[\w-]+$/],
  "aws:sns/topic:Topic": ["name", 256, /^[\w-]+$/],
  "aws:sfn/stateMachine:StateMachine": ["name", 80, /^[\w-]+$/],
  "aws:scheduler/schedule:Schedule": ["name", 64, /^[\w.-]+$/],
  "aws:cloudwatch/eventRule:EventRule": ["name", 64, /^[\w.-]+$/],
  "aws:cloudwatch/eventBus:EventBus": ["name", 256, /^[\w.-]+$/],
  "aws:cloudwatch/eventArchive:EventArchive": ["name", 48, /^[\w.-]+$/],
  "aws:cloudwatch/logGroup:LogGroup": ["name", 512, /^[\w/.#-]+$/],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name", 255, /^[\x20-\x7e]+$/],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarmName", 255, /^[\x20-\x7e]+$/],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName", 255, /^[\w-]+$/],
  "aws:dynamodb/table:Table": ["name", 255, /^[\w.-]{3,}$/],
  "aws:s3/bucket:Bucket": ["bucket", 63, /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/],
  // A letter first, no dash at the end, no two in a row.
  "aws:rds/globalCluster:GlobalCluster": ["globalClusterIdentifier", 63, /^[a-z](-?[a-z0-9])*$/],
  "aws:rds/cluster:Cluster": ["clusterIdentifier", 63, /^[a-z](-?[a-z0-9])*$/],
  "aws:rds/clusterInstance:ClusterInstance": ["identifier", 63, /^[a-z](-?[a-z0-9])*$/],
  "aws:rds/subnetGroup:SubnetGroup": ["name", 255, /^[a-z0-9 _.-]+$/],
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": ["name", 255, /^[a-z](-?[a-z0-9])*$/],
  "aws:secretsmanager/secret:Secret": ["name", 512, /^[\w/+=.@-]+$/],
  "aws:ssm/parameter:Parameter": ["name", 1011, /^\/[\w./-]+$/],
  "aws:kms/alias:Alias": ["name", 256, /^alias\/(?!aws\/)[\w/-]+$/],
  "aws:backup/vault:Vault": ["name", 50, /^[\w-]{2,}$/],
  "aws:backup/plan:Plan": ["name", 50, /^[\w.-]+$/],
  "aws:backup/selection:Selection": ["name", 50, /^[\w.-]+$/],
  "aws:arcregionswitch/plan:Plan": ["name", 32, /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/],
  "aws:wafv2/webAcl:WebAcl": ["name", 128, /^[\w-]+$/],
  "aws:apigateway/requestValidator:RequestValidator": ["name", 128, /^[\w-]+$/],
  "aws:apigateway/model:Model": ["name", 128, /^[a-zA-Z0-9]+$/],
  "aws:apigateway/restApi:RestApi": ["name", 1024, /^[\w-]+$/],
  "aws:apigateway/usagePlan:UsagePlan": ["name", 255, /^[\w-]+$/],
  "aws:apigateway/apiKey:ApiKey": ["name", 255, /^[\w-]+$/],
  "aws:ec2/securityGroup:SecurityGroup": ["name", 255, /^(?!sg-)[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/],
};
/** Types whose `name` is a fixed text, a path in DNS or no name at all. */
const NAMELESS = new Set(["aws:iam/rolePolicy:RolePolicy", "aws:route53/record:Record"]);

/** By type: an input that is a text, and how many characters it may have. */
const TEXTS: readonly (readonly [type: string, key: string, max: number, pattern?: RegExp])[] = [
  ["aws:iam/role:Role", "assumeRolePolicy", 2_048],
  ["aws:iam/role:Role", "description", 1_000, /^[\t\n\r\x20-\x7e¡-ÿ]*$/],
  ["aws:iam/rolePolicy:RolePolicy", "policy", 10_240],
  ["aws:kms/key:Key", "policy", 32_768],
  ["aws:kms/replicaKey:ReplicaKey", "policy", 32_768],
  ["aws:sqs/queuePolicy:QueuePolicy", "policy", 8_192],
  ["aws:sns/topicPolicy:TopicPolicy", "policy", 30_720],
  ["aws:s3/bucketPolicy:BucketPolicy", "policy", 20_480],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", "policy", 20_480],
  ["aws:sfn/stateMachine:StateMachine", "definition", 1_048_576],
  ["aws:cloudwatch/dashboard:Dashboard", "dashboardBody", 1_048_576],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", "alarmDescription", 1_024],
  ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmDescription", 1_024],
  ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmRule", 10_240],
  ["aws:cloudwatch/eventRule:EventRule", "eventPattern", 2_048],
  ["aws:cloudwatch/eventRule:EventRule", "description", 512],
  ["aws:cloudwatch/eventArchive:EventArchive", "description", 512],
  ["aws:ssm/parameter:Parameter", "insecureValue", 4_096],
  ["aws:ec2/securityGroup:SecurityGroup", "description", 255, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/],
  ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "description", 255, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/],
  ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "description", 255, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/],
  ["aws:wafv2/webAcl:WebAcl", "description", 256, /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/],
  ["aws:apigateway/stage:Stage", "accessLogSettings", 3_072],
  ["aws:route53/zone:Zone", "comment", 256],
  ["aws:fis/experimentTemplate:ExperimentTemplate", "description", 512],
];

describe("AWS's limits, with the longest suffix and everything switched on", function () {
  this.timeout(240_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  /** Policies are counted without the space between their parts, and the program writes none. */
  const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

  before(async () => {
    program = await register("prod", EVERYTHING);
  });

  it("every name is short enough and of what its service takes", () => {
    for (const { type, name, inputs } of program.resources.filter((one) => one.type.startsWith("aws:"))) {
      const limit = NAMES[type];
      if (limit === undefined) {
        expect(
          inputs.name === undefined || NAMELESS.has(type) || type.endsWith("DomainName"),
          `${type} ${name} has a name: add its limit`,
        ).to.equal(true);
        continue;
      }
      const [key, max, pattern] = limit;
      const value = String(inputs[key]);
      expect(value.length, value).to.be.at.most(max);
      expect(value, `${type} ${name}`).to.match(pattern);
    }
  });

  it("no two things of a service have one name in one region, cut names included", () => {
    const seen = new Map<string, string>();
    for (const { type, name, provider, inputs } of program.resources) {
      const [key] = NAMES[type] ?? [];
      if (key === undefined) continue;
      // Roles are of the account, buckets of the world; the rest of a region.
      const scope = type.startsWith("aws:iam/") || type.startsWith("aws:s3/") ? "" : provider.split("::")[3];
      const id = [type, scope, inputs[key]].join(" ");
      expect(seen.get(id), `${name}: ${id}`).to.equal(undefined);
      seen.set(id, name);
    }
  });

  it("every text is short enough", () => {
    for (const [type, key, max, pattern] of TEXTS) {
      for (const { name, inputs } of of(type)) {
        if (inputs[key] === undefined) continue;
        const text = textOf(inputs[key]);
        expect(text.length, `${key} of ${name}`).to.be.at.most(max);
        if (pattern) expect(text, `${key} of ${name}`).to.match(pattern);
      }
    }
  });

  it("all policies of a role together are short enough", () => {
    const sizes = new Map<unknown, number>();
    for (const { inputs } of of("aws:iam/rolePolicy:RolePolicy"))
      sizes.set(inputs.role, (sizes.get(inputs.role) ?? 0) + textOf(inputs.policy).length);
    expect(sizes.size).to.be.above(30);
    expect([...sizes].filter(([, size]) => size > 10_240)).to.deep.equal([]);
  });

  it("a function's variables are below 4 KB", () => {
    for (const { name, inputs } of of("aws:lambda/function:Function"))
      expect(Buffer.byteLength(JSON.stringify((inputs.environment as { variables: object }).variables)), name).to.be.at.most(4_096);
  });

  const periodsOf = ({ period, metricQueries = [] }: Registration["inputs"]): number[] =>
    period === undefined
      ? (metricQueries as { metric?: { period: number } }[]).flatMap(({ metric }) => metric?.period ?? [])
      : [Number(period)];

  it("an alarm looks back a day at most", () => {
    for (const { name, inputs } of of("aws:cloudwatch/metricAlarm:MetricAlarm"))
      for (const period of periodsOf(inputs)) expect(period * Number(inputs.evaluationPeriods), name).to.be.within(60, 86_400);
  });

  it("a dashboard has 500 graphs and 2,500 metrics at most, a graph 500", () => {
    for (const { name, inputs } of of("aws:cloudwatch/dashboard:Dashboard")) {
      const { widgets } = JSON.parse(String(inputs.dashboardBody)) as {
        widgets: { properties: { metrics?: unknown[]; alarms?: unknown[] } }[];
      };
      const metrics = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
      expect(widgets.length, name).to.be.at.most(500);
      expect(Math.max(...metrics), name).to.be.at.most(500);
      expect(
        metrics.reduce((sum, count) => sum + count, 0),
        name,
      ).to.be.at.most(2_500);
      for (const { properties } of widgets) expect(properties.alarms?.length ?? 0, name).to.be.at.most(100);
    }
  });

  it("tags are few enough and of what AWS takes", () => {
    const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
    const tagged = [
      ...of("pulumi:providers:aws").map(({ name, inputs }) => ({
        name,
        tags: JSON.parse(textOf(inputs.defaultTags)) as { tags?: object },
      })),
      ...program.resources
        .filter(({ inputs }) => inputs.tags !== undefined)
        .map(({ name, inputs }) => ({ name, tags: { tags: inputs.tags as object } })),
    ];
    expect(tagged.length).to.be.above(50);
    for (const { name, tags } of tagged) {
      const entries = Object.entries(tags.tags ?? {});
      expect(entries.length, name).to.be.within(1, 45);
      for (const [key, value] of entries) {
        expect(key, name).to.match(TEXT).and.have.length.within(1, 128);
        expect(String(value), `${name} ${key}`).to.match(TEXT).and.have.length.at.most(256);
      }
    }
  });
});
