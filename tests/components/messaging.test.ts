import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const SITES = [
  ["primary", "standby"],
  ["standby", "primary"],
] as const;

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const statementsOf = (policy: unknown): readonly Statement[] => (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

describe("messages, notices and events", function () {
  this.timeout(240_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const arnOf = (type: string, physical: string): string => {
    const found = of(type).find(({ inputs }) => inputs.name === physical);
    expect(found, `${type} ${physical}`).to.not.equal(undefined);
    return `arn:aws:mock:us-east-1:123456789012:${physical}`;
  };
  const queue = (name: string): string => arnOf("aws:sqs/queue:Queue", name);
  const policyOf = (queueName: string): readonly Statement[] => {
    const found = of("aws:sqs/queue:Queue").find(({ inputs }) => inputs.name === queueName);
    return statementsOf(of("aws:sqs/queuePolicy:QueuePolicy").find(({ inputs }) => inputs.queueUrl === `${found?.name}-id`)?.inputs.policy);
  };

  before(async () => {
    program = await register("prod");
  });

  it("encrypt every queue with the key of its region, but the one for what that key has refused", () => {
    for (const { inputs, name } of of("aws:sqs/queue:Queue")) {
      const site = name.includes("standby") ? "standby" : "primary";
      if (String(inputs.name).includes("events-dlq")) expect(inputs).to.include({ sqsManagedSseEnabled: true });
      else expect(inputs.kmsMasterKeyId, name).to.equal(`arn:aws:mock:us-east-1:123456789012:${site}-key-key`);
      expect(inputs.messageRetentionSeconds, name).to.equal(14 * 24 * 3600);
    }
  });

  it("take nothing over plain HTTP", () => {
    const policies = [...of("aws:sqs/queuePolicy:QueuePolicy"), ...of("aws:sns/topicPolicy:TopicPolicy")];
    expect(policies).to.have.length(of("aws:sqs/queue:Queue").length + of("aws:sns/topic:Topic").length);
    for (const { name, inputs } of policies) {
      const refusals = statementsOf(inputs.policy).filter(
        ({ Effect, Condition }) => Effect === "Deny" && Condition?.Bool?.["aws:SecureTransport"] === "false",
      );
      expect(refusals, name).to.have.length(1);
    }
  });

  it("take trades from those whose roles may send there, in either region, and from nobody else", () => {
    const roles = of("aws:iam/rolePolicy:RolePolicy");
    for (const [site] of SITES) {
      const trades = `trade-${site}-trades-prod`;
      const maySend = roles.filter(({ inputs }) =>
        statementsOf(inputs.policy).some(({ Action, Resource }) => {
          const on = [Resource ?? []].flat();
          return (
            [Action].flat().includes("sqs:SendMessage") && on.some((arn) => arn === queue(trades) || String(arn).endsWith(`:${trades}`))
          );
        }),
      );
      const names = maySend.map(({ name }) => {
        const role = of("aws:iam/role:Role").find((one) => one.name === name.replace(/-policy$/, "-role"));
        return `arn:aws:iam::123456789012:role/${String(role?.inputs.name)}`;
      });
      const refusal = policyOf(trades).find(({ Sid }) => Sid === "RefuseOtherSenders");
      expect(names, site).to.have.length(3);
      expect(refusal?.Condition?.ArnNotEquals?.["aws:PrincipalArn"], site).to.have.members(names);
    }
  });

  it("let a service send only for one source, and this account", () => {
    for (const { name, inputs } of [...of("aws:sqs/queuePolicy:QueuePolicy"), ...of("aws:sns/topicPolicy:TopicPolicy")]) {
      for (const { Effect, Principal, Condition } of statementsOf(inputs.policy).filter((one) => one.Effect === "Allow")) {
        expect(Effect).to.equal("Allow");
        expect(Principal, name).to.have.property("Service");
        expect({ ...Condition?.ArnEquals, ...Condition?.ArnLike, ...Condition?.ArnEqualsIfExists }, name).to.have.property("aws:SourceArn");
      }
    }
  });

  it("tell people of a machine that was ended before it could tell them itself", () => {
    for (const [site] of SITES) {
      const rule = of("aws:cloudwatch/eventRule:EventRule").find(({ name }) => name === `${site}-endings-rule`);
      const pattern = JSON.parse(String(rule?.inputs.eventPattern)) as { detail: { status: string[]; stateMachineArn: string[] } };
      expect(pattern).to.deep.include({ source: ["aws.states"], "detail-type": ["Step Functions Execution Status Change"] });
      expect(pattern.detail.status).to.include("TIMED_OUT");
      expect(pattern.detail.stateMachineArn).to.have.length(3);
      const target = of("aws:cloudwatch/eventTarget:EventTarget").find(({ inputs }) => inputs.rule === rule?.inputs.name);
      const topic = arnOf("aws:sns/topic:Topic", `trade-${site}-alerts-prod`);
      expect(target?.inputs.arn).to.equal(topic);
      const policy = of("aws:sns/topicPolicy:TopicPolicy").find(({ inputs }) => inputs.arn === topic);
      const senders = statementsOf(policy?.inputs.policy).filter(({ Principal }) =>
        JSON.stringify(Principal).includes("events.amazonaws.com"),
      );
      expect(senders.map(({ Condition }) => String(Condition?.ArnEqualsIfExists?.["aws:SourceArn"]).split("/").at(-1))).to.deep.equal([
        rule?.inputs.name,
      ]);
    }
  });

  it("give a trade ten deliveries, each hidden for six runs of the processor, then lay it aside", () => {
    for (const [site] of SITES) {
      const trades = of("aws:sqs/queue:Queue").find(({ inputs }) => inputs.name === `trade-${site}-trades-prod`);
      const processor = of("aws:lambda/function:Function").find(({ name }) => name === `${site}-work-trade-processor-function`);
      expect(trades?.inputs.visibilityTimeoutSeconds).to.be.at.least(6 * Number(processor?.inputs.timeout));
      expect(JSON.parse(String(trades?.inputs.redrivePolicy))).to.deep.equal({
        deadLetterTargetArn: queue(`trade-${site}-trades-dlq-prod`),
        maxReceiveCount: 10,
      });
      const allowed = of("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy").find(({ name }) => name.startsWith(site));
      expect(JSON.parse(String(allowed?.inputs.redriveAllowPolicy))).to.deep.equal({
        redrivePermission: "byQueue",
        sourceQueueArns: [queue(`trade-${site}-trades-prod`)],
      });
    }
  });

  it("bring a region's notices to the queues of both regions, and lay aside beside the topic what was not taken", () => {
    for (const [site, peer] of SITES) {
      const topic = arnOf("aws:sns/topic:Topic", `trade-${site}-alerts-prod`);
      const subscriptions = of("aws:sns/topicSubscription:TopicSubscription").filter(({ inputs }) => inputs.topic === topic);
      const toQueues = subscriptions.filter(({ inputs }) => inputs.protocol === "sqs");
      expect(toQueues.map(({ inputs }) => inputs.endpoint)).to.have.members([site, peer].map((at) => queue(`trade-${at}-notices-prod`)));
      for (const { inputs, provider } of toQueues) {
        expect(JSON.parse(String(inputs.redrivePolicy))).to.deep.equal({ deadLetterTargetArn: queue(`trade-${site}-notices-dlq-prod`) });
        expect(provider).to.include(`${site}-region`);
      }
      const sources = policyOf(`trade-${peer}-notices-prod`).map(({ Condition }) => Condition?.ArnEquals?.["aws:SourceArn"]);
      const region = site === "primary" ? "us-east-1" : "us-east-2";
      expect(sources.flat()).to.include(`arn:aws:sns:${region}:123456789012:trade-${site}-alerts-prod`);
      expect(subscriptions.filter(({ inputs }) => inputs.protocol === "email").map(({ inputs }) => inputs.endpoint)).to.deep.equal([
        "trading-ops@example.com",
      ]);
    }
  });

  it("write to nobody by e-mail unless an address is given", async () => {
    const dev = await register("dev");
    const mails = dev.resources.filter(({ type, inputs }) => type.endsWith(":TopicSubscription") && inputs.protocol === "email");
    expect(mails).to.deep.equal([]);
  });

  it("encrypt each bus and its archive; the archive keeps the platform's own events for a replay", () => {
    for (const [site] of SITES) {
      const key = `arn:aws:mock:us-east-1:123456789012:${site}-key-key`;
      const bus = of("aws:cloudwatch/eventBus:EventBus").find(({ name }) => name.startsWith(site));
      expect(bus?.inputs).to.deep.include({ kmsKeyIdentifier: key, deadLetterConfig: { arn: queue(`trade-${site}-events-dlq-prod`) } });
      const archive = of("aws:cloudwatch/eventArchive:EventArchive").find(({ name }) => name.startsWith(site));
      expect(archive?.inputs).to.include({ kmsKeyIdentifier: key, retentionDays: 365 });
      expect(JSON.parse(String(archive?.inputs.eventPattern))).to.deep.equal({ source: ["trade-failover"] });
    }
  });

  it("forward a region's events and never those that came from the other, with a dead-letter queue", () => {
    for (const [site, peer] of SITES) {
      const region = site === "primary" ? "us-east-1" : "us-east-2";
      const targets = of("aws:cloudwatch/eventTarget:EventTarget").filter(({ name }) => name.startsWith(`global-events-${site}`));
      expect(targets).to.have.length(2);
      for (const { inputs } of targets) {
        expect(inputs.arn).to.equal(arnOf("aws:cloudwatch/eventBus:EventBus", `trade-${peer}-events-prod`));
        expect(inputs.deadLetterConfig).to.deep.equal({ arn: queue(`trade-${site}-forward-dlq-prod`) });
        const rule = of("aws:cloudwatch/eventRule:EventRule").find(
          (one) => one.inputs.name === inputs.rule && one.name.startsWith(`global-events-${site}`),
        );
        expect((JSON.parse(String(rule?.inputs.eventPattern)) as { region: string[] }).region).to.deep.equal([region]);
      }
    }
  });

  it("let each sender use the key of the queue that it may send to, by way of SQS and of nothing else", () => {
    const keys: Record<string, string> = { primary: "primary-key-key", standby: "standby-key-key" };
    let checked = 0;
    for (const { name, inputs } of of("aws:iam/rolePolicy:RolePolicy")) {
      const all = statementsOf(inputs.policy);
      for (const { Action, Resource } of all) {
        if (![Action].flat().includes("sqs:SendMessage")) continue;
        const site = String([Resource].flat()[0]).includes("standby") ? "standby" : "primary";
        const region = site === "primary" ? "us-east-1" : "us-east-2";
        const use = all.find(
          (one) =>
            String(one.Resource).includes(keys[site] ?? "?") &&
            one.Condition?.StringEquals?.["kms:ViaService"] === `sqs.${region}.amazonaws.com`,
        );
        expect([use?.Action].flat(), `${name} sends to ${String(Resource)}`).to.have.members(["kms:GenerateDataKey", "kms:Decrypt"]);
        checked += 1;
      }
    }
    expect(checked).to.be.at.least(10);
  });

  it("let the services that deliver to an encrypted queue or read a topic use its key, for this account", () => {
    for (const { name, inputs } of of("aws:kms/key:Key").filter(({ name: key }) => /^(primary|standby)-key-key$/.test(key))) {
      const services = statementsOf(inputs.policy).flatMap(({ Principal, Condition }) => {
        const service = (Principal as { Service?: string }).Service;
        return service === undefined ? [] : [{ service, bound: JSON.stringify(Condition ?? {}).includes("123456789012") }];
      });
      const region = name.startsWith("primary") ? "us-east-1" : "us-east-2";
      expect(
        services.map(({ service }) => service),
        name,
      ).to.include.members(["cloudwatch.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com", `logs.${region}.amazonaws.com`]);
      expect(
        services.every(({ bound }) => bound),
        name,
      ).to.equal(true);
    }
  });
});
