import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { graphOf, type Registration } from "../../scripts/diagram/graph";

const resource = (type: string, name: string, inputs: Registration["inputs"] = {}, site = "primary"): Registration => ({
  type: `aws:${type}`,
  name,
  provider: `urn::${site}-region`,
  id: `id<${name}>`,
  arn: `arn<${name}>`,
  inputs,
});

const QUEUE = resource("sqs/queue:Queue", "primary-trades");
const PROCESSOR = resource("lambda/function:Function", "primary-work-trade-processor-function", {
  name: "trade-primary-trade-processor-dev",
});

describe("the diagram", () => {
  it("finds what triggers what, by ARN or by a name that was put together beforehand", () => {
    const mapping = resource("lambda/eventSourceMapping:EventSourceMapping", "m", {
      eventSourceArn: QUEUE.arn,
      functionName: "trade-primary-trade-processor-dev",
    });
    const { nodes, edges } = graphOf([QUEUE, PROCESSOR, mapping]);
    expect(nodes.map(({ label }) => label)).to.deep.equal(["trade queue", "trade-processor"]);
    expect(edges).to.deep.equal([{ from: QUEUE.name, to: PROCESSOR.name, relation: "triggers", label: "trades" }]);
  });

  it("finds what judges what, over checks of checks", () => {
    const ready = resource("route53/healthCheck:HealthCheck", "global-checks-ready", { fqdn: "id<api>.example", resourcePath: "/ready" });
    const serves = resource("route53/healthCheck:HealthCheck", "global-checks-serves", { childHealthchecks: [ready.id] });
    const record = resource("route53/record:Record", "global-public-primary", {
      name: "t",
      setIdentifier: "primary",
      healthCheckId: serves.id,
    });
    const { edges } = graphOf([resource("apigateway/restApi:RestApi", "api"), ready, serves, record]);
    expect(edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`)).to.have.members([
      "global-checks-ready judges api",
      "global-checks-serves judges global-checks-ready",
      "global-checks-serves judges global-public-primary",
    ]);
  });

  it("finds what a function on a trade's way may write to, by its role", () => {
    const policy = JSON.stringify({
      Statement: [{ Effect: "Allow", Action: ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource: QUEUE.arn }],
    });
    const { edges } = graphOf([QUEUE, PROCESSOR, resource("iam/rolePolicy:RolePolicy", "primary-work-trade-processor-policy", { policy })]);
    expect(edges).to.deep.equal([{ from: PROCESSOR.name, to: QUEUE.name, relation: "writes", label: "" }]);
  });

  it("finds servers behind the load balancer that a name leads to, and what they take and write", () => {
    const balancer = resource("lb/loadBalancer:LoadBalancer", "primary-servers-balancer");
    const service = resource("ecs/service:Service", "primary-servers-service");
    const name = resource("route53/record:Record", "primary-servers-name", { name: "primary.t", aliases: [{ name: balancer.id }] });
    const ready = resource("route53/healthCheck:HealthCheck", "global-checks-ready", { fqdn: "primary.t", resourcePath: "/ready" });
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["sqs:ReceiveMessage"], Resource: QUEUE.arn }] });
    const role = resource("iam/rolePolicy:RolePolicy", "primary-servers-task-policy", { policy });
    const elsewhere = resource("ecs/service:Service", "standby-servers-service", {}, "standby");
    const { edges } = graphOf([QUEUE, balancer, service, elsewhere, name, ready, role]);
    expect(edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`)).to.have.members([
      "global-checks-ready judges primary-servers-balancer",
      "primary-servers-balancer triggers primary-servers-service",
      "primary-trades triggers primary-servers-service",
    ]);
  });

  it("of each stack file is what the program registers", function () {
    this.timeout(300_000);
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/diagram/main.ts", "--check"], {
      cwd: join(__dirname, "../.."),
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
  });
});
