import { expect } from "chai";
import { parseSettings } from "../../components/settings/settings";

const GOOD = { environmentSuffix: "dev1" };
const ROLE = "arn:aws:iam::111122223333:role/desk";
const KEYS = '{"keys":[{"kty":"EC","kid":"one","crv":"P-256","x":"eA","y":"eQ"}]}';
const TOKENS = { apiAuth: "jwt", "api.tokenIssuer": "https://login.example/", "api.tokenAudience": "trades", "api.tokenKeySet": KEYS };

describe("a stack's callers", () => {
  it("are named by what they bring, each with accounts", () => {
    const given = (raw: Record<string, string>) => parseSettings({ ...GOOD, ...raw }).callers;
    expect(given({})).to.deep.equal({});
    expect(given({ callers: `{"${ROLE}":["desk-*","house"]}` })).to.deep.equal({ [ROLE]: ["desk-*", "house"] });
    expect(given({ apiAuth: "apiKey", callers: '{"desk":["*"]}' })).to.deep.equal({ desk: ["*"] });
    expect(given({ ...TOKENS, callers: '{"ann@example.com":["ann-1"]}' })).to.deep.equal({ "ann@example.com": ["ann-1"] });
  });

  it("bring tokens of one issuer, with its public keys", () => {
    expect(parseSettings({ ...GOOD, ...TOKENS }).tokens).to.deep.equal({
      issuer: "https://login.example/",
      audience: "trades",
      keySet: JSON.parse(KEYS) as unknown,
    });
  });

  for (const [what, raw, allowed] of [
    ["callers that are no map", { callers: "[]" }, "a map of callers to lists of accounts"],
    ["a caller without accounts", { callers: `{"${ROLE}":[]}` }, "a list of accounts"],
    ["a caller of the canaries' accounts", { callers: `{"${ROLE}":["synthetic-east"]}` }, "none begins with synthetic-"],
    ["a star in the middle", { callers: `{"${ROLE}":["a*b"]}` }, "at the end perhaps *"],
    ["a name for a role", { callers: '{"desk":["*"]}' }, 'the ARN of a role or user, because apiAuth is iam; "desk" is none'],
    ["a role for a key's name", { apiAuth: "apiKey", callers: `{"${ROLE}":["*"]}` }, "because apiAuth is apiKey"],
    ["a caller called platform", { apiAuth: "apiKey", callers: '{"platform":["*"]}' }, "and not platform"],
    ["callers where nobody is asked", { apiAuth: "none", callers: `{"${ROLE}":["*"]}` }, "nothing, because apiAuth is none"],
    [
      "more callers than an environment holds",
      { callers: JSON.stringify({ [ROLE]: Array(400).fill("acc-1234567") }) },
      "at most 2800 characters",
    ],
    ["tokens without their issuer", { apiAuth: "jwt" }, "a value, and one of api.tokenAudience and api.tokenKeySet"],
    ["an issuer where nobody brings tokens", { "api.tokenIssuer": "https://login.example/" }, "nothing, unless apiAuth is jwt"],
    ["a private key", { apiAuth: "jwt", "api.tokenKeySet": '{"keys":[{"kty":"EC","kid":"one","d":"AA"}]}' }, "public RSA, EC or OKP keys"],
    ["a shared key", { apiAuth: "jwt", "api.tokenKeySet": '{"keys":[{"kty":"oct","kid":"one","k":"AA"}]}' }, "public RSA, EC or OKP keys"],
  ] as const) {
    it(`are not ${what}`, () => {
      expect(() => parseSettings({ ...GOOD, ...raw })).to.throw(allowed);
    });
  }
});
