import type { Mutant } from "./hunt";

/** Ways to break the system, each of them one that somebody could make by mistake. The patterns must be found in the source exactly once. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "no fence: the ledger settles at any epoch",
    file: "handlers/adapters/ledger-sql.ts",
    find: "SELECT id FROM ledger_fence WHERE id = 1 AND epoch = CAST(:epoch AS bigint) AND holder = :region FOR SHARE",
    replace: "SELECT id FROM ledger_fence WHERE id = 1 FOR SHARE",
  },
  {
    name: "positions move by the batch, not by what is new",
    file: "handlers/adapters/ledger-sql.ts",
    find: "FROM inserted WHERE outcome = 'EXECUTED'",
    replace: "FROM batch",
  },
  {
    name: "positions are overwritten, not added to",
    file: "handlers/adapters/ledger-sql.ts",
    find: "quantity = positions.quantity + excluded.quantity, notional = positions.notional + excluded.notional",
    replace: "quantity = excluded.quantity, notional = excluded.notional",
  },
  {
    name: "the lease is taken without a condition on its epoch",
    file: "handlers/adapters/lease-store.ts",
    find: '"epoch = :expected"',
    replace: '"attribute_exists(leaseId)"',
  },
  {
    name: "a mark without a condition on the epoch",
    file: "handlers/adapters/journal.ts",
    find: "attribute_exists(tradeId) AND (attribute_not_exists(settledEpoch) OR settledEpoch < :epoch)",
    replace: "attribute_exists(tradeId)",
  },
  {
    name: "no idempotency: the journal takes a key twice",
    file: "handlers/adapters/journal.ts",
    find: 'ConditionExpression: "attribute_not_exists(tradeId)"',
    replace: 'ConditionExpression: "attribute_not_exists(neverThere)"',
  },
  {
    name: "a session's update without a condition on its time",
    file: "handlers/adapters/sessions.ts",
    find: "attribute_not_exists(lastTradeAt) OR lastTradeAt <= :at",
    replace: "attribute_not_exists(neverThere)",
  },
  {
    name: "acknowledged before the journal has it",
    file: "handlers/core/intake.ts",
    find: "accepted = await within(clock, JOURNAL_DEADLINE_MS, journal.accept(entry));",
    replace: 'accepted = { kind: "accepted" as const, entry }; void journal.accept(entry).catch(() => undefined);',
  },
  {
    name: "a key used again with another body is not refused",
    file: "handlers/core/intake.ts",
    find: "accepted.entry.fingerprint !== entry.fingerprint",
    replace: "accepted.entry.fingerprint === undefined",
  },
  {
    name: "a trade's id depends on the region",
    file: "handlers/core/intake.ts",
    find: "tradeIdOf(idempotencyKey, ports.sha256)",
    replace: "tradeIdOf(idempotencyKey + ports.region, ports.sha256)",
  },
  {
    name: "reconciliation without the tail window",
    file: "handlers/core/reconciliation.ts",
    find: "const tail = await replayTail(lease.epoch, scope, ports);",
    replace: "const tail = { complete: true, replayed: 0 };",
  },
  {
    name: "reconciliation does not queue what is pending",
    file: "handlers/core/reconciliation.ts",
    find: "if (entries.length > 0) await queue.send(entries.map(tradeOf));",
    replace: "",
  },
  {
    name: "a trade that the ledger had before is never marked",
    file: "handlers/core/settlement.ts",
    find: 'if ((await journal.get(tradeId))?.status === "SETTLED") finished.add(tradeId);',
    replace: "finished.add(tradeId);",
  },
  {
    name: "settled without being announced",
    file: "handlers/core/settlement.ts",
    find: "await inParallel(announcements.length, announcements, (announce) => announce());",
    replace: "void announcements;",
  },
  {
    name: "the lease without the self-stop: renewed by a holder that is not fit",
    file: "handlers/core/sentinel.ts",
    find: "const unfit = await whyUnfit(lease, settings, ports, memory);",
    replace: "const unfit = undefined; void whyUnfit;",
  },
  {
    name: "a deadline checked by the wall clock",
    file: "handlers/core/reconciliation.ts",
    find: "if (clock.monotonic() >= scope.deadline) return { complete: false, replayed };",
    replace: "if (clock.now() >= scope.deadline) return { complete: false, replayed };",
  },
  {
    name: "the lease counts as lapsed at once",
    file: "handlers/core/watch.ts",
    find: "if (unchanged >= leaseLimitMs)",
    replace: "if (unchanged >= leaseLimitMs / 12)",
  },
  {
    name: "a lapsed lease is never taken",
    file: "handlers/core/watch.ts",
    find: "now - before.lookedAt <= maxGapMs",
    replace: "now - before.lookedAt <= maxGapMs / 8",
  },
  {
    name: "a stale start takes the lease as well",
    file: "handlers/core/lease-step.ts",
    find: "if (expectedEpoch !== undefined && before.epoch !== expectedEpoch) {",
    replace: "if (expectedEpoch === -1) {",
  },
  {
    name: "the fence is not raised after a promotion",
    file: "components/orchestration/failover.ts",
    find: `["$state = 'writer'", "RaiseFence"]`,
    replace: `["$state = 'writer'", "NotPromoted"]`,
  },
  {
    name: "TTL too long",
    file: "Pulumi.yaml",
    find: "rto.recordTtlSeconds:\n    type: integer\n    default: 10",
    replace: "rto.recordTtlSeconds:\n    type: integer\n    default: 300",
  },
  {
    name: "health checks too slow",
    file: "Pulumi.yaml",
    find: "rto.healthCheckThreshold:\n    type: integer\n    default: 2",
    replace: "rto.healthCheckThreshold:\n    type: integer\n    default: 10",
  },
  {
    name: "the client waits too long for a region that does not answer",
    file: "client/trade-client.ts",
    find: "options.tryTimeoutMs ?? 1500",
    replace: "options.tryTimeoutMs ?? 25_000",
  },
  {
    name: "the client makes a new key for each try",
    file: "client/trade-client.ts",
    find: '"idempotency-key": submission.key };',
    replace: '"idempotency-key": `${submission.key}-${submission.attempts}` };',
  },
];
