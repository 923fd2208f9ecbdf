import { expect } from "chai";
import { leaseRead, leaseSilence } from "../../contract/capabilities";
import { ACCOUNT_PROBLEM } from "../../contract/problems";
import { environment } from "../../handlers/adapters/environment";
import { bootstrap } from "../../handlers/core/bootstrap";
import { readiness, remembered } from "../../handlers/core/health";
import { activity } from "../../handlers/core/activity";
import type { JournalEntry, Lease } from "../../handlers/core/model";
import { accountTrades, oneTrade } from "../../handlers/core/query";
import { runCheck, type ReadinessPorts } from "../../handlers/core/readiness-run";
import type { LeaseStore } from "../../handlers/ports";
import { MemoryChainStore } from "../support/memory/chain-store";
import { VirtualClock } from "../support/memory/clock";
import { noMetrics, silentLog } from "../support/memory/effects";
import { Gate } from "../support/memory/faults";
import { MemoryJournal } from "../support/memory/journal";
import { MemoryLeaseStore } from "../support/memory/lease-store";
import { MemoryLedger } from "../support/memory/ledger";
import { id } from "../support/trades";

const DESK = { id: "desk", accounts: ["acc"] };

async function journalOf(count: number): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  for (let n = 0; n < count; n++) {
    const entry: JournalEntry = {
      tradeId: id(n),
      idempotencyKey: `key-${n}`,
      fingerprint: "secret",
      accountId: "acc",
      symbol: "AMZN",
      side: "sell",
      quantity: 1,
      price: "1",
      status: "ACCEPTED",
      acceptedAt: new Date(n * 1_000).toISOString(),
      acceptedRegion: "east",
    };
    await journal.accept(entry);
  }
  return journal;
}

describe("GET /trades", () => {
  it("gives one trade, without its fingerprint", async () => {
    const answer = await oneTrade(DESK, id(0), { journal: await journalOf(1), log: silentLog });
    expect(answer.status).to.equal(200);
    expect(JSON.parse(answer.body))
      .to.include({ tradeId: id(0), status: "ACCEPTED" })
      .and.not.have.property("fingerprint");
  });

  it("shows nobody the trades of an account that is another's, nor that there are any", async () => {
    const other = { id: "other", accounts: ["acc-*"] };
    const ports = { journal: await journalOf(1), log: silentLog };
    const [hidden, unknown] = [await oneTrade(other, id(0), ports), await oneTrade(DESK, id(7), ports)];
    expect(hidden.body.replace(id(0), "")).to.equal(unknown.body.replace(id(7), ""));
    const list = await accountTrades(other, { accountId: "acc" }, ports);
    expect([list.status, (JSON.parse(list.body) as { type: string }).type]).to.deep.equal([403, ACCOUNT_PROBLEM]);
  });

  it("tells no epoch of a trade that was settled by one and lost with its region", async () => {
    const journal = await journalOf(1);
    await journal.decide({ tradeId: id(0), outcome: "EXECUTED" });
    await journal.markSettled(id(0), { epoch: 1, seq: 2 }, new Date(0).toISOString());
    const settled = await oneTrade(DESK, id(0), { journal, log: silentLog });
    expect(JSON.parse(settled.body)).to.include({ status: "SETTLED", settledEpoch: 1 });
    await journal.reopen(id(0), 2, 5);
    const again = await oneTrade(DESK, id(0), { journal, log: silentLog });
    expect(JSON.parse(again.body)).to.include({ status: "ACCEPTED" }).and.not.have.property("settledEpoch");
  });

  it("says of a cursor that no page can have given that it is none, and asks nobody", async () => {
    const journal = new MemoryJournal();
    journal.listByAccount = () => Promise.reject(new Error("ValidationException"));
    const long = "A".repeat(5_000);
    const answer = await accountTrades(DESK, { accountId: "acc", cursor: long }, { journal, log: silentLog });
    expect(answer.status).to.equal(400);
    expect(answer.body).to.not.contain("AAAA");
  });

  it("answers 404 to an unknown id, 400 to what is none, 503 when the journal is away", async () => {
    const journal = await journalOf(0);
    expect((await oneTrade(DESK, id(7), { journal, log: silentLog })).status).to.equal(404);
    expect((await oneTrade(DESK, "../etc", { journal, log: silentLog })).status).to.equal(400);
    const away = await oneTrade(DESK, id(7), { journal: new Gate(["before"]).guard("journal", journal), log: silentLog });
    expect(away.status).to.equal(503);
    expect(away.headers["retry-after"]).to.equal("1");
  });

  it("pages through an account", async () => {
    const ports = { journal: await journalOf(5), log: silentLog };
    const first = JSON.parse((await accountTrades(DESK, { accountId: "acc", limit: "3" }, ports)).body) as {
      trades: JournalEntry[];
      cursor?: string;
    };
    expect(first.trades.map((trade) => trade.tradeId)).to.deep.equal([id(4), id(3), id(2)]);
    const second = JSON.parse(
      (await accountTrades(DESK, { accountId: "acc", limit: "3", cursor: first.cursor }, ports)).body,
    ) as typeof first;
    expect(second.trades).to.have.length(2);
    expect(second.cursor).to.equal(undefined);
  });

  for (const [query, field] of [
    [{}, "accountId"],
    [{ accountId: "a b" }, "accountId"],
    [{ accountId: "acc", limit: "0" }, "limit"],
    [{ accountId: "acc", limit: "many" }, "limit"],
    [{ accountId: "acc", cursor: "?" }, "cursor"],
  ] as const) {
    it(`refuses ${JSON.stringify(query)} by name`, async () => {
      const answer = await accountTrades(DESK, query, { journal: await journalOf(1), log: silentLog });
      expect(answer.status).to.equal(400);
      expect((JSON.parse(answer.body) as { errors: { field: string }[] }).errors[0]?.field).to.equal(field);
    });
  }
});

