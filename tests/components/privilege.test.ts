/** Least privilege both ways: what a function's code can send is allowed by its role, and what its role allows can be sent. */
import { expect } from "chai";
import { allowedBy, neededBy, neededByMachine } from "../support/iam";
import { Handlers, handlerNames } from "../support/reachable";
import { register, type Program, type Registration, type States } from "../support/registrations";
import { serviceRoles, type ServiceRole } from "../support/service-needs";

const SITES = ["primary", "standby"] as const;
const sorted = (permissions: ReadonlySet<string>): string[] => [...permissions].sort();

describe("least privilege", function () {
  this.timeout(240_000);
  let handlers: Handlers;
  const programs = new Map<string, Program>();

  before(async () => {
    handlers = new Handlers();
    // Each handler's function is made only so.
    const everyFunction = { "trade-failover:regionSwitch": '{"enabled":true}', "trade-failover:sessions": '{"required":true}' };
    programs.set("signed requests", await register("prod", everyFunction));
    programs.set("API keys", await register("prod", { ...everyFunction, "trade-failover:apiAuth": "apiKey" }));
  });

  /** The one policy of the role that a registration refers to. */
  const policyOf = ({ resources }: Program, roleArn: unknown): Registration => {
    const role = resources.find(({ type, inputs }) => type === "aws:iam/role:Role" && String(roleArn).endsWith(`:${String(inputs.name)}`));
    const policies = resources.filter(({ inputs }) => inputs.role === `${role?.name}-id`);
    expect(
      policies.map(({ type }) => type),
      String(roleArn),
    ).to.deep.equal(["aws:iam/rolePolicy:RolePolicy"]);
    return policies[0] as Registration;
  };

  for (const handler of handlerNames()) {
    it(`${handler}: its role allows what its code can send, and nothing else`, () => {
      const reached = handlers.reach(handler);
      for (const [access, program] of programs) {
        for (const site of SITES) {
          const name = `trade-${site}-${handler}-prod`;
          const lambda = program.resources.find(({ type, inputs }) => type === "aws:lambda/function:Function" && inputs.name === name);
          if (lambda === undefined) throw new Error(`there is no function ${name}`);
          const source = program.resources.find(
            ({ type, inputs }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping" && inputs.functionName === name,
          )?.inputs.eventSourceArn as string | undefined;
          const consumed = source === undefined ? undefined : source.endsWith("-record-prod") ? "record queue" : "queue";
          const allowed = allowedBy(policyOf(program, lambda.inputs.role), site);
          expect(sorted(allowed), `${name} with ${access}`).to.deep.equal(sorted(neededBy(reached, lambda, consumed)));
        }
      }
    });
  }

  for (const site of SITES) {
    it(`the ${site}'s servers: their role allows what the service's code can send, and nothing else`, async () => {
      const program = await register("fargate", {
        "trade-failover:environmentSuffix": "prod",
        "trade-failover:standbyRegion": "us-east-2",
        "trade-failover:sessions": '{"required":true}',
      });
      const policy = program.resources.find(({ name }) => name === `${site}-servers-task-policy`);
      // What starts a task writes its log, and no tracer runs in it: neither is the service's.
      const lambdas = /^(logs|xray):/;
      const needed = [...neededBy(handlers.reachServer(), { inputs: {} } as Registration, "queue")].filter((one) => !lambdas.test(one));
      expect(sorted(allowedBy(policy as Registration, site))).to.deep.equal(needed.sort());
    });

    it(`the ${site}'s state machines: their roles allow what their states do, and nothing else`, () => {
      const program = programs.get("signed requests") as Program;
      const machines = program.resources.filter(({ type, name }) => type === "aws:sfn/stateMachine:StateMachine" && name.startsWith(site));
      expect(machines).to.have.length(3);
      for (const { name, inputs } of machines) {
        const allowed = allowedBy(policyOf(program, inputs.roleArn), site);
        expect(sorted(allowed), name).to.deep.equal(sorted(neededByMachine(JSON.parse(inputs.definition as string), site)));
      }
    });
  }
});

interface Statement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const statementsOf = (policy: unknown): readonly Statement[] => (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

/** What a policy allows, with the service by way of which a key may be used. */
const allows = (policy: Registration): string[] =>
  statementsOf(policy.inputs.policy).flatMap(({ Action, Resource, Condition }) => {
    const by = Condition?.StringEquals?.["kms:ViaService"];
    const via = by === undefined ? "" : ` via ${by.replace(".amazonaws.com", "")}`;
    return [Resource].flat().flatMap((resource) => [Action].flat().map((action) => `${action} on ${String(resource)}${via}`));
  });

/** How a role is tied to this account. */
function tieOf(service: string): Statement["Condition"] {
  const account = { "aws:SourceAccount": "123456789012" };
  // API Gateway tries the role when it is set, and names no account then; of these others AWS does not say whether they name one.
  if (service.startsWith("apigateway")) return undefined;
  return /^(arc-region-switch|s3|backup)\./.test(service) ? { StringEqualsIfExists: account } : { StringEquals: account };
}

describe("least privilege of the roles that AWS's services take", function () {
  this.timeout(240_000);
  let program: Program;
  let roles: readonly ServiceRole[];

  before(async () => {
    // A function and a machine of one name have one ARN under the mocks: here they have their own.
    const machines = SITES.flatMap((site) =>
      ["failover", "switchover", "readiness"].map((machine) => [
        `aws:sfn/stateMachine:StateMachine/${site}-machines-${machine}-machine`,
        { arn: `arn:aws:states:${site}:123456789012:stateMachine:${machine}` },
      ]),
    );
    const everything = {
      "trade-failover:gameDay": '{"enabled":true}',
      "trade-failover:regionSwitch": '{"enabled":true}',
      "trade-failover:operatorPrincipal": "arn:aws:iam::123456789012:role/trading/operators",
    };
    program = await register("prod", everything, Object.fromEntries(machines) as States);
    roles = serviceRoles(program);
  });

  const roleOf = (arn: string): Registration => {
    const found = program.resources.find(({ type, name }) => type === "aws:iam/role:Role" && program.arns.get(`${type}/${name}`) === arn);
    if (found === undefined) throw new Error(`${arn} is no role of the program`);
    return found;
  };
  const of = (type: string, role: Registration): Registration[] =>
    program.resources.filter((one) => one.type === type && [`${role.name}-id`, role.inputs.name].includes(one.inputs.role as string));

  it("knows every role of the program: each is a function's, a machine's, an operator's, or a service's", () => {
    const byArn = (arn: unknown): string => roleOf(String(arn)).name;
    const running = program.resources.filter(({ type }) => /^aws:(lambda\/function:Function|sfn\/stateMachine:StateMachine)$/.test(type));
    const used = [
      ...running.map(({ inputs }) => byArn(inputs.role ?? inputs.roleArn)),
      ...roles.map(({ roleArn }) => byArn(roleArn)),
      ...SITES.map((site) => `${site}-operator-role`),
    ];
    const all = program.resources.filter(({ type }) => type === "aws:iam/role:Role").map(({ name }) => name);
    expect([...new Set(used)].sort()).to.deep.equal(all.sort());
    expect(new Set(roles.map(({ service }) => service.split(".")[0]))).to.deep.equal(
      new Set(["scheduler", "events", "s3", "backup", "vpc-flow-logs", "apigateway", "fis", "arc-region-switch"]),
    );
  });

  it("each allows what its service needs for what is registered, and nothing else", () => {
    const needs = new Map<string, Set<string>>();
    // Two rules may forward with one role: it allows what both need.
    for (const { roleArn, needs: some } of roles) needs.set(roleArn, new Set([...(needs.get(roleArn) ?? []), ...some]));
    // Of each site, and the plan, of which there is one.
    expect(needs.size).to.equal(2 * 11 + 1);
    for (const [roleArn, needed] of needs) {
      const allowed = of("aws:iam/rolePolicy:RolePolicy", roleOf(roleArn)).flatMap(allows);
      expect([...new Set(allowed)].sort(), roleArn).to.deep.equal([...needed].sort());
    }
  });

  it("each has AWS's own policy only where the service asks for it", () => {
    for (const { roleArn, managed } of roles) {
      const attached = of("aws:iam/rolePolicyAttachment:RolePolicyAttachment", roleOf(roleArn)).map(({ inputs }) => inputs.policyArn);
      expect(attached, roleArn).to.deep.equal(managed === undefined ? [] : [managed]);
    }
  });

  it("each can be taken by its service and by nobody else, for this account's things", () => {
    for (const { roleArn, service } of roles) {
      const trusted = statementsOf(roleOf(roleArn).inputs.assumeRolePolicy);
      expect(trusted.map(({ Effect, Principal, Action }) => [Effect, Principal, Action])).to.deep.equal([
        ["Allow", { Service: service }, "sts:AssumeRole"],
      ]);
      expect(trusted[0]?.Condition, roleArn).to.deep.equal(tieOf(service));
    }
  });
});
