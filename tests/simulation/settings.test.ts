import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { buildSimulation } from "../../simulation/build";
import { clusterArn } from "../../simulation/services/global-database";
import { FUNCTIONS } from "../../contract/placement";
import { ALARMS, environments, QUEUE, SIMULATED, TABLES } from "../../simulation/settings";
import { register, type Registration } from "../support/registrations";

const NOT_SIMULATED = ["auditor", "bootstrap", "parity", "parameter-sync"];

/** The world behaves by figures; these are the program's own. */
describe("the simulation's figures are those that the program registers", function () {
  this.timeout(180_000);
  let resources: readonly Registration[] = [];
  const ofType = (type: string): Registration[] => resources.filter((one) => one.type === type);
  const inputs = (type: string, name: string): Record<string, unknown> => {
    const found = ofType(type).find((one) => one.name.includes(name));
    if (!found) throw new Error(`no ${type} is registered as ${name}`);
    return found.inputs;
  };

  before(async () => {
    ({ resources } = await register("prod"));
  });

  it("time limits and variables of the functions", async () => {
    const { rto } = await buildSimulation();
    const given = environments("us-east-1", rto, clusterArn);
    const seen = new Set<string>();
    for (const { name, inputs: shape } of ofType("aws:lambda/function:Function")) {
      const handler = SIMULATED.find((known) => name.endsWith(`-${known}-function`));
      if (handler === undefined) {
        expect(
          NOT_SIMULATED.some((known) => name.includes(known)),
          name,
        ).to.equal(true);
        continue;
      }
      seen.add(handler);
      expect(shape.timeout, name).to.equal(FUNCTIONS[handler].timeoutSeconds);
      const registered = ["AWS_REGION", ...Object.keys((shape.environment as { variables: object }).variables)];
      expect(Object.keys(given[handler]), name).to.include.members(registered);
    }
    expect([...seen]).to.have.members(SIMULATED);
  });

  it("the queue and its mapping", () => {
    const queue = inputs("aws:sqs/queue:Queue", "trades-queue");
    expect(Number(queue.visibilityTimeoutSeconds) * 1000).to.equal(QUEUE.visibilityMs);
    expect((JSON.parse(String(queue.redrivePolicy)) as { maxReceiveCount: number }).maxReceiveCount).to.equal(QUEUE.deliveries);
    const mapping = inputs("aws:lambda/eventSourceMapping:EventSourceMapping", "settlement");
    expect([mapping.batchSize, Number(mapping.maximumBatchingWindowInSeconds) * 1000]).to.deep.equal([QUEUE.batchSize, QUEUE.windowMs]);
  });

  it("tables, their keys, consistency and indexes", () => {
    for (const { name, key, consistency, indexes } of TABLES) {
      const table = inputs("aws:dynamodb/table:Table", name.replace("trade-", "-"));
      expect(table.hashKey).to.equal(key);
      const replicas = table.replicas as { consistencyMode?: string }[];
      expect(
        replicas.every(({ consistencyMode }) => consistencyMode === "STRONG"),
        name,
      ).to.equal(consistency === "strong");
      const registered = ((table.globalSecondaryIndexes ?? []) as { name: string; hashKey: string; rangeKey: string }[]).map(
        ({ name: index, hashKey, rangeKey }) => [index, { partition: hashKey, sort: rangeKey }] as const,
      );
      expect(Object.fromEntries(registered), name).to.deep.equal(indexes);
    }
  });

  it("alarms", () => {
    const alarm = (name: string): Record<string, unknown> => inputs("aws:cloudwatch/metricAlarm:MetricAlarm", name);
    const [age, dead, api] = [alarm("queue-age"), alarm("trades-dead-letters"), alarm("api-errors")];
    expect([age.threshold, age.evaluationPeriods, age.period]).to.deep.equal([ALARMS.queueAge.overSeconds, ALARMS.queueAge.minutes, 60]);
    expect([dead.threshold, dead.evaluationPeriods]).to.deep.equal([ALARMS.deadLetters.over, ALARMS.deadLetters.minutes]);
    expect([api.threshold, api.evaluationPeriods]).to.deep.equal([ALARMS.apiErrors.over, ALARMS.apiErrors.minutes]);
    const lease = alarm("lease-not-renewed");
    expect([lease.threshold, lease.evaluationPeriods, lease.period]).to.deep.equal([15_000, ALARMS.leaseNotRenewed.minutes, 60]);
  });

  it("the times of lease, checks and records", async () => {
    const { rto } = await buildSimulation();
    const { config } = parse(readFileSync(join(__dirname, "../..", "Pulumi.yaml"), "utf8")) as {
      config: Record<string, { default: unknown }>;
    };
    expect(rto.leaseLengthSeconds).to.equal(config["rto.leaseLengthSeconds"]?.default);
    const check = inputs("aws:route53/healthCheck:HealthCheck", "primary-ready");
    expect([check.requestInterval, check.failureThreshold]).to.deep.equal([rto.healthCheckIntervalSeconds, rto.healthCheckThreshold]);
    expect(inputs("aws:route53/record:Record", "global-public-primary").ttl).to.equal(rto.recordTtlSeconds);
    const sentinel = inputs("aws:lambda/function:Function", "-sentinel-function");
    const set = (sentinel.environment as { variables: Record<string, string> }).variables;
    expect([set.LEASE_LENGTH_SECONDS, set.LEASE_RENEWAL_SECONDS, set.LEASE_LIMIT_SECONDS].map(Number)).to.deep.equal([
      rto.leaseLengthSeconds,
      rto.leaseRenewalSeconds,
      rto.leaseLimitSeconds,
    ]);
  });
});
