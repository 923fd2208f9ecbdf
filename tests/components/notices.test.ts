/** Notices for chat and paging: who is told of what, and in which words, by what each receiver documents. */
import { expect } from "chai";
import type { MachineEvent } from "../../contract/events";
import { GOOD, problemsOf } from "../support/configurations";
import { transformed } from "../support/input-transformer";
import { REGIONS } from "../support/places";
import { register, type Program, type Registration } from "../support/registrations";

const KEY = "0123456789abcdef".repeat(2);
const URL = "https://chat.example.com/services/T0/B0/secret";
const SITES = ["primary", "standby"] as const;

const alarm = (alarmName: string, value: "ALARM" | "OK", region: string) => ({
  source: "aws.cloudwatch",
  "detail-type": "CloudWatch Alarm State Change",
  region,
  time: "2030-01-01T00:00:00Z",
  resources: [`arn:aws:cloudwatch:${region}:123456789012:alarm:${alarmName}`],
  detail: {
    alarmName,
    state: { value, reason: 'a reason with "quotation marks" and \\ in it' },
    previousState: { value: value === "OK" ? "ALARM" : "OK" },
  },
});
const move = (what: MachineEvent, region: string) => ({
  source: "trade-failover",
  "detail-type": what,
  region,
  time: "2030-01-01T00:00:00Z",
  detail: { summary: 'needs a person: {"Error":"States.Timeout"}' },
});
type Told = ReturnType<typeof alarm> | ReturnType<typeof move>;

/** EventBridge's patterns as far as these go: each member has to be one of those listed. */
const matches = (pattern: unknown, event: unknown): boolean =>
  Object.entries(pattern as Record<string, unknown>).every(([member, wanted]) => {
    const value = (event as Record<string, unknown> | undefined)?.[member];
    return Array.isArray(wanted) ? wanted.includes(value) : matches(wanted, value);
  });

interface PagerDutyEvent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

