import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COMPOSITES } from "../../components/site/observability/composite-alarms";
import { Handlers, handlerNames } from "../support/reachable";
import { register, type Program, type Registration } from "../support/registrations";

const SITES = [
  ["primary", "us-east-1"],
  ["standby", "us-east-2"],
] as const;
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

interface Query {
  readonly metric?: { readonly dimensions: Readonly<Record<string, string>> };
  readonly expression?: string;
  readonly returnData: boolean;
}
interface WidgetProperties {
  readonly title?: string;
  readonly region?: string;
  readonly alarms?: readonly string[];
  readonly metrics?: readonly (readonly unknown[])[];
}
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: WidgetProperties;
}

describe("what watches both regions", function () {
  this.timeout(240_000);
  let program: Program;
  let withoutName: Program;
  const of = (type: string, from = program): Registration[] => from.resources.filter((one) => one.type === type);
  const alarms = (site: string, from = program): Map<string, Registration["inputs"]> =>
    new Map(
      of(ALARM, from)
        .filter(({ provider, inputs }) => provider.includes(`${site}-region`) && !String(inputs.name).includes("-name-"))
        .map(({ inputs }) => [String(inputs.name).replace(new RegExp(`^trade-${site}-(.*)-(prod|dev)$`), "$1"), inputs]),
    );
  const composites = (site: string): Map<string, string> =>
    new Map(
      of(COMPOSITE)
        .filter(({ provider }) => provider.includes(`${site}-region`))
        .map(({ inputs }) => [String(inputs.alarmName).replace(new RegExp(`^trade-${site}-(.*)-prod$`), "$1"), String(inputs.alarmRule)]),
    );
  const names = (type: string, key = "name"): Set<string> => new Set(of(type).map(({ inputs }) => String(inputs[key])));

  before(async () => {
    program = await register("prod");
    withoutName = await register("dev");
  });

  it("never takes silence for good news: no data is an alarm, or the alarm says why not and who would tell", () => {
    for (const from of [program, withoutName]) {
      for (const [site] of SITES) {
        const all = alarms(site, from);
        expect(all.size).to.be.within(24, 34);
        for (const [name, { treatMissingData, alarmDescription }] of all) {
          if (treatMissingData === "breaching") {
            expect(alarmDescription, name).to.match(/\. No data is bad news\. Runbook: /);
            continue;
          }
          expect(treatMissingData, name).to.equal("notBreaching");
          const why = /\. No data: (.+)\. Runbook: /.exec(String(alarmDescription))?.[1] ?? "";
          expect(why, name).to.have.length.above(10);
          const watcher = /([a-z-]+) would tell/.exec(why)?.[1];
          if (watcher !== undefined) expect(all.get(watcher)?.treatMissingData, `${name}: ${watcher}`).to.equal("breaching");
        }
      }
    }
  });

  it("has an alarm for all that can go wrong, in each region", () => {
    for (const [site] of SITES) {
      const all = alarms(site);
      expect([...all.keys()]).to.include.members([
        "sentinel-silent",
        "reconciler-silent",
        "parameter-sync-silent",
        "queue-age",
        "queue-depth",
        "trades-dead-letters",
        "dead-letters",
        "move-failed",
        "function-errors",
        "function-throttles",
        "function-duration",
        "no-backup",
        "parameter-copy-overtaken",
        "api-errors",
        "api-latency",
        "api-silent",
        "lease-not-renewed",
        "lease-not-taken",
        "replication-lag",
        "ledger-load",
        "ledger-connections",
        "ledger-commit-latency",
        "not-ready",
        "trades-refused",
        "trades-pending",
      ]);
    }
  });

  it("lets functions, queues and machines share an alarm, and leaves none of them out", () => {
    for (const [site] of SITES) {
      const all = alarms(site);
      const watched = (name: string): readonly Query[] => (all.get(name)?.metricQueries ?? []) as readonly Query[];
      const dimensions = (name: string): string[] => watched(name).flatMap(({ metric }) => Object.values(metric?.dimensions ?? {}));
      const functions = of("aws:lambda/function:Function").filter(({ name }) => name.startsWith(`${site}-work-`));
      // Who updates the stack sees these two fail.
      const unseen = functions.filter(({ name }) => !/-(bootstrap|parity)-function$/.test(name)).map(({ inputs }) => inputs.name);
      expect(dimensions("function-throttles")).to.have.members(unseen);
      expect(dimensions("function-duration")).to.have.members(unseen);
      expect(dimensions("function-errors")).to.have.members(unseen.filter((one) => !/trade-processor|auditor/.test(String(one))));
      const queues = of("aws:sqs/queue:Queue").flatMap(({ inputs }) =>
        new RegExp(`^trade-${site}-(?!trades-).*dlq-prod$`).test(String(inputs.name)) ? [inputs.name] : [],
      );
      expect(dimensions("dead-letters")).to.have.members(queues);
      const moves = of("aws:sfn/stateMachine:StateMachine").filter(({ name }) => name.startsWith(site) && !name.includes("readiness"));
      expect(new Set(dimensions("move-failed"))).to.have.property("size", moves.length);
      for (const name of ["function-errors", "function-throttles", "function-duration", "dead-letters", "move-failed"]) {
        const [result, ...others] = watched(name).filter(({ returnData }) => returnData);
        expect(others).to.deep.equal([]);
        expect(result?.expression, name).to.match(/^(SUM|MAX)\(/);
        // AWS takes ten of each.
        expect(watched(name).filter(({ metric }) => metric !== undefined).length, name).to.be.at.most(10);
        expect(watched(name).filter(({ expression }) => expression !== undefined).length, name).to.be.at.most(10);
      }
      for (const { inputs } of functions) {
        const index = watched("function-duration").findIndex(({ metric }) => metric?.dimensions.FunctionName === inputs.name);
        if (index < 0) continue;
        const limit = Number(
          /\/ (\d+)$/.exec(watched("function-duration").find((one) => one.expression?.includes(`m${index},`))?.expression ?? "")?.[1],
        );
        expect(limit, String(inputs.name)).to.be.within(Number(inputs.timeout) * 850, Number(inputs.timeout) * 1000);
      }
    }
  });

  it("asks whether anybody reaches the API only where checkers do: without a public name its silence says nothing", () => {
    expect(alarms("primary", withoutName).has("api-silent")).to.equal(false);
  });

  it("tells people of each alarm, or of the composite that it is part of; composites name alarms that are there", () => {
    for (const [site] of SITES) {
      const topic = `arn:aws:mock:us-east-1:123456789012:trade-${site}-alerts-prod`;
      const all = alarms(site);
      const rules = composites(site);
      expect([...rules.keys()]).to.have.members([
        "ledger-copy-behind",
        "site-down",
        "failover-impaired",
        "availability-burns-fast",
        "availability-burns",
      ]);
      const parts = [...rules.values()].flatMap((rule) =>
        [...rule.matchAll(/ALARM\("trade-[a-z]+-([a-z0-9-]+)-prod"\)/g)].map(([, part]) => part ?? ""),
      );
      for (const part of parts) expect(all.has(part) || rules.has(part), part).to.equal(true);
      for (const [name, { alarmActions }] of all) {
        if (alarmActions === undefined) expect(parts, name).to.include(name);
        else expect(alarmActions).to.deep.equal([topic]);
      }
      for (const { inputs } of of(COMPOSITE).filter(({ provider }) => provider.includes(`${site}-region`)))
        expect(inputs.alarmActions).to.deep.equal([topic]);
      // With a public name every part is there; none is left out because of a name that nothing has.
      for (const { name, rule } of COMPOSITES)
        for (const part of rule.parts) expect(rules.get(name), name).to.include(`ALARM("trade-${site}-${part}-prod")`);
      expect(rules.get("ledger-copy-behind")).to.include(" AND ");
      expect(rules.get("site-down")).to.include("api-errors").and.include(" OR ").and.include("api-silent");
    }
  });

  it("wakes a sentinel by the other site's being down and by its own lease alarms", () => {
    for (const [site, region] of SITES) {
      const sentinel = of("aws:lambda/function:Function").find(({ name }) => name === `${site}-work-sentinel-function`)?.inputs.name;
      const waking = of("aws:cloudwatch/eventRule:EventRule").filter(({ name }) => name.startsWith(`${site}-wake`));
      const patterns = waking.map(
        ({ inputs }) => JSON.parse(String(inputs.eventPattern)) as { region?: string[]; detail?: { alarmName: string[] } },
      );
      expect(patterns.flatMap(({ detail }) => detail?.alarmName ?? [])).to.have.members([
        `trade-${site}-lease-not-renewed-prod`,
        `trade-${site}-sentinel-silent-prod`,
      ]);
      expect(patterns.flatMap(({ region: from }) => from ?? [])).to.deep.equal([region === "us-east-1" ? "us-east-2" : "us-east-1"]);
      const targets = of("aws:cloudwatch/eventTarget:EventTarget").filter(({ name }) => name.startsWith(`${site}-wake`));
      expect(targets).to.have.length(2);
      for (const { name, inputs } of targets) {
        expect(inputs.arn).to.match(new RegExp(`:${String(sentinel)}$`));
        // A hint that is late is dropped, and seen where an alarm looks.
        expect((inputs.deadLetterConfig as { arn: string }).arn, name).to.match(new RegExp(`:trade-${site}-wake-dlq-prod$`));
        expect((inputs.retryPolicy as { maximumEventAgeInSeconds: number }).maximumEventAgeInSeconds).to.equal(60);
      }
      const forwarded = of("aws:cloudwatch/eventRule:EventRule").find(({ name }) => name === `global-events-${site}-alarm-rule`);
      expect(String(forwarded?.inputs.eventPattern)).to.include(`trade-${site}-site-down-prod`);
    }
  });

  it("keeps every log encrypted, for as long as the configuration says", () => {
    const groups = of("aws:cloudwatch/logGroup:LogGroup");
    expect(groups).to.have.length.above(30);
    for (const { name, inputs } of groups) {
      expect(inputs.retentionInDays, name).to.equal(365);
      expect(inputs.kmsKeyId, name).to.be.a("string");
    }
  });

  it("traces every function, stage and machine", () => {
    for (const { inputs } of of("aws:lambda/function:Function")) expect(inputs.tracingConfig).to.deep.equal({ mode: "Active" });
    for (const { inputs } of of("aws:sfn/stateMachine:StateMachine")) expect(inputs.tracingConfiguration).to.deep.equal({ enabled: true });
  });

  it("looks at metrics of this stack alone, which the handlers put under these very names", () => {
    const folder = join(__dirname, "../../handlers/core");
    const code = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
    const own = of(ALARM).filter(({ inputs }) => String(inputs.namespace).startsWith("TradeFailover"));
    expect(new Set(own.map(({ inputs }) => inputs.namespace))).to.deep.equal(new Set(["TradeFailover/prod"]));
    for (const { name, inputs } of own) expect(code, name).to.match(new RegExp(`metrics\\.put\\(\\s*"${String(inputs.metricName)}"`));
  });

  it("gives the namespace to the functions whose code puts metrics, and to no other", () => {
    const handlers = new Handlers();
    const putting = handlerNames().filter((name) => handlers.reach(name).members.has("Metrics.put"));
    expect(putting).to.include("parameter-sync");
    for (const { name, inputs } of of("aws:lambda/function:Function")) {
      const handler = /^(?:primary|standby)-(?:fn|work)-(.*)-function$/.exec(name)?.[1] ?? "";
      const namespace = (inputs.environment as { variables: Record<string, unknown> }).variables.METRICS_NAMESPACE;
      expect(namespace, name).to.equal(putting.includes(handler) ? "TradeFailover/prod" : undefined);
    }
  });

  describe("the dashboards", () => {
    const widgets = (site: string): Widget[] => {
      const found = of("aws:cloudwatch/dashboard:Dashboard").find(({ inputs }) => inputs.dashboardName === `trade-${site}-operators-prod`);
      return (JSON.parse(String(found?.inputs.dashboardBody)) as { widgets: Widget[] }).widgets;
    };

    it("are one in each region, with the same of both sites side by side", () => {
      expect(widgets("primary")).to.deep.equal(widgets("standby"));
      const all = widgets("primary");
      const title = ({ properties }: Widget, region: string): string => (properties.title ?? "").replace(region, "R");
      const left = all.filter((one) => one.properties.title?.endsWith("us-east-1") && one.width === 12 && one.y > 3);
      expect(left).to.have.length.above(8);
      for (const one of left) {
        const right = all.find((other) => other.y === one.y && other.x === 12);
        expect(right && title(right, "us-east-2")).to.equal(title(one, "us-east-1"));
        expect(right?.properties.metrics?.length).to.equal(one.properties.metrics?.length);
      }
    });

    it("do not lay one thing over another", () => {
      const taken = new Set<string>();
      for (const { x, y, width, height } of widgets("primary")) {
        expect(x + width).to.be.at.most(24);
        for (let column = x; column < x + width; column += 1)
          for (let row = y; row < y + height; row += 1) {
            expect(taken.has(`${column}/${row}`), `${column}/${row}`).to.equal(false);
            taken.add(`${column}/${row}`);
          }
      }
    });

    it("show only what the program has registered, in the region that it is in", () => {
      const known: Record<string, Set<string>> = {
        "AWS/ApiGateway": new Set([...names("aws:apigateway/restApi:RestApi"), "trades", "POST", "v1"]),
        "AWS/Lambda": names("aws:lambda/function:Function"),
        "AWS/SQS": names("aws:sqs/queue:Queue"),
        "AWS/DynamoDB": names("aws:dynamodb/table:Table"),
        "AWS/RDS": new Set([...names("aws:rds/cluster:Cluster", "clusterIdentifier"), "WRITER"]),
        "AWS/WAFV2": new Set([...names("aws:wafv2/webAcl:WebAcl"), "ALL", "us-east-1", "us-east-2"]),
        "AWS/States": names("aws:sfn/stateMachine:StateMachine"),
        "AWS/Route53": new Set(of("aws:route53/healthCheck:HealthCheck").map(({ name }) => `${name}-id`)),
        "TradeFailover/prod": new Set(["us-east-1", "us-east-2"]),
      };
      let seen = 0;
      for (const { properties } of widgets("primary")) {
        for (const [namespace, , ...rest] of properties.metrics ?? []) {
          const values = rest.filter((value, index): value is string => index % 2 === 1 && typeof value === "string");
          for (const value of values) {
            expect(known[String(namespace)], String(namespace)).to.include(value.split(/[:/]/).at(-1));
            const site = /trade-(primary|standby)-/.exec(value)?.[1];
            if (site !== undefined) expect(properties.region, value).to.equal(site === "primary" ? "us-east-1" : "us-east-2");
            seen += 1;
          }
        }
        for (const arn of properties.alarms ?? []) {
          const name = arn.split(":").at(-1) ?? "";
          expect(names(ALARM).has(name) || names(COMPOSITE, "alarmName").has(name), arn).to.equal(true);
          seen += 1;
        }
      }
      expect(seen).to.be.above(100);
    });
  });
});
