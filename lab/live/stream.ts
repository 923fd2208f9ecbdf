import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { check, type LedgerRows } from "../drill/check";
import { Crowd } from "../drill/clients";
import type { PublicFace } from "../drill/face";
import type { TradeRecord } from "../drill/record";
import { generated } from "../drill/stream";
import { requestsOf } from "../report/moments";
import type { Requests } from "../report/model";

const CLIENTS = 8;
/** A stream is planned for so long; whoever plays longer gets another. */
const STREAM_SECONDS = 900;

/** Trades from independent clients at a rate that can be changed while they run. Each change begins a stream with books of its own; none is forgotten. */
export class TradeStream {
  rate = 0;
  private crowds: Crowd[] = [];
  private readonly run = `live${Date.now().toString(36)}`;
  private told = new Set<string>();

  constructor(
    private readonly face: PublicFace,
    private readonly folder: string,
  ) {}

  /** Those under way of an earlier rate go on until they are answered. */
  setRate(rate: number): void {
    this.current()?.sendNoMore();
    this.rate = rate;
    if (rate === 0) return;
    const scenario = `stream-${this.crowds.length + 1}`;
    const crowd = new Crowd({ scenario, clients: CLIENTS, face: this.face, folder: join(this.folder, scenario) });
    this.crowds.push(crowd);
    crowd.start(generated({ run: this.run, scenario, clients: CLIENTS }, STREAM_SECONDS, rate, this.crowds.length));
  }

  records(): TradeRecord[] {
    return this.crowds.flatMap((crowd) => crowd.records());
  }

  /** Requests that ended since this was last asked. */
  fresh(regions: readonly string[]): Requests[] {
    const fresh = this.records().map((record) => ({
      ...record,
      tries: record.tries.filter((_, index) => {
        const id = `${record.key} ${index}`;
        return !this.told.has(id) && this.told.add(id);
      }),
    }));
    return requestsOf(
      fresh.map((record) => ({ ...record, tries: record.tries.map((one) => ({ ...one, endedMs: 0 })) })),
      regions,
      1,
    );
  }

  /** Stops sending, waits for what is under way, and tells what the ledger owes the clients. */
  async account(pending: () => Promise<number | undefined>, rows: () => Promise<LedgerRows>, patienceMs: number): Promise<string> {
    this.setRate(0);
    const deadline = performance.now() + patienceMs;
    for (const crowd of this.crowds) await crowd.drained(Math.max(0, deadline - performance.now()));
    let open = await pending();
    while (open !== 0 && performance.now() < deadline) {
      await sleep(500);
      open = await pending();
    }
    if (open !== 0)
      return `${open ?? "an unknown number of"} trades are accepted and not settled yet: nothing can be said of loss before they are`;
    const { accepted, lost, duplicated, positions } = check(this.records(), await rows());
    return `${accepted} accepted, ${lost.length} lost, ${duplicated.length} settled twice, ${positions.length} positions that differ`;
  }

  stop(): void {
    for (const crowd of this.crowds) crowd.stop();
  }

  private current(): Crowd | undefined {
    return this.crowds.at(-1);
  }
}
