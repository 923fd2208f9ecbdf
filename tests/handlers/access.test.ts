import { expect } from "chai";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { CALLER_PROBLEM } from "../../contract/problems";
import { access, type Access, type Presented } from "../../handlers/adapters/access";
import { sha256 } from "../../handlers/adapters/hashing";
import { ANYBODY, principalOf } from "../../handlers/core/caller";

const ROLE = "arn:aws:iam::111122223333:role/desk";
const withHeaders = (headers: Readonly<Record<string, string>>): Presented => ({ header: (name) => headers[name] });

/** The caller's name and accounts, or the refusal's status and type. */
async function seen(callerOf: Access, presented: Presented): Promise<unknown> {
  const verdict = await callerOf(presented);
  if ("refusal" in verdict) return [verdict.refusal.status, (JSON.parse(verdict.refusal.body) as { type: string }).type];
  return { id: verdict.caller.id, accounts: verdict.caller.accounts };
}

describe("who calls", () => {
  it("is anybody where nobody is asked", async () => {
    expect(await seen(access({ API_AUTH: "none", CALLERS: "[]" }), withHeaders({}))).to.deep.equal(ANYBODY);
  });

  it("refuses to start with what it can't read, and says which variable it is", () => {
    expect(() => access({ API_AUTH: "iam", CALLERS: "{" })).to.throw("CALLERS is wrong");
    expect(() => access({ API_AUTH: "open", CALLERS: "[]" })).to.throw("API_AUTH is wrong: iam | apiKey | jwt | none");
    expect(() => access({ API_AUTH: "jwt", CALLERS: "[]" })).to.throw("TOKENS is wrong");
  });

  describe("by a signature", () => {
    const callers = [{ id: "arn:aws:iam::111122223333:role/teams/fx/desk", accounts: ["desk-*"] }];
    const callerOf = access({ API_AUTH: "iam", CALLERS: JSON.stringify(callers) });
    const signedBy = (userArn: string) => seen(callerOf, { header: () => undefined, userArn });

    it("is the role, whatever the session and the path", async () => {
      for (const session of ["one", "another"])
        expect(await signedBy(`arn:aws:sts::111122223333:assumed-role/desk/${session}`)).to.deep.equal({ id: ROLE, accounts: ["desk-*"] });
    });

    it("has no account if nobody gave it one, nor if it only has another's name in another account", async () => {
      expect(await signedBy("arn:aws:sts::111122223333:assumed-role/other/desk")).to.have.property("accounts").that.is.empty;
      expect(await signedBy("arn:aws:sts::999900001111:assumed-role/desk/one")).to.have.property("accounts").that.is.empty;
      expect(await signedBy("arn:aws:iam::111122223333:user/desk")).to.have.property("accounts").that.is.empty;
    });

    it("is nobody as an account's root, and without a signature", async () => {
      expect(await signedBy("arn:aws:iam::111122223333:root")).to.deep.equal([403, CALLER_PROBLEM]);
      expect(await seen(callerOf, withHeaders({}))).to.deep.equal([403, CALLER_PROBLEM]);
    });

    it("takes no session for a role that is named like one", () => {
      expect(principalOf("arn:aws:iam::111122223333:assumed-role/desk/one")).to.equal(undefined);
      expect(principalOf("arn:aws:sts::111122223333:role/desk")).to.equal(undefined);
      expect(principalOf("arn:aws:iam::111122223333:user/staff/ann")).to.equal("arn:aws:iam::111122223333:user/ann");
    });
  });

  describe("by a key", () => {
    const callers = [
      { id: "desk", accounts: ["desk-1"], keySha256: sha256("desk's key") },
      { id: "fx", accounts: ["fx-*"], keySha256: sha256("fx's key") },
    ];
    const callerOf = access({ API_AUTH: "apiKey", CALLERS: JSON.stringify(callers) });

    it("is the key's owner, by name", async () => {
      expect(await seen(callerOf, withHeaders({ "x-api-key": "fx's key" }))).to.deep.equal({ id: "fx", accounts: ["fx-*"] });
    });

    it("is nobody with another key, with a digest for a key, and with none", async () => {
      for (const headers of [{ "x-api-key": "fx's kez" }, { "x-api-key": sha256("fx's key") }, { "x-api-key": "" }])
        expect(await seen(callerOf, withHeaders(headers))).to.deep.equal([403, CALLER_PROBLEM]);
    });
  });

  describe("by a token", () => {
    const [ISSUER, AUDIENCE] = ["https://login.example/", "trades"];
    const NOW = Math.floor(Date.now() / 1000);
    let callerOf: Access;
    let sign: (payload: JWTPayload, changes?: { readonly kid?: string }) => Promise<string>;
    let strangers: Parameters<SignJWT["sign"]>[0];
    let secret: Uint8Array;
    const good = (): JWTPayload => ({ iss: ISSUER, aud: AUDIENCE, sub: "ann", exp: NOW + 300 });

    before(async () => {
      const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
      strangers = (await generateKeyPair("ES256")).privateKey;
      const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "ES256" };
      secret = new TextEncoder().encode(JSON.stringify(jwk));
      const callers = [
        { id: "ann", accounts: ["ann-1"] },
        { id: "platform", accounts: ["synthetic-*"], keySha256: sha256("the platform's") },
      ];
      callerOf = access({
        API_AUTH: "jwt",
        CALLERS: JSON.stringify(callers),
        TOKENS: JSON.stringify({ issuer: ISSUER, audience: AUDIENCE, keySet: { keys: [jwk] } }),
      });
      sign = (payload, { kid = "one" } = {}) => new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid }).sign(privateKey);
    });
    const bearing = async (token: string | Promise<string>) => seen(callerOf, withHeaders({ authorization: `Bearer ${await token}` }));

    it("is the token's subject, with the accounts that the stack gives it", async () => {
      expect(await bearing(sign(good()))).to.deep.equal({ id: "ann", accounts: ["ann-1"] });
      expect(await bearing(sign({ ...good(), sub: "bob" }))).to.deep.equal({ id: "bob", accounts: [] });
    });

    it("is no subject that calls itself the platform: the platform brings a key", async () => {
      expect(await bearing(sign({ ...good(), sub: "platform" }))).to.deep.equal({ id: "platform", accounts: [] });
      expect(await seen(callerOf, withHeaders({ "x-api-key": "the platform's" }))).to.deep.equal({
        id: "platform",
        accounts: ["synthetic-*"],
      });
    });

    for (const [what, changes] of [
      ["of another issuer", { iss: "https://elsewhere.example/" }],
      ["for another audience", { aud: "reports" }],
      ["that is over", { exp: NOW - 60 }],
      ["that never ends", { exp: undefined }],
      ["that is not good yet", { nbf: NOW + 120 }],
      ["of nobody", { sub: undefined }],
    ] as const) {
      it(`is nobody with a token ${what}`, async () => {
        expect(await bearing(sign({ ...good(), ...changes }))).to.deep.equal([403, CALLER_PROBLEM]);
      });
    }

    it("is nobody with a token that another key signed, that nobody signed, or that the public key 'signed'", async () => {
      const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(good())).toString("base64url")}.`;
      const byStranger = new SignJWT(good()).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(strangers);
      const confused = new SignJWT(good()).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(secret);
      for (const token of [unsigned, await byStranger, await confused, await sign(good(), { kid: "two" }), "x.y.z", ""])
        expect(await bearing(token)).to.deep.equal([403, CALLER_PROBLEM]);
    });
  });
});
