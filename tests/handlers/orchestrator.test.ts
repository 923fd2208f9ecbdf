import { expect } from "chai";
import { orchestrator } from "../../handlers/adapters/orchestrator";
import { awsEndpoint } from "../support/aws-endpoint";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:failover";

describe("starting a failover", function () {
  this.timeout(20_000);
  /** Executions by name; "gone": the name is taken and there is nothing to be told of it. */
  let executions: Map<string, string>;
  let states: Awaited<ReturnType<typeof awsEndpoint>>;
  const machines = () =>
    orchestrator({
      AWS_REGION: "us-east-1",
      FAILOVER_STATE_MACHINE_ARN: MACHINE,
      SWITCHOVER_STATE_MACHINE_ARN: `${MACHINE}-back`,
    });
  const start = () => machines().startFailover(4, "lapsed", "sentinel");

  beforeEach(async () => {
    executions = new Map();
    states = await awsEndpoint((operation, input) => {
      const error = (__type: string) => ({ status: 400, body: { __type } });
      if (operation === "StartExecution") {
        const name = input.name as string;
        if (executions.has(name)) return error("ExecutionAlreadyExists");
        executions.set(name, "RUNNING");
        return { body: { executionArn: name, startDate: 0 } };
      }
      const status = executions.get((input.executionArn as string).split(":").at(-1) ?? "");
      return status === undefined || status === "gone" ? error("ExecutionDoesNotExist") : { body: { status } };
    });
  });
  afterEach(() => states.close());

  it("starts one of the epoch's name, once", async () => {
    expect([await start(), await start()]).to.deep.equal(["started", "exists"]);
    expect([...executions.keys()]).to.deep.equal(["failover-5"]);
  });

  // The caller has just read that the lease still stands at the epoch that it starts from.
  for (const ended of ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", "gone"]) {
    it(`takes the next name where one has ended (${ended}) and the lease has not moved`, async () => {
      executions.set("failover-5", ended);
      expect(await start()).to.equal("started");
      expect([...executions.keys()]).to.deep.equal(["failover-5", "failover-5-2"]);
    });
  }

  it("starts a switchover once, and says how that one start has ended", async () => {
    expect([await machines().startSwitchover(4), await machines().startSwitchover(4)]).to.deep.equal(["started", "running"]);
    const [name = ""] = executions.keys();
    expect(name).to.equal("switchover-5");
    executions.set(name, "gone");
    expect(await machines().startSwitchover(4), "it is not seen yet").to.equal("running");
    executions.set(name, "FAILED");
    expect(await machines().startSwitchover(4)).to.equal("ended");
    expect([...executions.keys()]).to.deep.equal(["switchover-5"]);
  });

  it("is started once a minute where a row of names is used up, for as long as it takes", async () => {
    for (const name of ["failover-5", "failover-5-2", "failover-5-3", "failover-5-4", "failover-5-5"]) executions.set(name, "FAILED");
    expect(await start()).to.equal("started");
    const [last = ""] = [...executions.keys()].slice(-1);
    expect(last).to.match(/^failover-5-\d{8}$/);
    expect(await start()).to.equal("exists");
    executions.set(last, "FAILED");
    const again = await start().catch((reason: unknown) => reason as Error);
    // In this minute, unless it has just ended.
    if (again !== "started") expect((again as Error).message).to.contain("in the next");
  });
});
