import type { LabEvent } from "../types";
import type { Snapshot } from "./observe";
import type { TradeRecord } from "./record";

export interface TerminalOptions {
  /** A line now and then instead of a table that is drawn over. */
  readonly plain: boolean;
  readonly quiet: boolean;
}

interface Out {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const PLAIN_EVERY_MS = 5000;

/** What the clients have seen of one region so far. */
export interface ClientCounts {
  readonly accepted: number;
  readonly errors: number;
}

export function countsByRegion(records: readonly TradeRecord[]): Map<string, ClientCounts> {
  const counts = new Map<string, { accepted: number; errors: number }>();
  for (const { tries } of records) {
    for (const { region, status } of tries) {
      const entry = counts.get(region) ?? { accepted: 0, errors: 0 };
      if (status === 202) entry.accepted += 1;
      else entry.errors += 1;
      counts.set(region, entry);
    }
  }
  return counts;
}

/** The drill's terminal output: steps and events as lines, and below them a table of both regions, redrawn each second. */
export class Terminal {
  private drawn = 0;
  private lastPlain = 0;
  private readonly live: boolean;

  constructor(
    private readonly options: TerminalOptions,
    private readonly out: Out = process.stdout,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.live = out.isTTY === true && !options.plain && !options.quiet;
  }

  /** Always shown. */
  result(line: string): void {
    this.erase();
    this.out.write(`${line}\n`);
  }

  step(line: string): void {
    if (!this.options.quiet) this.result(line);
  }

  event({ atMs, region, event, detail }: LabEvent): void {
    const text = `${(atMs / 1000).toFixed(1).padStart(7)} s  ${region.padEnd(10)} ${event.padEnd(9)} ${detail}`;
    this.step(this.live ? text.slice(0, (this.out.columns ?? 120) - 1) : text.slice(0, 240));
  }

  snapshot(title: string, snapshot: Snapshot, counts: ReadonlyMap<string, ClientCounts>): void {
    if (this.options.quiet) return;
    if (this.live) {
      this.erase();
      const lines = table(title, snapshot, counts).map((line) => line.slice(0, (this.out.columns ?? 120) - 1));
      this.out.write(`${lines.join("\n")}\n`);
      this.drawn = lines.length;
      return;
    }
    if (this.now() - this.lastPlain < PLAIN_EVERY_MS) return;
    this.lastPlain = this.now();
    this.out.write(`${title}  ${plainLine(snapshot, counts)}\n`);
  }

  /** Takes the table away; what follows is written where it stood. */
  erase(): void {
    if (this.drawn > 0) this.out.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }
}

const HEADERS = ["region", "home", "process", "role", "epoch", "ledger", "lag", "queue", "accepted", "settled", "errors"];

export function table(title: string, snapshot: Snapshot, counts: ReadonlyMap<string, ClientCounts>): string[] {
  const rows = [HEADERS, ...snapshot.regions.map((region) => cells(region, snapshot, counts))];
  const widths = HEADERS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [`${title}  ${world(snapshot)}`, ...lines];
}

function cells(region: Snapshot["regions"][number], { lease }: Snapshot, counts: ReadonlyMap<string, ClientCounts>): string[] {
  const { ledger, queue } = region;
  const seen = counts.get(region.region);
  return [
    region.region,
    region.site,
    region.process,
    lease === undefined ? "?" : lease.holder === region.region ? "active" : "passive",
    String(ledger?.fence ?? "?"),
    ledger?.role ?? "?",
    ledger?.role === "writer" ? "-" : region.lagMs === undefined ? "?" : `${region.lagMs} ms`,
    queue === undefined ? "?" : `${queue.waiting}+${queue.inFlight}`,
    String(seen?.accepted ?? 0),
    ledger === undefined ? "?" : String(ledger.settled),
    String(seen?.errors ?? 0),
  ];
}

function world({ lease, pending, dns }: Snapshot): string {
  return `lease ${lease === undefined ? "?" : `${lease.holder} epoch ${lease.epoch}`}  unsettled ${pending ?? "?"}  dns ${dns ?? "?"}`;
}

function plainLine(snapshot: Snapshot, counts: ReadonlyMap<string, ClientCounts>): string {
  const parts = snapshot.regions.map((region) => {
    const [name, , process, role, epoch, ledger, lag, queue, accepted, settled, errors] = cells(region, snapshot, counts);
    return `[${name} ${process} ${role} epoch ${epoch} ${ledger} lag ${lag} queue ${queue} accepted ${accepted} settled ${settled} errors ${errors}]`;
  });
  return `${world(snapshot)}  ${parts.join(" ")}`;
}
