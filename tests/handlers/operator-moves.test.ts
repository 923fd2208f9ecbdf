import { expect } from "chai";
import { moves } from "../../handlers/adapters/moves";
import { awsEndpoint } from "../support/aws-endpoint";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:";
const ARNS = { failover: `${MACHINE}failover`, switchover: `${MACHINE}switchover` } as const;

interface Execution {
  readonly kind: keyof typeof ARNS;
  readonly name: string;
  readonly status: string;
  /** Seconds. */
  readonly startDate: number;
}

describe("moves that a person's request starts", function () {
  this.timeout(20_000);
  let executions: Execution[];
  let inputs: unknown[];
  let states: Awaited<ReturnType<typeof awsEndpoint>>;
  const here = () =>
    moves({
      AWS_REGION: "us-east-1",
      FAILOVER_STATE_MACHINE_ARN: ARNS.failover,
      SWITCHOVER_STATE_MACHINE_ARN: ARNS.switchover,
    });

  beforeEach(async () => {
    executions = [];
    inputs = [];
    states = await awsEndpoint((operation, input) => {
      const error = (__type: string) => ({ status: 400, body: { __type } });
      const of = executions.filter(({ kind }) => ARNS[kind] === input.stateMachineArn);
      if (operation === "StartExecution") {
        const name = String(input.name);
        if (of.some((one) => one.name === name)) return error("ExecutionAlreadyExists");
        const kind = input.stateMachineArn === ARNS.failover ? "failover" : "switchover";
        executions.push({ kind, name, status: "RUNNING", startDate: executions.length + 1 });
        inputs.push(JSON.parse(String(input.input)));
        return { body: { executionArn: name, startDate: 0 } };
      }
      if (operation === "ListExecutions") {
        const listed = of.filter(({ status }) => input.statusFilter === undefined || status === input.statusFilter);
        return { body: { executions: listed.map(({ name, status, startDate }) => ({ name, status, startDate })) } };
      }
      const [, kind, name] = /:execution:(\w+):(.+)$/.exec(String(input.executionArn)) ?? [];
      const found = executions.find((one) => one.kind === kind && one.name === name);
      return found === undefined ? error("ExecutionDoesNotExist") : { body: { status: found.status } };
    });
  });
  afterEach(() => states.close());

  for (const kind of ["failover", "switchover"] as const) {
    it(`start ${kind} under the epoch's name, once, as an operator's`, async () => {
      expect([await here().start(kind, 4, "asked"), await here().start(kind, 4, "asked")]).to.deep.equal(["started", "exists"]);
      expect(executions.map((one) => [one.kind, one.name])).to.deep.equal([[kind, `${kind}-5`]]);
      expect(inputs).to.deep.equal([{ expectedEpoch: 4, reason: "asked", trigger: "operator" }]);
    });
  }

  it("take the next name where one was refused", async () => {
    executions = [{ kind: "switchover", name: "switchover-5", status: "FAILED", startDate: 1 }];
    expect(await here().start("switchover", 4, "asked")).to.equal("started");
    expect(executions.at(-1)?.name).to.equal("switchover-5-2");
  });

  const STANDING: readonly (readonly [what: string, executions: readonly Execution[], standing: string])[] = [
    ["nothing was ever started", [], "none"],
    ["one of this epoch succeeded", [{ kind: "failover", name: "failover-7", status: "SUCCEEDED", startDate: 1 }], "succeeded"],
    ["one of this epoch was stopped", [{ kind: "switchover", name: "switchover-7-3", status: "ABORTED", startDate: 1 }], "failed"],
    [
      "the latest of this epoch decides, of either machine",
      [
        { kind: "switchover", name: "switchover-7", status: "FAILED", startDate: 1 },
        { kind: "failover", name: "failover-7-2", status: "SUCCEEDED", startDate: 2 },
      ],
      "succeeded",
    ],
    [
      "those of other epochs and of other names do not count",
      [
        { kind: "failover", name: "failover-8", status: "FAILED", startDate: 4 },
        { kind: "failover", name: "failover-77", status: "FAILED", startDate: 3 },
        { kind: "switchover", name: "by-hand", status: "FAILED", startDate: 2 },
      ],
      "none",
    ],
    ["any that runs is one", [{ kind: "switchover", name: "by-hand", status: "RUNNING", startDate: 1 }], "running"],
  ];
  for (const [what, given, standing] of STANDING) {
    it(`stand as they do: ${what}`, async () => {
      executions = [...given];
      expect(await here().standing(7)).to.equal(standing);
    });
  }
});
