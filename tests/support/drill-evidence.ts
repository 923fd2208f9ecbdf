/** What a drill saw of a made-up crash: twenty trades, one a second, of two clients; the lease moves at 7 s. */
import { type LedgerRows, check, tradeIdOf } from "../../lab/drill/check";
import type { TradeRecord } from "../../lab/drill/record";
import type { Evidence } from "../../lab/report/judge";
import type { Sample } from "../../lab/report/model";

/** Wall clock, milliseconds since 1970. */
export const BEGAN = 1_900_000_000_000;

export const TIMELINE = [
  { atMs: 5000, region: "us-east-1", event: "fault", detail: "SIGKILL & co" },
  { atMs: 6100, region: "us-east-2", event: "failover", detail: "execution failover-2 started" },
];

/** The lease moves at 7 s, the copy is promoted at 7 s and fenced at 8 s, and the name follows at 8 s. */
export const sample = (second: number): Sample => ({
  atMs: second * 1000,
  holder: second < 7 ? "us-east-1" : "us-east-2",
  epoch: second < 7 ? 1 : 2,
  pending: 0,
  name: second < 8 ? "us-east-1" : "us-east-2",
  checks: [{ name: "primary ready", healthy: second < 6 }],
  regions: [
    {
      region: "us-east-1",
      process: second < 5 ? "running" : "killed",
      ledger: second < 5 ? "writer" : undefined,
      fence: 1,
      lagMs: undefined,
      queue: 0,
    },
    { region: "us-east-2", process: "running", ledger: second < 7 ? "reader" : "writer", fence: second < 8 ? 1 : 2, lagMs: 900, queue: 3 },
  ],
});

/** One trade a second from client 0 (DNS) and client 1 (client/), answered after `waits`. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
  const records: TradeRecord[] = Array.from({ length: 20 }, (_, index) => {
    const dueMs = index * 1000;
    const atMs = dueMs >= 5000 && dueMs < 8000 && index % 2 === 0 ? 9000 : dueMs + 20;
    const key = `k${index}`;
    return {
      scenario: "crash",
      client: index % 2,
      kind: index % 2 === 0 ? "dns" : "smart",
      caller: "trader",
      key,
      order: { accountId: `a${index % 2}`, symbol: "ACME", side: "buy", quantity: 2, price: "1.5" },
      dueMs,
      tries: [{ startedMs: dueMs, endedMs: atMs, region: "us-east-1", status: 202, error: "" }],
      accepted: {
        atMs,
        tradeId: tradeIdOf({ caller: "trader", key }),
        acceptedAt: "2030-01-01T00:00:00.000Z",
        acceptedRegion: "us-east-1",
      },
    };
  });
  const ledger: LedgerRows = {
    trades: records.map(({ key, order, dueMs, accepted }) => ({
      tradeId: tradeIdOf({ caller: "trader", key }),
      accountId: order.accountId,
      symbol: "ACME",
      side: "buy",
      quantity: "2",
      price: "1.5000",
      outcome: "EXECUTED",
      settledEpoch: dueMs < 4000 ? 1 : 2,
      settledAt: BEGAN + Math.max(dueMs >= 4000 ? 7500 : 0, accepted?.atMs ?? 0),
    })),
    positions: ["a0", "a1"].map((accountId) => ({ accountId, symbol: "ACME", quantity: "20", notional: "30.0000" })),
    restrictions: [],
  };
  return {
    records,
    ledger,
    checked: check(records, ledger),
    timeline: TIMELINE,
    samples: Array.from({ length: 22 }, (_, second) => sample(second)),
    regions: ["us-east-1", "us-east-2"],
    active: "us-east-1",
    beganAt: BEGAN,
    faultMs: 5000,
    epoch: 1,
    backlogEmptyMs: 21_000,
    expects: { moves: [1, 1] },
    acceptanceGoalMs: 60_000,
    forbidden: [],
    broken: undefined,
    refused: [],
    withoutEffect: undefined,
    ...change,
  };
}
