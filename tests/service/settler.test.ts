import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { systemClock } from "../../handlers/adapters/clock";
import type { SettlementPorts } from "../../handlers/core/settlement";
import { settler } from "../../service/queue/settler";
import { MemoryChainStore } from "../support/memory/chain-store";
import { MemoryEffects, MemoryQueues, noMetrics, silentLog } from "../support/memory/effects";
import { MemoryJournal } from "../support/memory/journal";
import { id, trade } from "../support/trades";

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Entries?: readonly { readonly Id: string }[] };
}

const LINK = { seq: 1, id: "first" };

describe("the service's settlement", () => {
  const deleted: string[] = [];
  let queue: { MessageId: string; Body: string; ReceiptHandle: string }[];
  let received: (() => void) | undefined;
  const sqs = {
    send: async ({ constructor, input }: Command) => {
      if (constructor.name === "ReceiveMessageCommand") {
        const Messages = queue.splice(0, 10);
        if (Messages.length > 0) received?.();
        else await new Promise((resolve) => setTimeout(resolve, 20));
        return { Messages };
      }
      deleted.push(...(input.Entries ?? []).map(({ Id }) => Id));
      return {};
    },
  } as unknown as SQSClient;

  const portsOf = (settle: SettlementPorts["ledger"]["settle"]): SettlementPorts => {
    const effects = new MemoryEffects();
    const journal = new MemoryJournal();
    for (const n of [1, 2]) void journal.accept({ ...trade(n), fingerprint: "f", status: "ACCEPTED" });
    return {
      lease: { read: async () => ({ holder: "us-east-1", epoch: 1, renewals: 1 }) },
      chain: new MemoryChainStore({ ...LINK, epoch: 1, base: 1 }),
      ledger: {
        settle,
        judge: async (_epoch, trades) => ({
          kind: "judged",
          settlements: new Map(trades.map(({ tradeId }) => [tradeId, { tradeId, outcome: "EXECUTED" }])),
        }),
        holds: async () => true,
        beginAnew: async () => Promise.reject(new Error("nothing was lost")),
      },
      journal: {
        getAll: (tradeIds) => journal.getAll(tradeIds),
        decide: (settlement) => journal.decide(settlement),
        markSettled: async (tradeId) => (tradeId === id(2) ? Promise.reject(new Error("away")) : "marked"),
      },
      queue: new MemoryQueues().port("us-east-1"),
      audit: effects.audit,
      sessions: effects.touch,
      events: effects.events,
      clock: systemClock,
      log: silentLog,
      metrics: noMetrics,
      region: "us-east-1",
    };
  };
  const message = (n: number, body = JSON.stringify(trade(n))) => ({ MessageId: `m${n}`, Body: body, ReceiptHandle: `r${n}` });

  beforeEach(() => {
    deleted.length = 0;
    queue = [];
    received = undefined;
  });

  it("deletes what was settled; poison and what must come back stay", async () => {
    queue = [message(1), message(2), message(3, "no trade")];
    const settlement = settler({
      sqs,
      queueUrl: "https://sqs/queue",
      clock: systemClock,
      batchesAtOnce: 1,
      ports: portsOf(async (_epoch, _head, trades) => ({
        kind: "settled",
        fresh: new Set(trades.map(({ tradeId }) => tradeId)),
        link: LINK,
      })),
    });
    settlement.start();
    while (deleted.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await settlement.stop(1_000);
    expect(deleted).to.deep.equal(["m1"]);
  });

  it("ends the batch in work before it has stopped, and takes no other", async () => {
    queue = [message(1)];
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const taken = new Promise<void>((resolve) => (received = resolve));
    const settlement = settler({
      sqs,
      queueUrl: "https://sqs/queue",
      clock: systemClock,
      batchesAtOnce: 1,
      ports: portsOf(async () => {
        await slow;
        return {
          kind: "settled",
          fresh: new Set(),
          link: LINK,
        };
      }),
    });
    settlement.start();
    await taken;
    const stopped = settlement.stop(5_000);
    queue.push(message(9));
    finish();
    await stopped;
    expect(deleted).to.deep.equal(["m1"]);
    expect(queue.map(({ MessageId }) => MessageId)).to.deep.equal(["m9"]);
  });
});
