import { expect } from "chai";
import { register, type Program } from "../support/registrations";

type Inputs = Readonly<Record<string, unknown>>;

interface Query {
  readonly id: string;
  readonly metric?: { readonly dimensions: Readonly<Record<string, string>>; readonly metricName: string; readonly period: number };
  readonly expression?: string;
  readonly returnData: boolean;
}

/** Alarms of a site by the part of their names that is their own. */
const named = (site: string, type: string, key: string, { resources }: Program): Map<string, Inputs> =>
  new Map(
    resources
      .filter((one) => one.type.endsWith(`:${type}`))
      .map(({ inputs }) => [new RegExp(`^trade-${site}-(.*)-prod$`).exec(String(inputs[key]))?.[1] ?? "", inputs]),
  );

describe("what people are told by a threshold that the stack sets", function () {
  this.timeout(240_000);
  let program: Program;
  const alarms = (site: string, from: Program): Map<string, Inputs> => named(site, "MetricAlarm", "name", from);

  before(async () => {
    program = await register("prod");
  });

  it("watches the ledger by the thresholds that the stack sets, and by what its instances are measured in", async () => {
    const alarmsOf = (name: string, from: Program) => alarms("standby", from).get(name);
    expect(alarmsOf("replication-lag", program)).to.include({ metricName: "AuroraGlobalDBReplicationLag", threshold: 1_000 });
    expect(alarmsOf("ledger-load", program)).to.include({ metricName: "ACUUtilization", threshold: 90 });
    expect(alarmsOf("ledger-commit-latency", program)).to.deep.include({
      metricName: "CommitLatency",
      threshold: 1_000,
      dimensions: { DBClusterIdentifier: "trade-standby-ledger-prod", Role: "WRITER" },
    });
    expect(alarmsOf("api-latency", program)).to.include({ threshold: 1_000 });
    const other = await register("prod", {
      "trade-failover:database": '{"instanceClass":"db.r7g.large"}',
      "trade-failover:alarms":
        '{"latencyMs":300,"replicationLagMs":2000,"commitLatencyMs":50,"databaseLoadPercent":70,"databaseConnections":100}',
    });
    expect(alarmsOf("replication-lag", other)?.threshold).to.equal(2_000);
    expect(alarmsOf("ledger-load", other)).to.include({ metricName: "CPUUtilization", threshold: 70 });
    expect(alarmsOf("ledger-connections", other)).to.include({ metricName: "DatabaseConnections", threshold: 100 });
    expect(alarmsOf("ledger-commit-latency", other)?.threshold).to.equal(50);
    expect(alarmsOf("api-latency", other)?.threshold).to.equal(300);
  });

  it("tells when the month's budget of refused trades is used up too fast, and that it still goes on", async () => {
    const rules = named("primary", "CompositeAlarm", "alarmName", program);
    expect(rules.get("availability-burns-fast")?.alarmRule).to.equal(
      'ALARM("trade-primary-availability-burns-fast-1h-prod") AND ALARM("trade-primary-availability-burns-fast-5m-prod")',
    );
    expect(rules.get("availability-burns")?.alarmRule).to.equal(
      'ALARM("trade-primary-availability-burns-6h-prod") AND ALARM("trade-primary-availability-burns-30m-prod")',
    );
    const burning = (name: string, from = program) => {
      const { threshold, metricQueries } = alarms("primary", from).get(name) ?? {};
      return { threshold, queries: (metricQueries ?? []) as readonly Query[] };
    };
    // A hundredth of a per cent is the budget.
    expect(burning("availability-burns-fast-1h").threshold).to.equal(0.144);
    expect(burning("availability-burns-6h").threshold).to.equal(0.06);
    const seconds = { "fast-1h": 3_600, "fast-5m": 300, "6h": 21_600, "30m": 1_800 };
    for (const [window, period] of Object.entries(seconds)) {
      const { queries } = burning(`availability-burns-${window}`);
      expect(queries.flatMap(({ metric }) => metric ?? []).map((metric) => [metric.metricName, metric.period])).to.deep.equal([
        ["5XXError", period],
        ["Count", period],
      ]);
      // Checks, queries and strangers' paths are no trades.
      for (const { metric } of queries)
        if (metric) expect(metric.dimensions).to.include({ Resource: "/trades", Method: "POST", Stage: "v1" });
      expect(queries.find(({ returnData }) => returnData)?.expression).to.equal("IF(failed < 5, 0, 100 * failed / asked)");
      expect(queries.map(({ expression }) => expression)).to.include.members(["FILL(f0, 0)", "FILL(a0, 0)"]);
    }
    const looser = await register("prod", { "trade-failover:alarms": '{"availabilityPercent":"99.9"}' });
    expect(burning("availability-burns-fast-5m", looser).threshold).to.equal(1.44);
  });
});
