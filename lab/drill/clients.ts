import { setMaxListeners } from "node:events";
import { TradeClient } from "../../client/trade-client";
import { dnsClient, type DrillClient } from "./dns-client";
import type { PublicFace } from "./face";
import { type ClientKind, type RecordBook, RecordBook as Book, type TradeRecord } from "./record";
import type { PlannedTrade } from "./stream";

export interface CrowdOptions {
  readonly scenario: string;
  readonly clients: number;
  readonly face: PublicFace;
  /** Folder for the clients' books. */
  readonly folder: string;
}

/** The most trades that a client has under way. Later ones wait in its own queue, as in a real trading system. */
const WINDOW = 16;
const FLUSH_MS = 1000;
/** client/ gives up by itself after this; the drill then submits the same key again until it stops. */
const SMART_DEADLINE_MS = 30_000;

interface Session {
  readonly number: number;
  readonly kind: ClientKind;
  /** Where it asks DNS. */
  readonly near: string | undefined;
  readonly book: RecordBook;
  readonly line: TradeRecord[];
  /** `submit` answers one trade; resolves when it is accepted, refused for good, or the crowd stops. */
  readonly client: DrillClient;
  busy: number;
}

/** Independent clients, each with accounts and a book of its own. Half follow DNS, half use client/; of these every second one prefers the standby. */
export class Crowd {
  /** Wall clock (milliseconds since 1970) of the stream's beginning; all times of records count from it. */
  beganAt = 0;
  private began = 0;
  private sessions: Session[] = [];
  private timers: NodeJS.Timeout[] = [];
  private flusher: NodeJS.Timeout | undefined;
  private readonly stopper = new AbortController();
  private open = 0;
  private planned = 0;
  private whenDone: (() => void)[] = [];

  constructor(private readonly options: CrowdOptions) {
    // Every try under way listens, of every client.
    setMaxListeners(0, this.stopper.signal);
  }

  /** Starts the stream. Trades are sent when they are due, whether or not earlier ones have been answered. */
  start(plan: readonly PlannedTrade[]): void {
    this.beganAt = Date.now();
    this.began = performance.now();
    this.open = this.planned = plan.length;
    this.sessions = Array.from({ length: this.options.clients }, (_, number) => this.session(number));
    for (const trade of plan) this.timers.push(setTimeout(() => this.due(trade), trade.dueMs));
    this.flusher = setInterval(() => this.flush(), FLUSH_MS);
    if (plan.length === 0) this.finished();
  }

  /** Milliseconds since the stream began. */
  elapsed(): number {
    return performance.now() - this.began;
  }

  /** Resolves when every trade was answered, or after `graceMs` from now. True: all were answered. */
  async drained(graceMs: number): Promise<boolean> {
    if (this.open === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.whenDone.push(resolve)),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      }),
    ]);
    clearTimeout(timer);
    return this.open === 0;
  }

  /** No new trade is sent any more; those that were are answered still. */
  sendNoMore(): void {
    for (const timer of this.timers) clearTimeout(timer);
    const sent = this.sessions.reduce((sum, { book }) => sum + book.trades.length, 0);
    this.open -= this.planned - sent;
    this.planned = sent;
    if (this.open === 0) this.finished();
  }

  /** No trade is sent any more; what is under way is given up, and its outcome stays unknown. */
  stop(): void {
    this.stopper.abort();
    for (const timer of this.timers) clearTimeout(timer);
    clearInterval(this.flusher);
    this.flush();
    this.finished();
  }

  /** Every client opens a session now, besides those that it has. Answers how many did so in this region. */
  async openSessions(region: string): Promise<number> {
    const opened = await Promise.all(this.sessions.map(({ client }) => client.openSession()));
    return opened.filter((one) => one === region).length;
  }

  records(): TradeRecord[] {
    return this.sessions.flatMap(({ book }) => book.trades).sort((a, b) => a.dueMs - b.dueMs);
  }

  /** Trades not answered yet, those not due yet included. */
  outstanding(): number {
    return this.open;
  }

  /** Trades that are due and not answered yet. */
  waiting(): number {
    return this.sessions.reduce((sum, { line, busy }) => sum + line.length + busy, 0);
  }

  private session(number: number): Session {
    // Without a public name there is nothing to follow.
    const kind: ClientKind = number % 2 === 0 && this.options.face.name !== "" ? "dns" : "smart";
    const book = new Book(this.options.folder, number);
    const { face } = this.options;
    const resolver = face.resolver(Math.floor(number / 2));
    const around = { face, resolver, book, stop: this.stopper.signal, elapsed: () => this.elapsed() };
    const client = kind === "dns" ? dnsClient(around) : this.smartClient(book, number % 4 === 3);
    return { number, kind, near: kind === "dns" ? resolver.near : undefined, book, line: [], client, busy: 0 };
  }

  private due({ client, key, order, dueMs }: PlannedTrade): void {
    const session = this.sessions[client];
    if (session === undefined || this.stopper.signal.aborted) return;
    session.line.push(
      session.book.open({
        scenario: this.options.scenario,
        client,
        kind: session.kind,
        near: session.near,
        caller: this.options.face.caller,
        key,
        order,
        dueMs,
      }),
    );
    this.pump(session);
  }

  private pump(session: Session): void {
    while (session.busy < WINDOW && !this.stopper.signal.aborted) {
      const record = session.line.shift();
      if (record === undefined) return;
      session.busy += 1;
      void session.client.submit(record).finally(() => {
        session.busy -= 1;
        this.open -= 1;
        if (this.open === 0) this.finished();
        this.pump(session);
      });
    }
  }

  private finished(): void {
    for (const resolve of this.whenDone.splice(0)) resolve();
  }

  private flush(): void {
    for (const { book } of this.sessions) book.flush();
  }

  private smartClient(book: RecordBook, prefersStandby: boolean): DrillClient {
    const { face } = this.options;
    const [primary, standby] = face.endpoints;
    const client = new TradeClient({
      endpoints: prefersStandby ? [standby, primary] : [primary, standby],
      deadlineMs: SMART_DEADLINE_MS,
      ...(face.apiKey === undefined ? {} : { apiKey: face.apiKey }),
      ...(face.sign === undefined ? {} : { sign: face.sign }),
    });
    const underWay = new Map<string, TradeRecord>();
    // The client's clock is the process's monotonic one, as is ours; only the origin differs.
    client.onTry(({ idempotencyKey, region, startedAt, endedAt, status, error, openedSession }) => {
      const record = underWay.get(idempotencyKey);
      if (record !== undefined)
        book.tried(record, {
          startedMs: startedAt - this.began,
          endedMs: endedAt - this.began,
          region,
          status,
          error,
          ...(openedSession ? { openedSession } : {}),
        });
    });
    const submit = async (record: TradeRecord): Promise<void> => {
      underWay.set(record.key, record);
      while (!this.stopper.signal.aborted) {
        const result = await client.submit(record.order, record.key);
        const atMs = this.elapsed();
        if (result.kind === "accepted") {
          const { tradeId, acceptedAt, acceptedRegion } = result;
          book.accepted(record, { atMs, tradeId, acceptedAt, acceptedRegion });
          break;
        }
        if (result.kind === "rejected") {
          book.rejected(record, {
            atMs,
            status: result.status,
            title: [result.title, ...result.errors.map(({ field, detail }) => `${field}: ${detail}`)].join("; "),
          });
          break;
        }
      }
      underWay.delete(record.key);
    };
    const openSession = async (): Promise<string | undefined> => {
      const region = client.currentRegion;
      return (await client.openSession()) ? region : undefined;
    };
    return { submit, openSession };
  }
}