describe("notices for chat and paging", function () {
  this.timeout(240_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const rules = (site: string) => of("aws:cloudwatch/eventRule:EventRule").filter(({ name }) => name.startsWith(`${site}-notices`));
  const targets = (site: string) => of("aws:cloudwatch/eventTarget:EventTarget").filter(({ name }) => name.startsWith(`${site}-notices`));
  const toldAlarms = (site: string): readonly string[] =>
    program.resources.flatMap(({ type, name, inputs }) =>
      /cloudwatch\/(metricAlarm|compositeAlarm):/.test(type) && inputs.alarmActions !== undefined && !name.includes("checks")
        ? [String(inputs.name ?? inputs.alarmName)].filter((alarmName) => alarmName.startsWith(`trade-${site}-`))
        : [],
    );
  /** What a site sends to a receiver for an event on one of its buses. */
  const sent = (site: string, receiver: "chat" | "pager", bus: "account" | "site", event: Told): readonly string[] =>
    targets(site).flatMap(({ name, inputs }) => {
      const rule = rules(site).find((one) => one.inputs.name === inputs.rule);
      const onBus = rule?.inputs.eventBusName === undefined ? "account" : "site";
      if (!name.endsWith(`-${receiver}`) || bus !== onBus || !matches(JSON.parse(String(rule?.inputs.eventPattern)), event)) return [];
      return [transformed(event, inputs.inputTransformer as Parameters<typeof transformed>[1])];
    });
  const paged = (...args: [site: string, bus: "account" | "site", event: Told]): readonly PagerDutyEvent[] =>
    sent(args[0], "pager", args[1], args[2]).map((body) => JSON.parse(body) as PagerDutyEvent);

  before(async () => {
    program = await register("prod", { "trade-failover:notices": JSON.stringify({ chatUrl: URL, pagerDutyKey: KEY }) });
  });

  it("are not there unless they are configured", async () => {
    const { resources } = await register("prod");
    expect(resources.filter(({ type }) => /event(Connection|ApiDestination):/.test(type))).to.deep.equal([]);
    expect(resources.filter(({ name }) => name.includes("-notices-") && name.endsWith("-rule"))).to.deep.equal([]);
  });

  it("are opened once, and resolved, for each alarm that tells people, and for no other", () => {
    for (const site of SITES) {
      const region = REGIONS[site];
      const told = toldAlarms(site);
      expect(told, site).to.have.length.greaterThan(20);
      for (const name of told) {
        const [opened, ...more] = paged(site, "account", alarm(name, "ALARM", region));
        expect(more, name).to.deep.equal([]);
        expect(opened, name).to.include({ event_action: "trigger", dedup_key: name });
        expect(paged(site, "account", alarm(name, "OK", region)), name).to.deep.equal([{ event_action: "resolve", dedup_key: name }]);
        expect(sent(site, "chat", "account", alarm(name, "ALARM", region)), name).to.have.length(1);
      }
      for (const quiet of [`trade-${site}-passive-prod`, "someone-elses-alarm"])
        expect(sent(site, "pager", "account", alarm(quiet, "ALARM", region)), quiet).to.deep.equal([]);
      const fresh = { ...alarm(told[0] ?? "", "OK", region) };
      const becameOk = { ...fresh, detail: { ...fresh.detail, previousState: { value: "INSUFFICIENT_DATA" } } };
      expect(sent(site, "chat", "account", becameOk), "a new alarm").to.deep.equal([]);
    }
  });

  it("wake for symptoms as critical, and tell of causes as warnings", () => {
    const severity = (name: string) => paged("primary", "account", alarm(name, "ALARM", REGIONS.primary))[0]?.payload?.severity;
    expect(severity("trade-primary-site-down-prod")).to.equal("critical");
    expect(severity("trade-primary-function-errors-prod")).to.equal("warning");
  });

  it("have what PagerDuty's Events API v2 requires, whatever stands in the event", () => {
    const events: readonly Told[] = [
      alarm("trade-primary-site-down-prod", "ALARM", REGIONS.primary),
      move("Failover Failed", REGIONS.primary),
      move("Switchover Failed", REGIONS.primary),
    ];
    for (const event of events) {
      const [opened] = paged("primary", event.source === "aws.cloudwatch" ? "account" : "site", event);
      const { event_action, dedup_key, payload } = opened ?? { event_action: "", dedup_key: "" };
      expect(event_action).to.equal("trigger");
      expect(dedup_key).to.have.length.within(1, 255);
      expect(payload?.summary).to.be.a("string").with.length.within(1, 1024);
      expect(payload?.source).to.be.a("string").and.include(REGIONS.primary);
      expect(payload?.severity).to.be.oneOf(["critical", "error", "warning", "info"]);
      expect(payload?.timestamp).to.equal("2030-01-01T00:00:00Z");
      expect(payload?.custom_details).to.deep.equal(event.detail);
    }
    for (const connection of of("aws:cloudwatch/eventConnection:EventConnection").filter(({ name }) => name.includes("pager")))
      expect(connection.inputs.authParameters).to.have.deep.nested.property("invocationHttpParameters.bodies", [
        { key: "routing_key", value: KEY, isValueSecret: true },
      ]);
  });

  it("tell of a site that is down from the other one, too, as the same incident", () => {
    for (const [site, peer] of [SITES, [...SITES].reverse()] as const) {
      const down = alarm(`trade-${peer}-site-down-prod`, "ALARM", REGIONS[peer as "primary"]);
      const [own, others] = [paged(peer, "account", down), paged(site, "site", down)];
      expect(others).to.deep.equal(own.map((event) => ({ ...event })));
      expect(own).to.have.length(1);
    }
  });

  it("have one incident for the moves, which a move that succeeds resolves; what changed nothing pages nobody", () => {
    const one = (what: MachineEvent) => paged("primary", "site", move(what, REGIONS.primary))[0];
    expect(one("Failover Completed")).to.deep.equal({ event_action: "resolve", dedup_key: one("Failover Failed")?.dedup_key });
    expect(one("Switchover Completed")?.dedup_key).to.equal(one("Switchover Failed")?.dedup_key);
    for (const what of ["Failover Superseded", "Switchover Refused", "Failover Not Ready", "Readiness Failed"] as const) {
      expect(one(what), what).to.equal(undefined);
      const [chat] = sent("primary", "chat", "site", move(what, REGIONS.primary));
      expect(JSON.parse(chat ?? "{}"), what).to.deep.equal({
        text: `trade-failover prod: ${what} in ${REGIONS.primary}. Runbook: docs/RUNBOOK.md`,
      });
    }
  });

  it("speak of a region's own moves: what the other region has forwarded, it has told itself", () => {
    for (const receiver of ["chat", "pager"] as const)
      expect(sent("primary", receiver, "site", move("Failover Completed", REGIONS.standby))).to.deep.equal([]);
  });

  it("go to the receivers over TLS, by a role that may do nothing else, and are laid aside where the region's notices are", () => {
    for (const site of SITES) {
      const queue = `trade-${site}-notices-dlq-prod`;
      for (const { inputs, name, provider } of targets(site)) {
        expect(inputs.deadLetterConfig, name).to.deep.equal({ arn: `arn:aws:mock:us-east-1:123456789012:${queue}` });
        expect(provider, name).to.include(`${site}-region`);
      }
      const laidAside = of("aws:sqs/queuePolicy:QueuePolicy").find(({ name }) => name === `${site}-alerts-dead-letters-policy`);
      const senders = JSON.stringify(JSON.parse(String(laidAside?.inputs.policy)));
      for (const { inputs } of rules(site)) {
        const path = `${inputs.eventBusName === undefined ? "" : `trade-${site}-events-prod/`}${String(inputs.name)}`;
        expect(senders).to.include(`arn:aws:events:${REGIONS[site]}:123456789012:rule/${path}"`);
      }
    }
    for (const { inputs, name } of of("aws:cloudwatch/eventApiDestination:EventApiDestination"))
      expect(inputs.invocationEndpoint, name).to.equal(name.includes("chat") ? URL : "https://events.pagerduty.com/v2/enqueue");
  });

  it("fit EventBridge's 2,048 characters a pattern, with the longest suffix and servers", async () => {
    const long = await register("autoscaling", {
      "trade-failover:environmentSuffix": "abcdefghijkl",
      "trade-failover:notices": JSON.stringify({ pagerDutyKey: KEY }),
    });
    const patterns = long.resources.filter(({ type }) => type === "aws:cloudwatch/eventRule:EventRule");
    for (const { name, inputs } of patterns) expect(String(inputs.eventPattern), name).to.have.length.at.most(2048);
    expect(long.resources.filter(({ name, type }) => name.includes("-notices-") && type.endsWith(":EventTarget"))).to.have.length(2 * 6);
  });
});

describe("the configuration of notices", () => {
  const refusals: readonly (readonly [string, Record<string, string>, string])[] = [
    ["a webhook in plain HTTP", { chatUrl: "http://chat.example.com/hook" }, 'notices.chatUrl: "(secret)"; allowed: an https URL'],
    ["a key that is none of PagerDuty's", { pagerDutyKey: "short" }, 'notices.pagerDutyKey: "(secret)"; allowed: an integration key'],
    ["a region of PagerDuty's without a key", { pagerDutyRegion: "eu" }, 'notices.pagerDutyRegion: "eu"; allowed: us, unless'],
    ["a region that PagerDuty does not have", { pagerDutyKey: KEY, pagerDutyRegion: "mars" }, "us | eu"],
  ];
  for (const [what, notices, said] of refusals) {
    it(`refuses ${what}, and repeats no secret`, () => {
      const problem = problemsOf({ ...GOOD, notices: JSON.stringify(notices) });
      expect(problem).to.include(said);
      expect(problem).to.not.include("chat.example.com").and.not.include("short");
    });
  }
});
