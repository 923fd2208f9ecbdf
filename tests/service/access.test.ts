import { expect } from "chai";
import { apiKey } from "../../service/http/access";

describe("the service's callers by key", () => {
  let now: number;
  let reads: number;
  let secret: string | undefined;
  const access = () =>
    apiKey(
      async () => {
        reads += 1;
        if (secret === undefined) throw new Error("away");
        return secret;
      },
      () => now,
    );
  const statusOf = async (verify: ReturnType<typeof access>, key?: string): Promise<number> => {
    const verdict = await verify({ headers: { "x-api-key": key } });
    return "refusal" in verdict ? verdict.refusal.status : 200;
  };

  beforeEach(() => {
    now = 0;
    reads = 0;
    secret = "first";
  });

  it("lets the key's owner in and nobody else, and reads the secret once", async () => {
    const verify = access();
    expect(await Promise.all([statusOf(verify, "first"), statusOf(verify, "first"), statusOf(verify, "other")])).to.deep.equal([
      200, 200, 403,
    ]);
    expect(await statusOf(verify, undefined)).to.equal(403);
    expect(await statusOf(verify, "firs")).to.equal(403);
    expect(reads).to.equal(1);
  });

  it("takes a new key after strangers' keys have come for a while, and not before", async () => {
    const verify = access();
    await statusOf(verify, "first");
    secret = "second";
    expect(await statusOf(verify, "second")).to.equal(403);
    now = 30_000;
    expect(await statusOf(verify, "second")).to.equal(200);
    expect(await statusOf(verify, "first")).to.equal(403);
  });

  it("keeps the key that it knows while the secret can't be read; without one it can't decide", async () => {
    const verify = access();
    await statusOf(verify, "first");
    secret = undefined;
    now = 60_000;
    expect(await statusOf(verify, "other")).to.equal(403);
    expect(await statusOf(verify, "first")).to.equal(200);
    expect(await statusOf(access(), "first")).to.equal(503);
  });
});
