import { expect } from "chai";
import { SESSION_PROBLEM } from "../../contract/problems";
import { sha256 } from "../../handlers/adapters/hashing";
import { newSessionToken } from "../../handlers/adapters/open-sessions";
import type { Caller } from "../../handlers/core/caller";
import { acceptTrade } from "../../handlers/core/intake";
import type { Answer } from "../../handlers/core/problem";
import { openSession } from "../../handlers/core/session";
import type { SessionStore } from "../../handlers/ports";
import { VirtualClock } from "../support/memory/clock";
import { MemoryEffects, MemoryQueues, silentLog } from "../support/memory/effects";
import { MemoryJournal } from "../support/memory/journal";
import { MemorySessionStore } from "../support/memory/session-store";

const DESK: Caller = { id: "desk", accounts: ["acc-*"] };
const OTHER: Caller = { id: "other", accounts: ["acc-*"] };
const LIFETIME_SECONDS = 600;

describe("sessions, where a trade needs one", () => {
  let clock: VirtualClock;
  let store: MemorySessionStore;
  let journal: MemoryJournal;

  beforeEach(() => {
    clock = new VirtualClock();
    store = new MemorySessionStore();
    journal = new MemoryJournal();
  });

  const common = () => ({ clock, log: silentLog, sha256, region: "east" });
  const open = async (caller = DESK, sessions: Pick<SessionStore, "open"> = store): Promise<Answer> =>
    clock.finish(openSession(caller, { ...common(), sessions, newToken: newSessionToken, lifetimeSeconds: LIFETIME_SECONDS }));
  const tokenOf = ({ body }: Answer): string => (JSON.parse(body) as { sessionToken: string }).sessionToken;
  const trade = async (
    session: string | undefined,
    { caller = DESK, sessions = store, body = {} }: { caller?: Caller; sessions?: Pick<SessionStore, "find">; body?: object } = {},
  ): Promise<Answer> =>
    clock.finish(
      acceptTrade(
        {
          caller,
          session,
          contentType: "application/json",
          idempotencyKey: "key-1",
          body: JSON.stringify({ accountId: "acc-1", symbol: "AMZN", side: "buy", quantity: 1, price: "1.5", ...body }),
        },
        { ...common(), sessions, journal, queue: new MemoryQueues().port("east"), events: new MemoryEffects().events },
      ),
    );
  const told = ({ status, body }: Answer) => ({ status, type: (JSON.parse(body) as { type: string }).type });

  it("are opened for a caller, until a time that is told, with a token of 256 bits that is kept nowhere", async () => {
    const answer = await open();
    const { expiresAt, openedRegion } = JSON.parse(answer.body) as { expiresAt: string; openedRegion: string };
    expect([answer.status, expiresAt, openedRegion]).to.deep.equal([201, "2030-01-01T00:10:00.000Z", "east"]);
    expect(Buffer.from(tokenOf(answer), "base64url")).to.have.length(32);
    const kept = [...store.sessions];
    expect(kept).to.deep.equal([
      [sha256(tokenOf(answer)), { caller: "desk", expiresAt: Date.parse(expiresAt) / 1_000, openedRegion: "east" }],
    ]);
    expect(JSON.stringify(kept)).not.to.contain(tokenOf(answer));
  });

  it("let a trade in that names an open one of its caller's", async () => {
    expect((await trade(tokenOf(await open()))).status).to.equal(202);
  });

  it("keep a trade out that names none, an unknown one, one that is over or another's, and the journal hears nothing of it", async () => {
    const mine = tokenOf(await open());
    const theirs = tokenOf(await open(OTHER));
    for (const token of [undefined, "", "A".repeat(43), theirs]) {
      const answer = await trade(token);
      expect(told(answer), String(token)).to.deep.equal({ status: 401, type: SESSION_PROBLEM });
      expect(answer.headers["www-authenticate"]).to.match(/^Session /);
    }
    clock.advance(LIFETIME_SECONDS * 1_000);
    expect(told(await trade(mine)), "over, and still in the table").to.deep.equal({ status: 401, type: SESSION_PROBLEM });
    expect(await journal.get(sha256("trade:desk\nkey-1").slice(0, 32))).to.equal(undefined);
  });

  it("are replaced after a loss by another one, in which the same key is the same trade", async () => {
    const first = await trade(tokenOf(await open()));
    store.forget();
    const lost = await trade("A".repeat(43));
    const again = await trade(tokenOf(await open()));
    expect([lost.status, again.status, again.body]).to.deep.equal([401, 202, first.body]);
  });

  it("are asked for last: what is refused in any session is refused without looking", async () => {
    const sessions = { find: async () => Promise.reject(new Error("asked")) };
    expect((await trade("token", { sessions, body: { side: "hold" } })).status).to.equal(400);
    expect((await trade("token", { sessions, body: { accountId: "elsewhere" } })).status).to.equal(403);
  });

  it("that can't be read or written are a 503: the other region may know better", async () => {
    const broken = { find: async () => Promise.reject(new Error("throttled")), open: async () => Promise.reject(new Error("throttled")) };
    const frozen = { find: async () => new Promise<never>(() => undefined), open: async () => new Promise<never>(() => undefined) };
    for (const sessions of [broken, frozen]) {
      expect((await trade("token", { sessions })).status).to.equal(503);
      expect((await open(DESK, sessions)).status).to.equal(503);
    }
  });
});
