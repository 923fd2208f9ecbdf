import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const ON = { "trade-failover:regionSwitch": '{"enabled":true,"objectiveMinutes":20}' };
const PLAN = "aws:arcregionswitch/plan:Plan";
const isOfIt = ({ type, name }: Registration): boolean => /region-switch/.test(name) || type === PLAN;

describe("the plan of ARC Region switch", function () {
  this.timeout(240_000);
  let off: Program;
  let on: Program;
  const ofType = (type: string): Registration[] => on.resources.filter((one) => one.type === type);
  const one = (type: string, name: string): Registration => {
    const found = ofType(type).find((it) => it.name === name);
    if (found === undefined) throw new Error(`there is no ${type} ${name}`);
    return found;
  };

  before(async () => {
    off = await register("prod");
    on = await register("prod", ON);
  });

  it("is no part of a stack that has not asked for it, nor is what it needs, and adds nothing else to one that has", () => {
    expect(off.resources.filter(isOfIt)).to.deep.equal([]);
    expect(JSON.stringify(off.resources)).to.not.include("region-switch");
    const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(on).filter((name) => !/region-switch/.test(name))).to.deep.equal(names(off));
  });

  it("activates either region by that region's function, run there, until a machine must have ended", () => {
    const plan = one(PLAN, "global-region-switch-plan");
    const { inputs } = plan;
    expect(plan.provider).to.include("::primary-region::");
    expect(inputs.name).to.equal("trade-region-switch-prod");
    expect([inputs.recoveryApproach, inputs.primaryRegion, inputs.regions, inputs.recoveryTimeObjectiveMinutes]).to.deep.equal([
      "activePassive",
      "us-east-1",
      ["us-east-1", "us-east-2"],
      20,
    ]);
    const arns = ["primary", "standby"].map((site) => on.arns.get(`aws:lambda/function:Function/${site}-work-region-switch-function`));
    const [machine] = ofType("aws:sfn/stateMachine:StateMachine").filter(({ name }) => name.endsWith("-switchover-machine"));
    const { TimeoutSeconds } = JSON.parse(String(machine?.inputs.definition)) as { TimeoutSeconds: number };
    const workflows = inputs.workflows as {
      workflowTargetAction: string;
      workflowTargetRegion: string;
      steps: { executionBlockType: string; customActionLambdaConfigs: Record<string, unknown>[] }[];
    }[];
    expect(workflows.map((each) => [each.workflowTargetAction, each.workflowTargetRegion])).to.deep.equal([
      ["activate", "us-east-1"],
      ["activate", "us-east-2"],
    ]);
    for (const { steps } of workflows) {
      expect(steps.map(({ executionBlockType }) => executionBlockType)).to.deep.equal(["CustomActionLambda"]);
      const [config] = steps[0]?.customActionLambdaConfigs ?? [];
      expect(config?.lambdas).to.deep.equal(arns.map((arn) => ({ arn })));
      expect(config?.regionToRun).to.equal("activatingRegion");
      expect(Number(config?.timeoutMinutes) * 60).to.be.at.least(TimeoutSeconds + 60 * Number(config?.retryIntervalMinutes));
      expect(config, "all that it could say is to skip the step").to.not.have.property("ungracefuls");
    }
    expect(inputs, "nobody but a person starts it").to.not.have.property("triggers");
  });

  it("its functions outlast a lease of the greatest length, and know both machines of their region and the other's endpoint", () => {
    for (const [site, region] of [
      ["primary", "us-east-1"],
      ["standby", "us-east-2"],
    ] as const) {
      const { inputs, provider } = one("aws:lambda/function:Function", `${site}-work-region-switch-function`);
      expect(provider).to.include(`::${site}-region::`);
      expect(inputs.name).to.equal(`trade-${site}-region-switch-prod`);
      expect(inputs.timeout).to.be.above(60 + 10);
      const { variables } = inputs.environment as { variables: Record<string, string> };
      expect([variables.FAILOVER_STATE_MACHINE_ARN, variables.SWITCHOVER_STATE_MACHINE_ARN]).to.deep.equal(
        ["failover", "switchover"].map((kind) => `arn:aws:states:${region}:123456789012:stateMachine:trade-${site}-${kind}-prod`),
      );
      expect(variables.HOLDER_SILENCE_SECONDS).to.equal("15");
      expect(variables.PEER_URL).to.match(/^https:/);
      expect(
        ofType("aws:cloudwatch/logGroup:LogGroup").some((each) => each.inputs.name === `/aws/lambda/trade-${site}-region-switch-prod`),
      ).to.equal(true);
    }
  });

  it("its functions are compared between the regions as all others", () => {
    for (const site of ["primary", "standby"]) {
      const { variables } = one("aws:lambda/function:Function", `${site}-work-parity-function`).inputs.environment as {
        variables: Record<string, string>;
      };
      for (const key of ["OWN_FUNCTIONS", "PEER_FUNCTIONS"])
        expect(variables[key]).to.match(/region-switch=trade-(primary|standby)-region-switch-prod/);
    }
  });
});