describe("GET /control/active", () => {
  const asked = (read: () => Promise<Lease | undefined>) => activity("east", { read }, silentLog);
  const held = (holder: string): Lease => ({ holder, epoch: 3, renewals: 0 });

  it("is 200 where the lease is, and 409 where it is not: a passive region is in good order", async () => {
    expect((await asked(() => Promise.resolve(held("east")))).status).to.equal(200);
    expect((await asked(() => Promise.resolve(held("west")))).status).to.equal(409);
    expect((await asked(() => Promise.resolve(undefined))).status).to.equal(409);
  });

  it("is 503 only when the lease can't be read", async () => {
    expect((await asked(() => Promise.reject(new Error("no quorum")))).status).to.equal(503);
  });
});

describe("GET /health/ready", () => {
  const good = { name: "journal", run: async () => undefined };
  it("is 200 when every check passes, else 503 and says which failed", async () => {
    expect((await readiness("east", [good])).status).to.equal(200);
    const bad = { name: "queue", run: () => Promise.reject(Object.assign(new Error("x"), { name: "QueueDoesNotExist" })) };
    const answer = await readiness("east", [good, bad]);
    expect(answer.status).to.equal(503);
    expect(JSON.parse(answer.body)).to.deep.equal({ ready: false, region: "east", checks: { journal: "ok", queue: "QueueDoesNotExist" } });
  });
});

describe("the canary lease", () => {
  const check = (canary: Pick<LeaseStore, "create" | "read" | "take">) => runCheck("canaryLease", { ...noPorts, canary });
  const noPorts = { clock: new VirtualClock(), region: "east" } as unknown as ReadinessPorts;

  it("was taken also when the answer was lost and the second try was refused", async () => {
    const lost = new MemoryLeaseStore();
    const take = async (holder: string, epoch: number) => {
      await MemoryLeaseStore.prototype.take.call(lost, holder, epoch);
      return undefined;
    };
    expect(await check(Object.assign(lost, { take }))).to.include({ passed: true, detail: "canary lease taken at epoch 2" });
  });

  it("fails where it can't be taken", async () => {
    const stuck = Object.assign(new MemoryLeaseStore(), { take: async () => undefined });
    expect(await check(stuck)).to.include({ passed: false });
  });
});

