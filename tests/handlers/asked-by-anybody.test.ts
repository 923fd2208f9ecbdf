import { expect } from "chai";
import { environments } from "../../simulation/settings";
import { awsEndpoint } from "../support/aws-endpoint";

const RTO = {
  healthCheckIntervalSeconds: 10,
  healthCheckThreshold: 2,
  recordTtlSeconds: 10,
  budgetSeconds: 60,
  leaseLengthSeconds: 15,
  leaseRenewalSeconds: 5,
  leaseLimitSeconds: 60,
  maxSwitchoverLagSeconds: 5,
};
const REGION = "us-east-1";
type Control = typeof import("../../handlers/functions/control");
type Validator = typeof import("../../handlers/functions/validator");

/** A function as Lambda starts it: its module is loaded anew, with its own variables. */
async function started<T>(name: "control" | "validator", more: Readonly<Record<string, string>> = {}): Promise<T> {
  Object.assign(process.env, environments(REGION, RTO, () => "cluster")[name], more);
  const file = require.resolve(`../../handlers/functions/${name}`);
  delete require.cache[file];
  return (await import(file)) as T;
}

describe("GET /control/active, as anybody may ask it", () => {
  it("reads the lease once a second, however many ask", async () => {
    const lease = { leaseId: { S: "ledger" }, holder: { S: REGION }, epoch: { N: "7" }, renewals: { N: "1" } };
    const endpoint = await awsEndpoint(() => ({ body: { Item: lease } }));
    try {
      const { handler } = await started<Control>("control");
      const together = await Promise.all(Array.from({ length: 50 }, () => handler()));
      expect(new Set(together.map(({ statusCode }) => statusCode))).to.deep.equal(new Set([200]));
      await handler();
      expect(endpoint.operations).to.deep.equal(["GetItem"]);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      await handler();
      expect(endpoint.operations).to.deep.equal(["GetItem", "GetItem"]);
    } finally {
      endpoint.close();
    }
  });
});

describe("the synthetic trade of a move", () => {
  it("has a key that nobody can know beforehand: of the invocation, and of nothing that can be read or guessed", async () => {
    const keys: string[] = [];
    const settled = { status: { S: "SETTLED" }, settledEpoch: { N: "7" } };
    const endpoint = await awsEndpoint(() => ({ body: { Item: settled } }));
    const untouched = globalThis.fetch;
    globalThis.fetch = (_url, init) => {
      keys.push(new Headers(init?.headers).get("idempotency-key") ?? "");
      return Promise.resolve(new Response(JSON.stringify({ tradeId: "0".repeat(32) }), { status: 202 }));
    };
    try {
      const { handler } = await started<Validator>("validator");
      const step = { action: "syntheticTrade", epoch: 7, attempt: 1 } as const;
      for (const awsRequestId of ["1f2e", "9c4d"]) {
        const result = await handler(step, { awsRequestId, getRemainingTimeInMillis: () => 60_000 });
        expect(result).to.include({ settled: true });
      }
      expect(keys, "one a run of the same step").to.deep.equal(["1f2e", "9c4d"].map((id) => `synthetic:${REGION}:${id}`));
    } finally {
      globalThis.fetch = untouched;
      endpoint.close();
    }
  });
});
