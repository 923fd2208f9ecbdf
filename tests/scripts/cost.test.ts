import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { standing } from "../../scripts/cost/standing";
import type { Registration } from "../../scripts/diagram/graph";

const resource = (type: string, name: string, inputs: Registration["inputs"]): Registration => ({
  type: `aws:${type}`,
  name,
  provider: "urn::primary-region",
  id: `id<${name}>`,
  arn: `arn<${name}>`,
  inputs,
});

const SENTINEL = resource("lambda/function:Function", "primary-work-sentinel-function", { memorySize: 512 });
const INSTANCE = "rds/clusterInstance:ClusterInstance";

/** Dollars a month of what stands beside a sentinel. */
const dollarsOf = (...all: Registration[]): number => {
  const sum = (lines: ReturnType<typeof standing>): number => lines.reduce((total, { dollars }) => total + dollars, 0);
  return Number((sum(standing([...all, SENTINEL])) - sum(standing([SENTINEL]))).toFixed(2));
};

describe("the cost estimate", () => {
  it("counts an instance of the ledger by the least capacity of its cluster, or by its class", () => {
    const cluster = resource("rds/cluster:Cluster", "ledger", { serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 64 } });
    const serverless = resource(INSTANCE, "one", { instanceClass: "db.serverless", clusterIdentifier: cluster.id });
    // 2 units of 0.12 for 730 hours.
    expect(dollarsOf(cluster, serverless)).to.equal(175.2);
    expect(dollarsOf(resource(INSTANCE, "one", { instanceClass: "db.r7g.large" }))).to.equal(201.48);
    expect(() => dollarsOf(resource(INSTANCE, "one", { instanceClass: "db.r9z.large" }))).to.throw("the price list has no db.r9z.large");
  });

  it("counts endpoints by their zones, and alarms by the metrics that they look at", () => {
    const endpoint = (vpcEndpointType: string) => resource("ec2/vpcEndpoint:VpcEndpoint", "e", { vpcEndpointType, subnetIds: ["a", "b"] });
    expect(dollarsOf(endpoint("Interface"))).to.equal(14.6);
    expect(dollarsOf(endpoint("Gateway"))).to.equal(0);
    const queries = [{ metric: {} }, { metric: {} }, { expression: "SUM(METRICS())" }];
    expect(dollarsOf(resource("cloudwatch/metricAlarm:MetricAlarm", "a", { metricQueries: queries }))).to.equal(0.2);
    expect(dollarsOf(resource("cloudwatch/metricAlarm:MetricAlarm", "a", { metricName: "Errors" }))).to.equal(0.1);
  });

  it("counts servers by how many stand, and what each is", () => {
    const task = resource("ecs/taskDefinition:TaskDefinition", "task", { cpu: "1024", memory: "2048" });
    const service = resource("ecs/service:Service", "service", { desiredCount: 2, taskDefinition: task.arn });
    expect(dollarsOf(task, service)).to.equal(57.67);
    const template = resource("ec2/launchTemplate:LaunchTemplate", "template", {
      instanceType: "c7g.large",
      blockDeviceMappings: [{ ebs: { volumeSize: 20 } }],
    });
    const group = resource("autoscaling/group:Group", "group", { minSize: 3, launchTemplate: { id: template.id } });
    expect(dollarsOf(template, group)).to.be.closeTo(163.575, 0.01);
  });

  it("on the page is what the program registers and the price list says", function () {
    this.timeout(300_000);
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/cost/main.ts", "--check"], {
      cwd: join(__dirname, "../.."),
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
  });
});
