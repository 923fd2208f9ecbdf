import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EVERYTHING } from "../judges/stacks";
import { register, type Program, type Registration } from "../support/registrations";

const OPERATOR = "arn:aws:iam::123456789012:role/trading/operators";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const statementsOf = (policy: unknown): readonly Statement[] => (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;

/** The service that each client of operate/ calls, as IAM writes it, and the names that differ from their actions. */
const SERVICE: Readonly<Record<string, string>> = {
  StartExecution: "states",
  ListExecutions: "states",
  DescribeExecution: "states",
  GetExecutionHistory: "states",
  GetItem: "dynamodb",
  DescribeGlobalClusters: "rds",
  GetMetricStatistics: "cloudwatch",
  Invoke: "lambda",
};
const ACTION: Readonly<Record<string, string>> = { Invoke: "InvokeFunction" };

describe("the operators' roles", function () {
  this.timeout(240_000);
  let program: Program;
  const of = (type: string, from = program): Registration[] => from.resources.filter((one) => one.type === type);
  const roles = (from = program): Registration[] => of("aws:iam/role:Role", from).filter(({ name }) => name.endsWith("-operator-role"));
  const permissions = (): readonly Statement[][] =>
    of("aws:iam/rolePolicy:RolePolicy")
      .filter(({ name }) => name.endsWith("-operator-policy"))
      .map(({ inputs }) => [...statementsOf(inputs.policy)]);

  before(async () => {
    program = await register("prod", { "trade-failover:operatorPrincipal": OPERATOR });
  });

  it("are not there unless the configuration names who may take them", async () => {
    expect(roles(await register("prod"))).to.deep.equal([]);
    expect(roles().map(({ inputs }) => inputs.name)).to.have.members(["trade-primary-operator-prod", "trade-standby-operator-prod"]);
  });

  it("are for that one principal, for an hour, with a second factor unless it is told to do without", async () => {
    for (const { inputs } of roles()) {
      expect(inputs.maxSessionDuration).to.equal(3600);
      expect(statementsOf(inputs.assumeRolePolicy)).to.deep.equal([
        {
          Effect: "Allow",
          Principal: { AWS: OPERATOR },
          Action: "sts:AssumeRole",
          Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        },
      ]);
    }
    const federated = await register("prod", { "trade-failover:operatorPrincipal": OPERATOR, "trade-failover:operatorMfa": "false" });
    for (const { inputs } of roles(federated)) expect(statementsOf(inputs.assumeRolePolicy)[0]).to.not.have.property("Condition");
  });

  it("start the machines of both regions, and nothing else", () => {
    for (const statements of permissions()) {
      const starting = statements.filter(({ Action }) => [Action].flat().includes("states:StartExecution"));
      expect(starting.flatMap(({ Resource }) => [Resource].flat())).to.have.members(
        [
          ["us-east-1", "primary"],
          ["us-east-2", "standby"],
        ].flatMap(([region, site]) =>
          ["failover", "switchover", "readiness"].map(
            (machine) => `arn:aws:states:${region}:123456789012:stateMachine:trade-${site}-${machine}-prod`,
          ),
        ),
      );
      const writing = statements.flatMap(({ Action }) => [Action].flat()).filter((action) => !/:(Get|List|Describe|Query)/.test(action));
      expect(writing).to.have.members(["states:StartExecution", "lambda:InvokeFunction"]);
      const invoked = statements
        .filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"))
        .flatMap(({ Resource }) => [Resource].flat());
      expect(invoked).to.have.members([
        "arn:aws:lambda:us-east-1:123456789012:function:trade-primary-parity-prod",
        "arn:aws:lambda:us-east-2:123456789012:function:trade-standby-parity-prod",
      ]);
    }
  });

  it("name things that the program has registered", () => {
    const physical = new Set(
      program.resources
        .flatMap(({ inputs }) => [inputs.name, inputs.dashboardName])
        .filter((name): name is string => typeof name === "string"),
    );
    for (const { Action, Resource } of permissions().flat()) {
      for (const arn of [Resource].flat().filter((one) => one !== "*" && !one.includes(":alarm:") && !one.includes(":mock:"))) {
        const name = arn
          .split(":")
          .slice(5)
          .join(":")
          .replace(/^(stateMachine|execution|function):|^(table|dashboard)\//, "")
          .replace(/(:\*|\/index\/\*)$/, "");
        expect(physical.has(name), `${String(Action)} on ${arn}`).to.equal(true);
      }
    }
  });

  it("allow what the commands of operate/ call", () => {
    const code = ["operate/aws-platform.ts", "handlers/adapters/replication-lag.ts"]
      .map((file) => readFileSync(join(__dirname, "../..", file), "utf8"))
      .join("");
    const commands = new Set([...code.matchAll(/new ([A-Za-z]+)Command\(/g)].map(([, command]) => command ?? ""));
    expect(commands.size).to.be.at.least(6);
    for (const statements of permissions()) {
      const allowed = statements.flatMap(({ Action }) => [Action].flat());
      for (const command of commands) expect(allowed, command).to.include(`${SERVICE[command]}:${ACTION[command] ?? command}`);
    }
  });
});

describe("every role of the stack", function () {
  this.timeout(240_000);

  it("lies under the path and within the boundary that the configuration names", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/boundaries/trading";
    const { resources } = await register("prod", {
      ...EVERYTHING,
      "trade-failover:api": '{"ownsLogRole":true}',
      "trade-failover:roles": JSON.stringify({ path: "/trading/", permissionsBoundary: boundary }),
    });
    const roles = resources.filter(({ type }) => type === "aws:iam/role:Role");
    expect(roles.map(({ name }) => name)).to.include.members(["primary-operator-role", "standby-game-day-role"]);
    for (const { name, inputs } of roles) {
      expect(inputs, name).to.include({ path: "/trading/", permissionsBoundary: boundary });
    }
  });
});
