import { createHash } from "node:crypto";
import { acceptTrade } from "../../handlers/core/intake";
import type { Trade } from "../../handlers/core/model";
import { reconcile, type ReconciliationResult } from "../../handlers/core/reconciliation";
import { settleBatch } from "../../handlers/core/settlement";
import { VirtualClock } from "../support/memory/clock";
import { MemoryEffects, MemoryQueues, noMetrics, silentLog } from "../support/memory/effects";
import { Gate, type Fault } from "../support/memory/faults";
import { MemoryJournal } from "../support/memory/journal";
import { MemoryLeaseStore } from "../support/memory/lease-store";
import { MemoryLedger, positionKey } from "../support/memory/ledger";

export type Site = "east" | "west";
export const SITES: readonly Site[] = ["east", "west"];
const other = (site: Site): Site => (site === "east" ? "west" : "east");
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What goes wrong while one actor runs: a fault for each of its port calls, and the call at which it freezes, if any. */
export interface Trouble {
  readonly faults?: readonly Fault[];
  readonly parkAt?: number;
}

/** Two regions with the real cores on ports in memory. Every act may fail half-way, or freeze and go on much later. */
export class TwoRegions {
  readonly clock = new VirtualClock();
  readonly journal = new MemoryJournal();
  readonly lease = new MemoryLeaseStore({ holder: "east", epoch: 1, renewals: 0 });
  readonly ledgers = { east: new MemoryLedger("east"), west: new MemoryLedger("west") };
  readonly queues = new MemoryQueues();
  readonly effects = new MemoryEffects();
  /** What clients were told: order by trade id, for every 202. */
  readonly promised = new Map<string, { readonly key: string; readonly quantity: number }>();
  private readonly frozen: { readonly gate: Gate; readonly work: Promise<unknown> }[] = [];

  constructor() {
    this.ledgers.west.writer = false;
    void this.ledgers.east.raiseFence(1);
  }

  get holder(): Site {
    return this.lease.lease?.holder as Site;
  }
  get epoch(): number {
    return this.lease.lease?.epoch ?? 0;
  }

  async submit(site: Site, key: string, quantity: number, trouble: Trouble = {}): Promise<void> {
    const body = JSON.stringify({
      accountId: `account-${quantity % 3}`,
      symbol: "AMZN",
      side: quantity % 2 ? "buy" : "sell",
      quantity,
      price: "1.5",
    });
    await this.run(trouble, async (gate) => {
      const answer = await acceptTrade(
        { contentType: "application/json", idempotencyKey: key, body },
        {
          journal: gate.guard("journal", this.journal),
          queue: gate.guard("queue", this.queues.port(site)),
          clock: this.clock,
          log: silentLog,
          sha256,
          region: site,
        },
      );
      if (answer.status === 202) this.promised.set((JSON.parse(answer.body) as Trade).tradeId, { key, quantity });
    });
  }

  /** One delivery of up to `count` messages; what fails, and what a frozen function holds, is delivered again. */
  async deliver(site: Site, count: number, trouble: Trouble = {}, twice = false): Promise<void> {
    const queue = this.queues.of(site);
    const batch = queue.splice(0, count);
    if (batch.length === 0) return;
    if (twice || trouble.parkAt !== undefined) queue.push(...batch);
    await this.run(trouble, async (gate) => {
      try {
        const { retry } = await settleBatch(batch, {
          lease: gate.guard("lease", this.lease),
          ledger: gate.guard("ledger", this.ledgers[site]),
          journal: gate.guard("journal", this.journal),
          queue: gate.guard("queue", this.queues.port(site)),
          audit: gate.guard("audit", this.effects.audit),
          sessions: gate.guard("sessions", this.effects.touch),
          events: gate.guard("events", this.effects.events),
          clock: this.clock,
          log: silentLog,
          metrics: noMetrics,
          region: site,
        });
        queue.push(...batch.filter((trade) => retry.includes(trade.tradeId)));
      } catch {
        queue.push(...batch);
      }
    });
  }

  async reconcile(site: Site, trouble: Trouble = {}, epoch?: number): Promise<ReconciliationResult | undefined> {
    let result: ReconciliationResult | undefined;
    await this.run(trouble, async (gate) => {
      result = await reconcile(
        { epoch, minimumAgeMs: 0, tailWindowMs: 3_600_000, pendingPages: Infinity, deadline: Infinity },
        {
          lease: gate.guard("lease", this.lease),
          ledger: gate.guard("ledger", this.ledgers[site]),
          journal: gate.guard("journal", this.journal),
          queue: gate.guard("queue", this.queues.port(site)),
          clock: this.clock,
          log: silentLog,
          metrics: noMetrics,
          region: site,
        },
      ).catch(() => undefined);
    });
    return result;
  }

