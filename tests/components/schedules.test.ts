import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

interface Target {
  readonly arn: string;
  readonly retryPolicy: { readonly maximumEventAgeInSeconds: number };
  readonly deadLetterConfig: { readonly arn: string };
}

describe("what runs by the clock", function () {
  this.timeout(120_000);
  let program: Program;
  const of = (type: string, site: string): Registration[] =>
    program.resources.filter((one) => one.type === type && one.name.startsWith(`${site}-`));

  before(async () => {
    program = await register("prod");
  });

  for (const site of ["primary", "standby"]) {
    it(`${site}: sentinel and reconciler each minute, the readiness machine each hour, whichever region is active`, () => {
      const schedules = of("aws:scheduler/schedule:Schedule", site).map(({ inputs }) => {
        const { arn, deadLetterConfig } = inputs.target as Target;
        expect(deadLetterConfig.arn).to.match(new RegExp(`:trade-${site}-schedules-dlq-prod$`));
        expect(inputs).to.not.have.property("state");
        return [arn.split(":").at(-1), inputs.scheduleExpression];
      });
      expect(schedules).to.have.deep.members([
        [`trade-${site}-sentinel-prod`, "rate(1 minute)"],
        [`trade-${site}-reconciler-prod`, "rate(1 minute)"],
        [`trade-${site}-readiness-prod`, "rate(1 hour)"],
      ]);
    });

    it(`${site}: a start that is too late is dropped, by the scheduler and by Lambda, because the next one is due`, () => {
      for (const { inputs } of of("aws:scheduler/schedule:Schedule", site)) {
        const every = inputs.scheduleExpression === "rate(1 hour)" ? 3600 : 60;
        expect((inputs.target as Target).retryPolicy.maximumEventAgeInSeconds).to.be.at.most(every);
      }
      const starts = of("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", site);
      expect(starts.map(({ inputs }) => String(inputs.functionName).split(":").at(-1))).to.have.members([
        `trade-${site}-sentinel-prod`,
        `trade-${site}-reconciler-prod`,
      ]);
      for (const { inputs } of starts) expect(inputs).to.include({ maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 });
    });
  }
});
