import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { sha256 } from "../../handlers/adapters/hashing";
import { journal } from "../../handlers/adapters/journal";
import { tableClient } from "../../handlers/adapters/table";
import { acceptTrade } from "../../handlers/core/intake";
import type { Journal } from "../../handlers/ports";
import { awsEndpoint } from "../support/aws-endpoint";
import { VirtualClock } from "../support/memory/clock";
import { MemoryEffects, MemoryQueues, silentLog } from "../support/memory/effects";
import { trade } from "../support/trades";

const ORDER = { accountId: "acc-1", symbol: "AMZN", side: "buy", quantity: 100, price: 223.82 };

/** What a client hears whose put does this, and what the put has been told by then. */
async function answered(accept: Journal["accept"]): Promise<{ status: number; given: AbortSignal | undefined }> {
  const clock = new VirtualClock();
  let given: AbortSignal | undefined;
  const request = {
    caller: { id: "desk", accounts: ["acc-*"] },
    contentType: "application/json",
    idempotencyKey: "key-1",
    body: JSON.stringify(ORDER),
  };
  const { status } = await clock.finish(
    acceptTrade(request, {
      journal: { accept: (entry, signal) => accept(entry, (given = signal)) },
      queue: new MemoryQueues().port("east"),
      events: new MemoryEffects().events,
      sessions: undefined,
      clock,
      log: silentLog,
      sha256,
      region: "east",
    }),
  );
  return { status, given };
}

describe("a put that takes too long", () => {
  it("is told so when its client hears 503, and only then", async () => {
    const soon = await answered(() => Promise.resolve({ kind: "accepted" }));
    expect([soon.status, soon.given?.aborted]).to.deep.equal([202, false]);
    const never = await answered(() => new Promise(() => undefined));
    expect([never.status, never.given?.aborted]).to.deep.equal([503, true]);
  });

  it("is not tried again from then on", async () => {
    const refusal = { __type: "com.amazonaws.dynamodb.v20120810#ReplicatedWriteConflictException", message: "conflict" };
    const endpoint = await awsEndpoint(() => ({ status: 400, body: refusal }));
    try {
      const late = new AbortController();
      const put = journal(tableClient(), "journal")
        .accept({ ...trade(1), fingerprint: "f", status: "ACCEPTED" }, late.signal)
        .catch((error: unknown) => (error as Error).name);
      while (endpoint.operations.length === 0) await sleep(1);
      late.abort();
      expect(await put).to.equal("AbortError");
      expect(endpoint.operations.length).to.be.below(4);
    } finally {
      endpoint.close();
    }
  });
});
