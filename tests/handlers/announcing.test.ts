import { expect } from "chai";
import { tradeEvents } from "../../handlers/adapters/trade-events";
import type { Settlement } from "../../handlers/core/model";
import { awsEndpoint } from "../support/aws-endpoint";
import { id, trade } from "../support/trades";

interface Entry {
  readonly DetailType: string;
  readonly Detail: string;
}

describe("announcing trades", function () {
  this.timeout(20_000);
  const trades = Array.from({ length: 25 }, (_, n) => trade(n));
  const settlements = trades.map(({ tradeId }, n): Settlement => {
    return n === 3 ? { tradeId, outcome: "FAILED", reason: "restricted" } : { tradeId, outcome: "EXECUTED" };
  });
  let taken: { type: string; tradeId: string; reason?: string }[];
  let refusesFor: number;
  let bus: Awaited<ReturnType<typeof awsEndpoint>>;

  beforeEach(async () => {
    taken = [];
    refusesFor = 0;
    bus = await awsEndpoint((_, input) => {
      const Entries = (input.Entries as Entry[]).map(({ DetailType, Detail }) => {
        const { tradeId, reason } = JSON.parse(Detail) as { tradeId: string; reason?: string };
        if (tradeId === id(7) && refusesFor-- > 0) return { ErrorCode: "ThrottlingException" };
        taken.push({ type: DetailType, tradeId, reason });
        return { EventId: "e" };
      });
      return { body: { Entries, FailedEntryCount: Entries.filter((entry) => "ErrorCode" in entry).length } };
    });
  });
  afterEach(() => bus.close());

  it("tells of an accepted order by itself, and rejects where the bus does not take it", async () => {
    const events = tradeEvents({ AWS_REGION: "us-east-1", EVENT_BUS_NAME: "bus" });
    await events.placed([trade(1)]);
    expect(taken.map(({ type, tradeId }) => [type, tradeId])).to.deep.equal([["Order Placed", id(1)]]);
    refusesFor = 1;
    const error = await events.placed([trade(7)]).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).to.contain("ThrottlingException");
  });

  it("puts ten at a time, each as what became of it", async () => {
    await tradeEvents({ AWS_REGION: "us-east-1", EVENT_BUS_NAME: "bus" }).settled(1, trades, settlements);
    expect(bus.operations).to.deep.equal(["PutEvents", "PutEvents", "PutEvents"]);
    expect(taken.map(({ tradeId }) => tradeId).sort()).to.deep.equal(trades.map(({ tradeId }) => tradeId));
    expect(taken.filter(({ type }) => type === "Trade Failed")).to.deep.equal([
      { type: "Trade Failed", tradeId: id(3), reason: "restricted" },
    ]);
  });

  it("asks again for the one that was not taken, and for no other", async () => {
    refusesFor = 2;
    await tradeEvents({ AWS_REGION: "us-east-1", EVENT_BUS_NAME: "bus" }).settled(1, trades, settlements);
    expect(taken).to.have.length(25);
    expect(bus.operations).to.have.length(5);
  });

  it("names the one that the bus will not take", async () => {
    refusesFor = Infinity;
    expect(await tradeEvents({ AWS_REGION: "us-east-1", EVENT_BUS_NAME: "bus" }).settled(1, trades, settlements)).to.deep.equal({
      refused: [id(7)],
      reason: "ThrottlingException",
    });
    expect(taken).to.have.length(24);
  });
});
