import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect } from "chai";
import { sigV4aSigner } from "../../client/signing/sigv4a";
import { signatureRefusal, type SignedRequest, type Verifier } from "../../lab/region/gateway/signature";

const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const URL_ = "http://127.0.0.1:23400/v1/trades?accountId=a%20b&limit=5";
const BODY = '{"accountId":"a"}';

const verifier = (region: string): Verifier => ({
  region,
  secretOf: (id) => (id === CREDENTIALS.accessKeyId ? CREDENTIALS.secretAccessKey : undefined),
  now: () => Date.now(),
});

function sent(headers: Readonly<Record<string, string>>): SignedRequest {
  const { host, pathname, search } = new URL(URL_);
  return { method: "POST", url: `${pathname}${search}`, headers: { "idempotency-key": "k", ...headers, host }, body: Buffer.from(BODY) };
}

async function bySigV4a(...regions: string[]): Promise<SignedRequest> {
  const sign = sigV4aSigner({ regions, credentials: () => Promise.resolve(CREDENTIALS) });
  return sent(await sign({ method: "POST", url: URL_, region: regions[0] ?? "", headers: { "idempotency-key": "k" }, body: BODY }));
}

async function bySigV4(region: string): Promise<SignedRequest> {
  const signer = new SignatureV4({ service: "execute-api", region, sha256: Sha256, credentials: CREDENTIALS });
  const { host, hostname, pathname } = new URL(URL_);
  const request = {
    method: "POST",
    protocol: "http:",
    hostname,
    path: pathname,
    query: { accountId: "a b", limit: "5" },
    headers: { host },
    body: BODY,
  };
  return sent((await signer.sign(request)).headers);
}

describe("a signature", () => {
  it("by SigV4A is good in every region of its set, and in no other", async () => {
    const request = await bySigV4a("us-east-1", "us-east-2");
    expect(signatureRefusal(request, verifier("us-east-1"))).to.equal(undefined);
    expect(signatureRefusal(request, verifier("us-east-2"))).to.equal(undefined);
    expect(signatureRefusal(request, verifier("us-west-2"))?.message).to.equal("Credential should be scoped to a valid region.");
  });

  it("by SigV4 is good in its region, and refused in the one that a failover leads to", async () => {
    const request = await bySigV4("us-east-1");
    expect(signatureRefusal(request, verifier("us-east-1"))).to.equal(undefined);
    expect(signatureRefusal(request, verifier("us-east-2"))?.message).to.equal("Credential should be scoped to a valid region.");
  });

  for (const [kind, signed] of [
    ["SigV4A", () => bySigV4a("us-east-1", "us-east-2")],
    ["SigV4", () => bySigV4("us-east-1")],
  ] as const) {
    it(`by ${kind} covers the body, the path and the headers`, async () => {
      const request = await signed();
      for (const changed of [
        { ...request, body: Buffer.from('{"accountId":"b"}') },
        { ...request, url: request.url.replace("limit=5", "limit=6") },
        { ...request, headers: { ...request.headers, host: "elsewhere.test" } },
      ])
        expect(signatureRefusal(changed, verifier("us-east-1"))?.message).to.contain("does not match the signature you provided");
    });

    it(`by ${kind} is refused when it is old, when the key is nobody's, and when the secret is another`, async () => {
      const request = await signed();
      const here = verifier("us-east-1");
      expect(signatureRefusal(request, { ...here, now: () => Date.now() + 600_000 })?.message).to.contain("Signature expired");
      expect(signatureRefusal(request, { ...here, secretOf: () => undefined })?.message).to.contain("security token");
      expect(signatureRefusal(request, { ...here, secretOf: () => "another" })?.message).to.contain("does not match");
    });
  }

  it("is asked for", () => {
    expect(signatureRefusal(sent({}), verifier("us-east-1"))?.message).to.equal("Missing Authentication Token");
  });
});
