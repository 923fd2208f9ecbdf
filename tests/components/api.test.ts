import { expect } from "chai";
import { verdictOf, type Verdict } from "../../client/verdict";
import type { KnownCaller } from "../../contract/callers";
import { register, type Program, type Registration } from "../support/registrations";

const SITES = ["primary", "standby"];
type Inputs = Record<string, unknown>;
type Kept = { readonly type: string; readonly name: string };

const TOKENS = {
  "trade-failover:apiAuth": "jwt",
  "trade-failover:api.tokenIssuer": "https://login.example/",
  "trade-failover:api.tokenAudience": "trades",
  "trade-failover:api.tokenKeySet": JSON.stringify({ keys: [{ kty: "EC", kid: "one", crv: "P-256", x: "eA", y: "eQ" }] }),
} as const;

describe("the API of both regions", function () {
  this.timeout(240_000);
  let program: Program;
  let withKeys: Program;
  let withTokens: Program;
  const of = (type: string, from = program): Registration[] => from.resources.filter((one) => one.type === type);
  const here = <T extends Kept>(site: string, all: readonly T[]): T[] => all.filter(({ name }) => name.startsWith(`${site}-`));

  before(async () => {
    program = await register("prod");
    withKeys = await register("prod", { "trade-failover:apiAuth": "apiKey", "trade-failover:callers": '{"desk":["desk-*"]}' });
    withTokens = await register("prod", { ...TOKENS, "trade-failover:callers": '{"ann":["ann-1"]}' });
  });

  const guards = (from: Program): Record<string, unknown[]> =>
    Object.fromEntries(
      of("aws:apigateway/method:Method", from).map(({ name, inputs }) => [
        name.replace(/^(primary|standby)-trades-/, ""),
        [inputs.authorization, inputs.apiKeyRequired],
      ]),
    );

  it("takes trades from those who sign, and answers health checks to anybody", () => {
    expect(guards(program)).to.deep.equal({
      "post-trades-method": ["AWS_IAM", false],
      "get-trades-method": ["AWS_IAM", false],
      "get-trades-tradeId-method": ["AWS_IAM", false],
      "get-health-method": ["NONE", false],
      "get-health-ready-method": ["NONE", false],
      "get-control-active-method": ["NONE", false],
    });
  });

  it("takes trades from those who have the key, if that is asked for, with the same key in both regions", () => {
    expect(guards(withKeys)).to.deep.include({
      "post-trades-method": ["NONE", true],
      "get-trades-tradeId-method": ["NONE", true],
      "get-health-ready-method": ["NONE", false],
    });
    expect(of("aws:apigateway/apiKey:ApiKey")).to.deep.equal([]);
    const keys = of("aws:apigateway/apiKey:ApiKey", withKeys);
    for (const caller of ["desk", "platform"]) {
      const [first, second] = keys.filter(({ name }) => name.endsWith(`-${caller}`)).map(({ inputs }) => inputs.value);
      expect(first, caller).to.not.equal(undefined);
      expect(first, caller).to.deep.equal(second);
    }
    for (const site of SITES) {
      const [plan] = here(site, of("aws:apigateway/usagePlan:UsagePlan", withKeys));
      expect(plan?.inputs.apiStages, site).to.deep.equal([{ apiId: `${site}-entrance-api-id`, stage: "v1" }]);
      const pairs = here(site, of("aws:apigateway/usagePlanKey:UsagePlanKey", withKeys));
      expect(pairs, site).to.have.length(2);
      for (const pair of pairs) expect(pair.inputs).to.include({ usagePlanId: `${plan?.name}-id`, keyType: "API_KEY" });
    }
  });

  it("keeps the key that was generated first, in a secret of both regions", () => {
    const secret = of("aws:secretsmanager/secret:Secret", withKeys).find(({ name }) => name === "api-keys-desk-secret");
    expect(secret?.inputs.replicas).to.deep.equal([
      { region: "us-east-2", kmsKeyId: "arn:aws:mock:us-east-1:123456789012:standby-key-key" },
    ]);
    const options = withKeys.options.get("aws:secretsmanager/secretVersion:SecretVersion/api-keys-desk-secret-value");
    expect(options).to.include({ protect: true });
    expect(options?.ignoreChanges).to.deep.equal(["secretString"]);
  });

  it("gives the functions that send trades of their own the secret, in their region, and nothing where there is none", () => {
    for (const site of SITES) {
      for (const handler of ["validator", "readiness"]) {
        const find = (from: Program): Inputs =>
          here(site, of("aws:lambda/function:Function", from)).find(({ name }) => name.endsWith(`${handler}-function`))?.inputs ?? {};
        const variables = (from: Program): Inputs => (find(from).environment as { variables: Inputs }).variables;
        expect(variables(withKeys), `${site} ${handler}`).to.have.property("API_KEY_SECRET_ARN");
        expect(variables(withTokens), `${site} ${handler}`).to.have.property("API_KEY_SECRET_ARN");
        expect(variables(program), `${site} ${handler}`).to.not.have.property("API_KEY_SECRET_ARN");
      }
    }
  });

  const variablesOf = (site: string, handler: string, from: Program): Readonly<Record<string, string>> => {
    const made = here(site, of("aws:lambda/function:Function", from)).find(({ name }) => name.endsWith(`${handler}-function`));
    return (made?.inputs.environment as { variables: Record<string, string> }).variables;
  };

  it("tells both regions of the same callers, each with accounts of its own, and of the platform with the canaries' alone", () => {
    const account = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;
    const canaries = ["primary", "standby"].flatMap((site) => [
      account(`trade-${site}-validator-prod`),
      account(`trade-${site}-readiness-prod`),
    ]);
    const digest = /^[0-9a-f]{64}$/;
    for (const handler of ["trade-intake", "trade-query"]) {
      for (const from of [program, withKeys, withTokens])
        expect(variablesOf("primary", handler, from).CALLERS).to.equal(variablesOf("standby", handler, from).CALLERS);
      const callers = (from: Program) => JSON.parse(variablesOf("primary", handler, from).CALLERS ?? "") as KnownCaller[];
      expect(callers(program)).to.deep.equal(canaries.map((id) => ({ id, accounts: ["synthetic-*"] })));
      const [desk, platform] = callers(withKeys);
      expect([desk?.keySha256, platform?.keySha256].every((one) => digest.test(one ?? ""))).to.equal(true);
      expect(desk).to.include({ id: "desk" }).and.to.have.property("accounts").that.deep.equals(["desk-*"]);
      expect(platform).to.include({ id: "platform" }).and.to.have.property("accounts").that.deep.equals(["synthetic-*"]);
      const [ann, canary] = callers(withTokens);
      expect(ann).to.deep.equal({ id: "ann", accounts: ["ann-1"] });
      expect(canary?.keySha256).to.match(digest);
    }
  });

  it("hands the functions the issuer's public keys, and asks nobody for them", () => {
    const told = JSON.parse(variablesOf("primary", "trade-intake", withTokens).TOKENS ?? "") as Record<string, unknown>;
    expect(told).to.include({ issuer: "https://login.example/", audience: "trades" });
    expect(told.keySet).to.deep.equal(JSON.parse(TOKENS["trade-failover:api.tokenKeySet"]));
    expect(variablesOf("primary", "trade-intake", program)).to.not.have.property("TOKENS");
  });

  it("refuses what is no request: a trade needs a JSON object, a search its account", () => {
    for (const site of SITES) {
      const [validator] = here(site, of("aws:apigateway/requestValidator:RequestValidator"));
      expect(validator?.inputs).to.include({ validateRequestBody: true, validateRequestParameters: true });
      const [model] = here(site, of("aws:apigateway/model:Model"));
      const schema = JSON.parse(String(model?.inputs.schema)) as Inputs;
      expect(schema).to.include({ type: "object", $schema: "http://json-schema.org/draft-04/schema#" });
      const method = (what: string): Inputs =>
        here(site, of("aws:apigateway/method:Method")).find(({ name }) => name.endsWith(what))?.inputs ?? {};
      expect(method("post-trades-method")).to.deep.include({
        requestValidatorId: `${validator?.name}-id`,
        requestModels: { "application/json": model?.inputs.name },
      });
      // The gateway may look for a header by its case; HTTP/2 clients send lower case.
      expect(method("post-trades-method").requestParameters).to.equal(undefined);
      expect(method("get-trades-method").requestParameters).to.deep.equal({ "method.request.querystring.accountId": true });
    }
  });

  it("tells problems as problem documents, and a client takes for final only what is wrong in both regions", () => {
    const said = '"what the gateway\'s own message says"';
    const verdicts: Record<string, Verdict> = Object.fromEntries(
      here("primary", of("aws:apigateway/response:Response")).map(({ inputs }) => {
        const templates = inputs.responseTemplates as Record<string, string>;
        const headers = inputs.responseParameters as Record<string, string>;
        const body = (templates["application/json"] ?? "").replace("$context.error.messageString", said);
        const document = JSON.parse(body) as Inputs;
        expect(document, String(inputs.responseType)).to.include.all.keys("type", "title", "detail");
        const header = (name: string): string => (headers[`gatewayresponse.header.${name}`] ?? "''").slice(1, -1);
        const status = Number(inputs.statusCode ?? (String(inputs.responseType).includes("5XX") ? 500 : 403));
        expect(document.status ?? status).to.equal(status);
        return [String(inputs.responseType), verdictOf({ status, type: header("Content-Type"), body, retryAfter: header("Retry-After") })];
      }),
    );
    const kinds = Object.fromEntries(Object.entries(verdicts).map(([type, { kind }]) => [type, kind]));
    expect(kinds).to.deep.equal({
      BAD_REQUEST_BODY: "final",
      BAD_REQUEST_PARAMETERS: "final",
      REQUEST_TOO_LARGE: "final",
      UNSUPPORTED_MEDIA_TYPE: "final",
      THROTTLED: "again",
      DEFAULT_4XX: "refused",
      INTEGRATION_FAILURE: "again",
      INTEGRATION_TIMEOUT: "again",
      DEFAULT_5XX: "again",
    });
    expect(verdicts.INTEGRATION_TIMEOUT).to.include({ retryAfterMs: 1000 });
  });

  it("limits, traces and logs each stage; its log is JSON, encrypted, and has no credentials", () => {
    for (const site of SITES) {
      const [stage] = here(site, of("aws:apigateway/stage:Stage"));
      const log = stage?.inputs.accessLogSettings as { destinationArn: string; format: string };
      expect(stage?.inputs.xrayTracingEnabled).to.equal(true);
      expect(Object.values(JSON.parse(log.format) as object)).to.satisfy((all: string[]) =>
        all.every((value) => value.startsWith("$context.")),
      );
      expect(log.format).to.not.match(/apiKey"|authorization|accessKey/i);
      const group = of("aws:cloudwatch/logGroup:LogGroup").find(
        ({ inputs }) => inputs.name === `/aws/apigateway/trade-${site}-trades-prod`,
      );
      expect(group?.inputs.kmsKeyId, site).to.include(`${site}-key`);
      const [settings] = here(site, of("aws:apigateway/methodSettings:MethodSettings"));
      expect(settings?.inputs).to.deep.include({
        methodPath: "*/*",
        settings: { throttlingRateLimit: 2000, throttlingBurstLimit: 4000, metricsEnabled: true },
      });
    }
  });

  it("sets API Gateway's log role in each region, unless another stack does", async () => {
    expect(of("aws:apigateway/account:Account")).to.have.length(2);
    const second = await register("prod", { "trade-failover:api": '{"ownsLogRole":false}' });
    expect(of("aws:apigateway/account:Account", second)).to.deep.equal([]);
  });

  it("has a firewall before each stage: a limit an address, AWS's groups, and health checks that no group judges", () => {
    for (const site of SITES) {
      const [acl] = here(site, of("aws:wafv2/webAcl:WebAcl"));
      const rules = acl?.inputs.rules as { priority: number; statement: Record<string, Inputs> }[];
      const [limit, ...groups] = [...rules].sort((a, b) => a.priority - b.priority);
      expect(limit?.statement.rateBasedStatement).to.deep.equal({ limit: 30_000, aggregateKeyType: "IP", evaluationWindowSec: 300 });
      expect(groups.map(({ statement }) => statement.managedRuleGroupStatement?.name)).to.deep.equal([
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
      ]);
      for (const { statement } of groups) {
        const scope = JSON.stringify(statement.managedRuleGroupStatement?.scopeDownStatement);
        for (const path of ["/health/ready", "/control/active"]) expect(scope).to.include(`"searchString":"${path}"`);
        expect(scope).to.match(/^{"notStatement"/);
      }
      const [association] = here(site, of("aws:wafv2/webAclAssociation:WebAclAssociation"));
      const [stage] = here(site, of("aws:apigateway/stage:Stage"));
      expect(association?.inputs.resourceArn)
        .to.be.a("string")
        .and.include(stage?.name ?? "?");
      const [logging] = here(site, of("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"));
      expect(JSON.stringify(logging?.inputs.redactedFields)).to.include("authorization").and.include("x-api-key");
    }
  });

  it("speaks TLS 1.2 or newer by AWS's name and by its own", () => {
    const policies = [...of("aws:apigateway/restApi:RestApi"), ...of("aws:apigateway/domainName:DomainName")].map(
      ({ inputs }) => inputs.securityPolicy,
    );
    expect(policies).to.have.length(4);
    for (const policy of policies) expect(policy).to.match(/^(TLS_1_2|SecurityPolicy_TLS13_1_2_.*)$/);
  });

  it("is deployed anew when what it holds changes", () => {
    const triggers = (from: Program): unknown => of("aws:apigateway/deployment:Deployment", from)[0]?.inputs.triggers;
    expect(triggers(program)).to.not.deep.equal(triggers(withKeys));
    expect(Object.keys(triggers(program) as object)).to.have.members(["auth", "routes", "refusals", "order"]);
  });
});
