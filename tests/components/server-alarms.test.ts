import { expect } from "chai";
import { register, type Program } from "../support/registrations";

type Inputs = Readonly<Record<string, unknown>>;
const SITES = ["primary", "standby"] as const;

describe("what watches servers", function () {
  this.timeout(240_000);
  let program: Program;
  const alarm = (site: string, name: string, from = program): Inputs | undefined =>
    from.resources.find(({ type, inputs }) => type.endsWith(":MetricAlarm") && inputs.name === `trade-${site}-${name}-fargate`)?.inputs;

  /** Metrics of an alarm that looks at several. */
  const measured = (site: string, name: string, from = program): string[] =>
    (alarm(site, name, from)?.metricQueries as readonly { readonly metric?: { readonly metricName: string } }[]).flatMap(
      ({ metric }) => metric?.metricName ?? [],
    );

  before(async () => {
    program = await register("fargate");
  });

  it("tells of refusals and slowness as the load balancer measures them, which is in seconds", () => {
    for (const site of SITES) {
      const LoadBalancer = `app/trade-${site}-lb-fargate/1`;
      expect(alarm(site, "api-latency")).to.deep.include({
        namespace: "AWS/ApplicationELB",
        metricName: "TargetResponseTime",
        dimensions: { LoadBalancer },
        threshold: 1,
        extendedStatistic: "p99",
      });
      expect(alarm(site, "api-silent")).to.deep.include({
        metricName: "RequestCount",
        dimensions: { LoadBalancer },
        treatMissingData: "breaching",
      });
      // What the servers answer, and what the balancer answers when it has none.
      expect(measured(site, "api-errors")).to.have.members(["HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"]);
    }
  });

  it("counts as the service level trades alone, as the servers tell, and what the load balancer answers in their place", () => {
    for (const site of SITES)
      for (const window of ["fast-1h", "fast-5m", "6h", "30m"])
        expect(measured(site, `availability-burns-${window}`), window).to.deep.equal([
          "TradesFailed",
          "HTTPCode_ELB_5XX_Count",
          "TradesAsked",
          "HTTPCode_ELB_5XX_Count",
        ]);
    expect(program.resources.filter(({ inputs }) => inputs.namespace === "AWS/ApiGateway")).to.deep.equal([]);
  });

  it("tells of servers that are too few, do not answer or have no more to give; no data is bad news where none is left", () => {
    for (const site of SITES) {
      const dimensions = {
        LoadBalancer: `app/trade-${site}-lb-fargate/1`,
        TargetGroup: `targetgroup/trade-${site}-tg-fargate/1`,
      };
      expect(alarm(site, "servers-too-few")).to.deep.include({
        metricName: "HealthyHostCount",
        statistic: "Minimum",
        comparisonOperator: "LessThanThreshold",
        threshold: 2,
        treatMissingData: "breaching",
        dimensions,
      });
      expect(alarm(site, "servers-unhealthy")).to.deep.include({ metricName: "UnHealthyHostCount", threshold: 0, dimensions });
      expect(alarm(site, "servers-at-limit")).to.deep.include({ metricName: "HealthyHostCount", threshold: 9, dimensions });
      expect(measured(site, "servers-missing")).to.deep.equal(["DesiredTaskCount", "RunningTaskCount"]);
      expect(alarm(site, "servers-missing")).to.include({ threshold: 0, evaluationPeriods: 15, treatMissingData: "breaching" });
      expect(alarm(site, "servers-busy")).to.deep.include({
        namespace: "AWS/ECS",
        metricName: "CPUUtilization",
        treatMissingData: "breaching",
        dimensions: { ClusterName: `trade-${site}-service-fargate`, ServiceName: `trade-${site}-service-fargate` },
      });
    }
  });

  it("counts instances by what their group is measured in", async () => {
    const instances = await register("autoscaling", { "trade-failover:environmentSuffix": "fargate" });
    for (const site of SITES)
      expect(measured(site, "servers-missing", instances)).to.deep.equal(["GroupDesiredCapacity", "GroupInServiceInstances"]);
    for (const { inputs } of instances.resources.filter(({ type }) => type === "aws:autoscaling/group:Group"))
      expect(inputs.enabledMetrics).to.include.members(["GroupDesiredCapacity", "GroupInServiceInstances"]);
  });

  it("does not call it a limit where the number of servers is fixed", async () => {
    const fixed = await register("fargate", { "trade-failover:servers": '{"minCount":4,"maxCount":4}' });
    expect(alarm("primary", "servers-too-few", fixed)?.threshold).to.equal(4);
    expect(alarm("primary", "servers-at-limit", fixed)).to.equal(undefined);
  });

  it("shows both sites' servers and load balancers on both dashboards, and no gateway", () => {
    const bodies = program.resources.filter(({ type }) => type.endsWith(":Dashboard")).map(({ inputs }) => String(inputs.dashboardBody));
    expect(bodies).to.have.length(2);
    for (const body of bodies) {
      const titles = (JSON.parse(body) as { widgets: { properties: { title?: string } }[] }).widgets.map(
        ({ properties }) => properties.title,
      );
      expect(titles).to.include.members(["Servers · us-east-1", "Servers · us-west-2", "API · us-east-1", "API · us-west-2"]);
      for (const site of SITES) expect(body).to.include(`app/trade-${site}-lb-fargate/1`).and.include(`trade-${site}-service-fargate`);
      expect(body).to.not.include("AWS/ApiGateway");
    }
  });
});