describe("an answer that serves all who ask within a second", () => {
  const setUp = () => {
    const at = { now: 1_000_000, monotonic: 0 };
    let looks = 0;
    const ask = remembered(1_000, { now: () => at.now, monotonic: () => at.monotonic }, async () => (looks += 1));
    const later = (wallMs: number, monotonicMs = wallMs): Promise<number> => {
      at.now += wallMs;
      at.monotonic += monotonicMs;
      return ask();
    };
    return { later };
  };

  it("is looked for once a second", async () => {
    const { later } = setUp();
    expect([await later(0), await later(900), await later(200)]).to.deep.equal([1, 1, 2]);
  });

  it("is not served after a freeze, nor for as long as a clock that was set back takes to catch up", async () => {
    const frozen = setUp();
    expect([await frozen.later(0), await frozen.later(600_000, 1)]).to.deep.equal([1, 2]);
    const setBack = setUp();
    expect([await setBack.later(0), await setBack.later(-3_600_000, 10)]).to.deep.equal([1, 2]);
    const standing = setUp();
    expect([await standing.later(0), await standing.later(0, 5_000)]).to.deep.equal([1, 2]);
  });
});

describe("the bootstrap", () => {
  const start = (region: string, lease: MemoryLeaseStore, ledger: MemoryLedger) =>
    bootstrap({
      lease,
      chain: new MemoryChainStore(),
      ledger,
      clock: new VirtualClock(),
      log: silentLog,
      metrics: noMetrics,
      region,
      primaryRegion: "east",
    });

  it("makes the lease for the primary and the fence at its epoch, once; the other region touches no ledger", async () => {
    const lease = new MemoryLeaseStore();
    const ledgers = { east: new MemoryLedger("east"), west: new MemoryLedger("west") };
    ledgers.west.writer = false;
    expect(await start("west", lease, ledgers.west)).to.deep.include({ holder: "east", epoch: 1 });
    expect(await start("east", lease, ledgers.east)).to.deep.include({ holder: "east", epoch: 1 });
    expect(ledgers.east.fence).to.equal(1);
    await start("east", lease, ledgers.east);
    expect(lease.lease).to.deep.equal({ holder: "east", epoch: 1, renewals: 0 });
  });

  it("leaves the lease where a failover has put it", async () => {
    const lease = new MemoryLeaseStore({ holder: "west", epoch: 4, renewals: 9 });
    const west = new MemoryLedger("west");
    expect(await start("west", lease, west)).to.deep.include({ holder: "west", epoch: 4 });
    expect(west.fence).to.equal(4);
    expect(await start("east", lease, new MemoryLedger("east"))).to.deep.include({ holder: "west", migrated: [] });
  });
});

describe("a function's environment", () => {
  const contract = { uses: [leaseRead, leaseSilence], timeoutSeconds: 1 } as const;
  const names = ["AWS_REGION", "LEASE_TABLE", "HOLDER_SILENCE_SECONDS"] as const;
  const saved = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("names everything that is missing or wrong in one error", () => {
    process.env.AWS_REGION = "us-east-1";
    delete process.env.LEASE_TABLE;
    process.env.HOLDER_SILENCE_SECONDS = "soon";
    expect(() => environment(contract)).to.throw(
      'LEASE_TABLE is missing; HOLDER_SILENCE_SECONDS is "soon"; allowed: a whole number of seconds',
    );
  });

  it("gives numbers as numbers", () => {
    Object.assign(process.env, { AWS_REGION: "us-east-1", LEASE_TABLE: "lease", HOLDER_SILENCE_SECONDS: "15" });
    expect(environment(contract)).to.deep.equal({ AWS_REGION: "us-east-1", LEASE_TABLE: "lease", HOLDER_SILENCE_SECONDS: 15 });
  });
});
