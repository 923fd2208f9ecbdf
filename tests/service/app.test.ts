import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { asking } from "../../conformance/exchange";
import { conformance } from "../../conformance/run";
import { sha256 } from "../../handlers/adapters/hashing";
import { systemClock } from "../../handlers/adapters/clock";
import { newSessionToken } from "../../handlers/adapters/open-sessions";
import { access as accessOf, type Access } from "../../handlers/adapters/access";
import { Admission } from "../../service/http/admission";
import { tradeAnswers } from "../../service/http/answers";
import { tradeApp } from "../../service/http/app";
import type { Answers } from "../../service/http/request";
import { MemoryEffects, MemoryQueues, silentLog } from "../support/memory/effects";
import { MemoryJournal } from "../support/memory/journal";
import { MemorySessionStore } from "../support/memory/session-store";

const ORDER = { accountId: "acc", symbol: "AMZN", side: "buy", quantity: 1, price: "1" };

const open = accessOf({ API_AUTH: "none", CALLERS: "[]" });

describe("the service's HTTP", () => {
  let app: FastifyInstance;
  let draining: boolean;
  let shed: string[];
  let traded: number[];
  let journal: MemoryJournal;
  let answers: Answers;

  beforeEach(() => {
    draining = false;
    shed = [];
    traded = [];
    journal = new MemoryJournal();
    answers = answering(undefined);
  });
  afterEach(() => app.close());

  const answering = (sessions: MemorySessionStore | undefined): Answers =>
    tradeAnswers({
      journal,
      queue: new MemoryQueues().port("us-east-1"),
      events: new MemoryEffects().events,
      lease: { read: async () => ({ holder: "us-east-2", epoch: 1, renewals: 1 }) },
      clock: systemClock,
      log: silentLog,
      sha256,
      region: "us-east-1",
      checks: [{ name: "journal", run: async () => undefined }],
      version: "test",
      sessions,
      newToken: newSessionToken,
      lifetimeSeconds: 60,
      isDraining: () => draining,
    });

  const start = (access: Access = open, limits = { atOnce: 8, atOnceOfOneCaller: 4 }, given: Answers = answers): FastifyInstance =>
    (app = tradeApp({
      answers: given,
      access,
      admission: new Admission(limits),
      log: silentLog,
      shed: (reason) => shed.push(reason),
      traded: (status) => traded.push(status),
      isDraining: () => draining,
    }));
  const submit = async (key: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: "POST",
      url: "/trades",
      headers: { "content-type": "application/json", "idempotency-key": key, ...headers },
      payload: JSON.stringify(ORDER),
    });

  /** Answers when the test says so; `begun` when the first request has come. */
  function held(): { readonly answers: Answers; readonly begun: Promise<void>; readonly release: () => void } {
    let release = (): void => undefined;
    let begin = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const intake: Answers["trade-intake"] = async (request) => {
      begin();
      await until;
      return answers["trade-intake"](request);
    };
    return { answers: { ...answers, "trade-intake": intake }, begun, release: () => release() };
  }

  const findings = async (given: Answers) => {
    const key = "the-key";
    start(
      accessOf({
        API_AUTH: "apiKey",
        CALLERS: JSON.stringify([{ id: "checks", accounts: ["conformance"], keySha256: sha256(key) }]),
      }),
      { atOnce: 64, atOnceOfOneCaller: 64 },
      given,
    );
    await app.listen({ host: "127.0.0.1", port: 0 });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    return conformance({
      ask: asking(url, { "x-api-key": key }),
      account: "conformance",
      foreignAccount: "somebody-else",
      run: "test",
      authenticated: true,
      pause: async () => undefined,
    });
  };
  const SETTLED = "an accepted trade is settled within 30 s, where the region is active";

  it("keeps the platform's contract", async () => {
    const found = await findings(answers);
    expect(found.filter(({ result }) => result === "broken")).to.deep.equal([]);
    const skipped = found.filter(({ result }) => result === "skipped").map(({ rule }) => rule);
    expect(skipped.filter((rule) => !/session/.test(rule))).to.deep.equal([SETTLED]);
  });

  it("keeps the platform's contract where a trade needs a session", async () => {
    const found = await findings(answering(new MemorySessionStore()));
    expect(found.filter(({ result }) => result === "broken")).to.deep.equal([]);
    expect(found.filter(({ result }) => result === "skipped").map(({ rule }) => rule)).to.deep.equal([SETTLED]);
  });

  it("refuses at once what is above its limits, and says when to come back", async () => {
    const { answers: slow, release } = held();
    const callers: Access = async ({ header }) => ({ caller: { id: header("x-caller") ?? "", accounts: ["*"] } });
    start(callers, { atOnce: 3, atOnceOfOneCaller: 2 }, slow);
    const first = [submit("1", { "x-caller": "a" }), submit("2", { "x-caller": "a" })];
    const share = await submit("3", { "x-caller": "a" });
    const other = submit("4", { "x-caller": "b" });
    const full = await submit("5", { "x-caller": "c" });
    expect([share.statusCode, full.statusCode]).to.deep.equal([429, 503]);
    for (const answer of [share, full]) {
      expect(answer.headers["retry-after"]).to.equal("1");
      expect(answer.headers["content-type"]).to.contain("application/problem+json");
    }
    expect((await app.inject("/health")).statusCode, "health is answered all the same").to.equal(200);
    release();
    expect((await Promise.all([...first, other])).map(({ statusCode }) => statusCode)).to.deep.equal([202, 202, 202]);
    expect((await submit("6", { "x-caller": "a" })).statusCode, "places are given back").to.equal(202);
    expect(shed).to.deep.equal(["share used up", "full"]);
    expect(traded.sort(), "each trade that was asked for, however it was answered").to.deep.equal([202, 202, 202, 202, 429, 503]);
  });

  it("while it is being stopped: answers what comes, fails the balancer's check, and lets the region's check alone", async () => {
    start();
    draining = true;
    const accepted = await submit("1");
    expect([accepted.statusCode, accepted.headers.connection]).to.deep.equal([202, "close"]);
    expect((await app.inject("/health")).statusCode).to.equal(503);
    expect((await app.inject("/health/ready")).statusCode).to.equal(200);
  });

  it("answers what it has begun before it closes", async () => {
    const { answers: slow, begun, release } = held();
    start(open, undefined, slow);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/trades`;
    const headers = { "content-type": "application/json", "idempotency-key": "late" };
    const answer = fetch(url, { method: "POST", headers, body: JSON.stringify(ORDER) });
    await begun;
    const closed = app.close();
    release();
    expect((await answer).status).to.equal(202);
    await closed;
  });

  it("tells a failure of its own from a client's, and shows nothing of it", async () => {
    start(open, undefined, { ...answers, "trade-intake": async () => Promise.reject(new Error("secret")) });
    const answer = await submit("1");
    expect(answer.statusCode).to.equal(503);
    await app.inject("/control/active");
    expect(traded, "a trade that was asked for, and what was not").to.deep.equal([503]);
    expect(answer.body).not.to.contain("secret");
  });
});