  /** The other region takes the lease, for whatever reason and however its own ledger stands. */
  async take(): Promise<void> {
    await this.lease.take(other(this.holder), this.epoch);
  }

  /** The holder's copy becomes a writer that lacks the last `lag` commits of the other, which stays a writer that does not know. */
  promote(lag: number): void {
    if (this.ledgers[this.holder].writer) return;
    this.ledgers[this.holder].copyFrom(this.ledgers[other(this.holder)], lag);
    this.ledgers[this.holder].writer = true;
  }

  async failover(lag: number): Promise<void> {
    await this.take();
    this.promote(lag);
    await this.raiseFence();
  }

  /** The old region's copy is rebuilt as a replica. */
  heal(): void {
    const passive = other(this.holder);
    if (this.ledgers[this.holder].writer) this.ledgers[passive].writer = false;
  }

  /** The lease is handed over, then the ledger without loss; only to a replica, as the state machine checks. */
  async switchover(): Promise<void> {
    const [from, to] = [this.holder, other(this.holder)];
    if (this.ledgers[to].writer || !this.ledgers[from].writer) return;
    await this.lease.take(to, this.epoch);
    this.ledgers[from].writer = false;
    this.ledgers[to].copyFrom(this.ledgers[from]);
    this.ledgers[to].writer = true;
  }

  async raiseFence(): Promise<void> {
    if (this.ledgers[this.holder].writer) await this.ledgers[this.holder].raiseFence(this.epoch);
  }

  /** All that stands still goes on, each from where it was. */
  async thaw(): Promise<void> {
    for (const { gate, work } of this.frozen.splice(0)) {
      gate.thaw();
      await work;
    }
  }

  /** Nothing fails any more: the system has to come to rest by itself. True when it did. */
  async settleDown(): Promise<boolean> {
    await this.thaw();
    this.promote(0);
    await this.raiseFence();
    for (let round = 0; round < 20; round++) {
      this.clock.advance(1_000);
      const result = await this.reconcile(this.holder, {}, this.epoch);
      for (let i = 0; i < 100 && SITES.some((site) => this.queues.of(site).length > 0); i++) {
        for (const site of SITES) await this.deliver(site, 10);
      }
      if (result?.done && result.pending === 0 && result.replayed === 0) return true;
    }
    return false;
  }

  /** What is wrong at rest, by comparing the clients' record with the active ledger's rows and positions. */
  violations(): string[] {
    const ledger = this.ledgers[this.holder];
    const wrong: string[] = [];
    for (const [tradeId, { key, quantity }] of this.promised) {
      const row = ledger.rows.get(tradeId);
      if (!row) wrong.push(`accepted and lost: ${key}`);
      else if (row.trade.quantity !== quantity) wrong.push(`settled with another body: ${key}`);
      const entry = this.journal.entries.get(tradeId);
      if (entry?.status !== "SETTLED") wrong.push(`never marked: ${key}`);
      if (!this.effects.announced.includes(tradeId)) wrong.push(`never announced: ${key}`);
    }
    for (const site of SITES)
      for (const tradeId of this.ledgers[site].behindTheFence) wrong.push(`settled in ${site} behind the fence: ${tradeId}`);
    const expected = new Map<string, bigint>();
    for (const { trade } of ledger.rows.values()) {
      if (!this.journal.entries.has(trade.tradeId)) wrong.push(`settled and never accepted: ${trade.tradeId}`);
      const moved = BigInt(trade.side === "buy" ? trade.quantity : -trade.quantity);
      expected.set(positionKey(trade), (expected.get(positionKey(trade)) ?? 0n) + moved);
    }
    for (const key of new Set([...expected.keys(), ...ledger.positions.keys()])) {
      if (expected.get(key) !== ledger.positions.get(key))
        wrong.push(`position ${key}: ${ledger.positions.get(key)} instead of ${expected.get(key)}`);
    }
    return wrong;
  }

  private async run(trouble: Trouble, act: (gate: Gate) => Promise<void>): Promise<void> {
    this.clock.advance(10);
    const gate = new Gate(trouble.faults, trouble.parkAt);
    const work = act(gate);
    await Promise.race([work, gate.parked]);
    this.frozen.push({ gate, work });
  }
}
