import { tradeIdOf, type LedgerTrade } from "../drill/check";
import type { ClientKind, TradeRecord } from "../drill/record";
import type { LabEvent } from "../types";
import type { Moments, Requests, Sample, TradeAccount } from "./model";
import { perSecond } from "./rto";

/** What a scenario began with. */
export interface Beginning {
  /** Region that held the lease, and its epoch. */
  readonly active: string;
  readonly epoch: number;
  readonly faultMs: number | undefined;
}

/** Events that the machines of a move have in the timeline. */
export const MOVES: ReadonlySet<string> = new Set(["failover", "switchover"]);

/** Reads the moments of a recovery out of what was seen. Pure. */
export function momentsOf(
  { active, epoch, faultMs }: Beginning,
  timeline: readonly LabEvent[],
  samples: readonly Sample[],
  trades: readonly TradeAccount[],
): Moments {
  const from = faultMs ?? 0;
  const seen = (holds: (sample: Sample) => boolean): number | undefined =>
    samples.find((sample) => sample.atMs >= from && holds(sample))?.atMs;
  const other = (holds: (region: Sample["regions"][number]) => boolean) => (sample: Sample) =>
    sample.regions.some((region) => region.region !== active && holds(region));
  const first = (times: readonly (number | undefined)[]): number | undefined => {
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const after = trades.filter(({ dueMs }) => dueMs >= from);
  const acceptedBy = (kind: ClientKind) => first(after.filter(({ client }) => client === kind).map(({ acceptedMs }) => acceptedMs));
  return {
    faultMs,
    detectedMs: timeline.find(({ atMs, event, detail }) => atMs >= from && MOVES.has(event) && detail.endsWith(" started"))?.atMs,
    leaseMovedMs: seen((sample) => (sample.epoch ?? 0) > epoch),
    nameMovedMs: seen(({ name }) => name !== undefined && name !== active),
    promotedMs: seen(other(({ ledger }) => ledger === "writer")),
    fenceMs: seen(other(({ ledger, fence }) => ledger === "writer" && (fence ?? 0) > epoch)),
    firstAcceptedMs: { dns: acceptedBy("dns"), smart: acceptedBy("smart") },
    firstSettledMs: first(after.map(({ settledMs }) => settledMs)),
  };
}

/** Each trade from request to row. `beganAt`: wall clock of the stream's beginning. */
export function accountsOf(records: readonly TradeRecord[], rows: readonly LedgerTrade[], beganAt: number): TradeAccount[] {
  const byId = new Map(rows.map((row) => [row.tradeId, row]));
  return records.map(({ caller, key, kind, dueMs, accepted, tries }) => {
    const row = byId.get(tradeIdOf({ caller, key }));
    return {
      key,
      client: kind,
      dueMs: Math.round(dueMs),
      acceptedMs: accepted === undefined ? undefined : Math.round(accepted.atMs),
      acceptedRegion: accepted?.acceptedRegion,
      settledMs: row === undefined ? undefined : Math.round(row.settledAt - beganAt),
      settledEpoch: row?.settledEpoch,
      tries: tries.length,
    };
  });
}

/** Requests each second, by region and by what became of them. */
export function requestsOf(records: readonly TradeRecord[], regions: readonly string[], seconds: number): Requests[] {
  const tries = records.flatMap((record) => record.tries);
  return regions.map((region) => {
    const ended = (holds: (status: number) => boolean) =>
      perSecond(
        tries.filter((one) => one.region === region && holds(one.status)).map(({ endedMs }) => endedMs),
        seconds,
      );
    return {
      region,
      accepted: ended((status) => status === 202),
      refused: ended((status) => status !== 202 && status !== 0),
      unanswered: ended((status) => status === 0),
    };
  });
}
