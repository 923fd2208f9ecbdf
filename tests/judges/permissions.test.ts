/** Every policy that the program registers, judged by AWS's own reference of actions, resources and condition keys. */
import { expect } from "chai";
import { register, type Program } from "../support/registrations";
import { EVERYTHING } from "./stacks";
import { findings, type PolicyKind, type PolicyStatement } from "./reference";

interface Policy {
  readonly owner: string;
  readonly kind: PolicyKind;
  readonly statements: readonly PolicyStatement[];
}

/** Policies are texts of JSON, whatever the input is called. */
function policiesOf({ resources }: Program): Policy[] {
  return resources.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs).flatMap(([input, value]) => {
      if (typeof value !== "string" || !value.startsWith("{") || !value.includes('"Statement"')) return [];
      const { Statement } = JSON.parse(value) as { Statement: PolicyStatement | PolicyStatement[] };
      const kind = /^aws:iam\/(rolePolicy|policy|userPolicy|groupPolicy):/.test(type) && input === "policy" ? "identity" : "resource";
      return [{ owner: `${name} (${input})`, kind, statements: [Statement].flat() }];
    }),
  );
}

describe("permissions, by AWS's service authorization reference", function () {
  this.timeout(240_000);

  it("finds what others have found in the field", async () => {
    const group = "arn:aws:logs:us-east-1:123456789012:log-group:flow";
    const of = async (Action: string, Resource: string, Condition?: PolicyStatement["Condition"]) =>
      await findings([{ Effect: "Allow", Action, Resource, Condition }], "identity");
    expect(await of("logs:DescribeLogGroups", group)).to.deep.equal([
      `logs:DescribeLogGroups takes no resource but *, and is never allowed on ${group}`,
    ]);
    expect(await of("dynamodb:GetItem", "*")).to.include("dynamodb:GetItem takes resources, and is allowed on *");
    expect(await of("dynamodb:GetItems", "*")).to.deep.equal(["there is no action dynamodb:GetItems"]);
    expect(await of("sqs:SendMessage", "arn:aws:sns:us-east-1:123456789012:topic")).to.include(
      "sqs:SendMessage is of queue, and never of arn:aws:sns:us-east-1:123456789012:topic",
    );
    const queue = "arn:aws:sqs:us-east-1:123456789012:queue";
    expect(await of("sqs:SendMessage", queue, { StringEquals: { "dynamodb:LeadingKeys": "a" } })).to.include(
      "sqs:SendMessage has no condition key dynamodb:LeadingKeys",
    );
    expect(await of("rds:FailoverGlobalCluster", "arn:aws:rds::123456789012:global-cluster:ledger")).to.deep.equal([
      "rds:FailoverGlobalCluster needs a cluster, and is allowed on none",
    ]);
    expect(await of("sqs:SendMessage", queue, { ArnEquals: { "aws:SourceArn": "arn:aws:sns:*:*:topic" } })).to.deep.equal([]);
  });

  for (const [stack, overrides] of [
    ["prod", EVERYTHING],
    ["dev", {}],
    ["fargate", {}],
    ["autoscaling", {}],
  ] as const) {
    it(`finds nothing in ${stack}`, async () => {
      const policies = policiesOf(await register(stack, overrides, {}, "as on AWS"));
      expect(policies.length).to.be.greaterThan(50);
      const found: string[] = [];
      for (const { owner, kind, statements } of policies) {
        for (const one of await findings(statements, kind)) found.push(`${owner}: ${one}`);
      }
      expect(found.join("\n")).to.equal("");
    });
  }
});
