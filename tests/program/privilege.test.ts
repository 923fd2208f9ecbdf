/** Least privilege both ways: what a function's code can send is allowed by its role, and what its role allows can be sent. */
import { expect } from "chai";
import { allowedBy, neededBy, neededByMachine } from "../support/iam";
import { Handlers, handlerNames } from "../support/reachable";
import { register, type Program, type Registration } from "../support/registrations";

const SITES = ["primary", "standby"] as const;
const sorted = (permissions: ReadonlySet<string>): string[] => [...permissions].sort();

describe("least privilege", function () {
  this.timeout(240_000);
  let handlers: Handlers;
  const programs = new Map<string, Program>();

  before(async () => {
    handlers = new Handlers();
    programs.set("signed requests", await register("prod"));
    programs.set("API keys", await register("prod", { "trade-failover:apiAuth": "apiKey" }));
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
          const consumes = program.resources.some(
            ({ type, inputs }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping" && inputs.functionName === name,
          );
          const allowed = allowedBy(policyOf(program, lambda.inputs.role), site);
          expect(sorted(allowed), `${name} with ${access}`).to.deep.equal(sorted(neededBy(reached, lambda, consumes)));
        }
      }
    });
  }

  for (const site of SITES) {
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
