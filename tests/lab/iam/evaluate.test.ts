import { expect } from "chai";
import { conditionsHold, type Conditions } from "../../../lab/iam/conditions";
import { evaluate, type Statement } from "../../../lab/iam/evaluate";

const ROLE = "arn:aws:iam::000000000000:role/intake";
const CALLER = { roleArn: ROLE, sessionArn: "arn:aws:sts::000000000000:assumed-role/intake/intake" };
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:trades";
const KEY = "arn:aws:kms:us-east-1:000000000000:key/1";

const allow = (Action: string, Resource: string, Condition?: Conditions): Statement => ({ Effect: "Allow", Action, Resource, Condition });
const deny = (Action: string, Resource: string, Condition?: Conditions): Statement => ({ Effect: "Deny", Action, Resource, Condition });
const ask = (
  action: string,
  resource: string,
  identity: readonly Statement[],
  own?: readonly Statement[],
  keys: Readonly<Record<string, string | readonly string[]>> = {},
) => {
  const context = new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]));
  return evaluate({ action, resource, context }, CALLER, identity, own);
};

describe("the evaluation of permissions", () => {
  it("refuses what nothing allows, in AWS's words", () => {
    const { allowed, message } = ask("sqs:SendMessage", QUEUE, [
      allow("sqs:ReceiveMessage", QUEUE),
      allow("sqs:SendMessage", `${QUEUE}-dlq`),
    ]);
    expect(allowed).to.equal(false);
    expect(message).to.equal(
      `User: ${CALLER.sessionArn} is not authorized to perform: sqs:SendMessage on resource: ${QUEUE} because no identity-based policy allows the sqs:SendMessage action`,
    );
  });

  it("takes wildcards, and names of actions whatever their case", () => {
    for (const statement of [allow("SQS:sendmessage", QUEUE), allow("sqs:Send*", "*"), allow("sqs:*", "arn:aws:sqs:*:*:trade?")])
      expect(ask("sqs:SendMessage", QUEUE, [statement]).allowed).to.equal(true);
  });

  it("a deny wins, whoever says it", () => {
    const allowed = [allow("sqs:SendMessage", QUEUE)];
    expect(ask("sqs:SendMessage", QUEUE, [...allowed, deny("sqs:*", "*")]).message).to.match(/explicit deny in an identity-based policy/);
    const own = [{ ...deny("sqs:SendMessage", QUEUE), Principal: "*" }];
    expect(ask("sqs:SendMessage", QUEUE, allowed, own).message).to.match(/explicit deny in a resource-based policy/);
  });

  it("a resource's own policy is enough where it names the caller, and not where it names the account", () => {
    const own = (AWS: string): Statement[] => [{ ...allow("sqs:SendMessage", QUEUE), Principal: { AWS } }];
    expect(ask("sqs:SendMessage", QUEUE, [], own(ROLE)).allowed).to.equal(true);
    expect(ask("sqs:SendMessage", QUEUE, [], own("arn:aws:iam::000000000000:root")).allowed).to.equal(false);
    expect(ask("sqs:SendMessage", QUEUE, [], own("arn:aws:iam::000000000000:role/other")).allowed).to.equal(false);
  });

  it("a key's policy must agree: by itself, or by leaving it to the account's policies", () => {
    const identity = [allow("kms:Decrypt", KEY, { StringEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } })];
    const root = [{ ...allow("kms:*", "*"), Principal: { AWS: "arn:aws:iam::000000000000:root" } }];
    const bySqs = { "kms:ViaService": "sqs.us-east-1.amazonaws.com" };
    expect(ask("kms:Decrypt", KEY, identity, root, bySqs).allowed).to.equal(true);
    expect(ask("kms:Decrypt", KEY, identity, root, { "kms:ViaService": "s3.us-east-1.amazonaws.com" }).allowed).to.equal(false);
    expect(ask("kms:Decrypt", KEY, identity, [], bySqs).message).to.match(/no resource-based policy allows the kms:Decrypt action/);
  });
});

describe("conditions", () => {
  const holds = (conditions: Conditions, keys: Readonly<Record<string, string | readonly string[]>>): boolean =>
    conditionsHold(conditions, new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value])));

  it("a key that is not there fails a comparison, passes a negated one, and is let off by IfExists", () => {
    expect(holds({ StringEquals: { "aws:SourceAccount": "1" } }, {})).to.equal(false);
    expect(holds({ StringNotEquals: { "aws:SourceAccount": "1" } }, {})).to.equal(true);
    expect(holds({ StringEqualsIfExists: { "aws:SourceAccount": "1" } }, {})).to.equal(true);
    expect(holds({ StringEqualsIfExists: { "aws:SourceAccount": "1" } }, { "aws:SourceAccount": "2" })).to.equal(false);
    expect(holds({ Null: { "dynamodb:LeadingKeys": "false" } }, {})).to.equal(false);
  });

  it("ForAllValues is true of no values, which is why it needs a Null beside it; ForAnyValue is not", () => {
    const all = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["ledger"] } };
    expect(holds(all, {})).to.equal(true);
    expect(holds({ ...all, Null: { "dynamodb:LeadingKeys": "false" } }, {})).to.equal(false);
    expect(holds(all, { "dynamodb:LeadingKeys": ["ledger", "canary"] })).to.equal(false);
    expect(
      holds({ "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": ["ledger"] } }, { "dynamodb:LeadingKeys": ["ledger", "canary"] }),
    ).to.equal(true);
    expect(holds({ "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": ["ledger"] } }, {})).to.equal(false);
  });

  it("a list without a set operator is compared by no promise of AWS's", () => {
    expect(holds({ StringEquals: { "dynamodb:LeadingKeys": "ledger" } }, { "dynamodb:LeadingKeys": ["ledger", "canary"] })).to.equal(false);
  });

  it("an ARN's wildcard does not reach over its first colons; variables are filled in", () => {
    const of = (pattern: string): Conditions => ({ ArnLike: { "aws:SourceArn": pattern } });
    const arn = { "aws:SourceArn": "arn:aws:events:us-east-1:1:rule/bus/forward" };
    expect(holds(of("arn:aws:events:*:1:rule/*"), arn)).to.equal(true);
    expect(holds(of("arn:aws:events:*:rule/bus/forward"), arn)).to.equal(false);
    expect(
      holds({ StringEquals: { "aws:SourceArn": "${aws:PrincipalArn}" } }, { ...arn, "aws:PrincipalArn": arn["aws:SourceArn"] }),
    ).to.equal(true);
  });

  it("refuses to guess at an operator that it does not know", () => {
    expect(() => holds({ DateSometimes: { "aws:CurrentTime": "2030" } }, { "aws:CurrentTime": "2031" })).to.throw(/DateSometimes/);
  });
});
