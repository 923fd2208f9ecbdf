import { expect } from "chai";
import { register, type Program } from "../support/registrations";

const REQUIRED = { "trade-failover:sessions": '{"required":true,"lifetimeSeconds":900}' };

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of a role that reaches items of the sessions table: by whom, what, on keys that begin how. */
const onItems = ({ resources }: Program): string[] =>
  resources
    .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
    .flatMap(({ name, inputs }) =>
      (JSON.parse(inputs.policy as string) as { Statement: Statement[] }).Statement.filter(
        ({ Action, Resource }) =>
          [Resource].flat().some((arn) => arn.includes("table/trade-sessions-")) && /Item$/.test([Action].flat().join()),
      ).map(({ Action, Condition }) => {
        const keys = Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] as string[] | undefined;
        const asked = Condition?.Null?.["dynamodb:LeadingKeys"] === "false";
        return `${name.replace(/^(primary|standby)-/, "")}: ${[Action].flat().join()} ${asked ? (keys ?? []).join() : "any"}`;
      }),
    );

const functionsOf = ({ resources }: Program): readonly string[] =>
  resources.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
const variablesOf = ({ resources }: Program, part: string): Record<string, string> =>
  (
    resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name.includes(part))?.inputs.environment as {
      variables: Record<string, string>;
    }
  ).variables;

describe("sessions.required", function () {
  this.timeout(240_000);
  let required: Program;
  let without: Program;

  before(async () => {
    required = await register("dev", REQUIRED);
    without = await register("dev");
  });

  const ACCOUNTS = "work-trade-processor-policy: dynamodb:UpdateItem account:*";

  it("lets each who needs it reach what it needs: sessions to open or to read, and never an account's item", () => {
    expect([...new Set(onItems(required))].sort()).to.deep.equal(
      [
        "fn-health-policy: dynamodb:GetItem session:*",
        "fn-session-opening-policy: dynamodb:PutItem session:*",
        "fn-trade-intake-policy: dynamodb:GetItem session:*",
        "work-sentinel-policy: dynamodb:GetItem session:*",
        ACCOUNTS,
      ].sort(),
    );
  });

  it("is off by default: no route, no function, and nobody reads or opens a session", () => {
    expect([...new Set(onItems(without))]).to.deep.equal([ACCOUNTS]);
    expect(functionsOf(without).filter((name) => name.includes("session"))).to.deep.equal([]);
    expect(variablesOf(without, "trade-intake")).not.to.have.property("REQUIRED_SESSIONS_TABLE");
    expect(without.resources.filter(({ type, name }) => type.startsWith("aws:apigateway/") && name.includes("session"))).to.deep.equal([]);
  });

  it("makes POST /sessions in both regions, for the same callers as POST /trades", () => {
    for (const site of ["primary", "standby"]) {
      const [opens, trades] = ["post-sessions", "post-trades"].map((route) =>
        required.resources.find(
          ({ type, name }) => type === "aws:apigateway/method:Method" && name.startsWith(site) && name.endsWith(`${route}-method`),
        ),
      );
      expect(opens?.inputs.authorization).to.equal("AWS_IAM");
      expect(opens?.inputs.authorization).to.equal(trades?.inputs.authorization);
      expect(opens?.inputs.requestModels, "it has no body").to.equal(undefined);
    }
    expect(variablesOf(required, "session-opening")).to.include({ SESSION_SECONDS: "900", REQUIRED_SESSIONS_TABLE: "trade-sessions-dev" });
  });

  it("keeps the token out of the firewall's log", () => {
    const logging = required.resources.filter(({ type }) => type === "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
    expect(logging).to.have.length(2);
    for (const { inputs } of logging) expect(JSON.stringify(inputs.redactedFields)).to.contain("session-token");
  });
});
