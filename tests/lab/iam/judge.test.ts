import { expect } from "chai";
import { accessFacts, credentialsOf } from "../../../lab/iam/facts";
import { AccessJudge } from "../../../lab/iam/judge";
import type { Call } from "../../../lab/iam/needs";
import type { Registered } from "../../../lab/types";

const REGION = "us-east-1";
const ARN = { queue: "arn:aws:sqs:us-east-1:000000000000:trades", key: "arn:aws:kms:us-east-1:000000000000:key/1" };
const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/lease";
const ROLE = "arn:aws:iam::000000000000:role/intake";

const registered = (type: string, inputs: Record<string, unknown>, state: Record<string, unknown> = {}): Registered => ({
  urn: "",
  type,
  name: type,
  region: REGION,
  inputs,
  state: { ...inputs, ...state },
  id: "",
  realized: true,
});

const statement = (Action: string[], Resource: string, Condition?: object) => ({ Effect: "Allow", Action, Resource, Condition });
const LEADING = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["canary"] }, Null: { "dynamodb:LeadingKeys": "false" } };
const WHOLE = [
  statement(["sqs:SendMessage"], ARN.queue),
  statement(["kms:GenerateDataKey", "kms:Decrypt"], ARN.key, { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } }),
  statement(["dynamodb:UpdateItem"], TABLE, LEADING),
];

/** A function's role with these statements, a queue and a table. */
function judgeOf(statements: readonly object[], vpcConfig?: object): AccessJudge {
  const root = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "kms:*", Resource: "*" };
  return new AccessJudge(
    accessFacts([
      registered("aws:iam/role:Role", { name: "intake" }, { arn: ROLE }),
      registered("aws:iam/rolePolicy:RolePolicy", { role: "intake", policy: JSON.stringify({ Statement: statements }) }),
      registered(
        "aws:lambda/function:Function",
        { name: "intake", role: ROLE, vpcConfig },
        { arn: "arn:aws:lambda:us-east-1:000000000000:function:intake" },
      ),
      registered("aws:sqs/queue:Queue", { name: "trades", kmsMasterKeyId: ARN.key }, { arn: ARN.queue }),
      registered("aws:kms/key:Key", { policy: JSON.stringify({ Statement: [root] }) }, { arn: ARN.key }),
      registered("aws:dynamodb/table:Table", { name: "lease", hashKey: "leaseId" }),
    ]),
  );
}

const SEND: Call = {
  service: "sqs",
  region: REGION,
  operation: "SendMessageBatch",
  input: { QueueUrl: "http://127.0.0.1:1/000000000000/trades", Entries: [] },
};
const update = (id: string): Call => ({
  service: "dynamodb",
  region: REGION,
  operation: "UpdateItem",
  input: { TableName: "lease", Key: { leaseId: { S: id } } },
});

function told(judge: AccessJudge, call: Call): string {
  const who = judge.callerOf(credentialsOf(REGION, "intake").accessKeyId);
  if (who === undefined) throw new Error("the function is not known by its key");
  return judge.refusal(who, call)?.message ?? "allowed";
}

describe("the lab's judge of permissions", () => {
  it("lets a function do what its role allows", () => {
    expect(told(judgeOf(WHOLE), SEND)).to.equal("allowed");
    expect(told(judgeOf(WHOLE), update("canary"))).to.equal("allowed");
  });

  it("names the permission that is missing, that of a queue's key included", () => {
    for (const [index, action] of [
      [0, "sqs:SendMessage"],
      [1, "kms:GenerateDataKey"],
    ] as const)
      expect(told(judgeOf(WHOLE.toSpliced(index, 1)), SEND)).to.match(
        new RegExp(`intake/intake is not authorized to perform: ${action} on resource`),
      );
  });

  it("looks at the keys of items", () => {
    expect(told(judgeOf(WHOLE), update("ledger"))).to.match(/not authorized to perform: dynamodb:UpdateItem/);
  });

  it("has no way for a private function but the endpoints", () => {
    expect(told(judgeOf(WHOLE, { subnetIds: ["subnet-1"] }), SEND)).to.match(/have no endpoint for it/);
  });

  it("refuses to guess what a service asks for that it does not know", () => {
    expect(() => told(judgeOf(WHOLE), { ...SEND, service: "athena" })).to.throw(/athena:SendMessageBatch .* not known to the lab/);
  });
});
