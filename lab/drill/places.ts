import type { TradeRecord } from "./record";

/** Where the trades of the clients that follow DNS were accepted, in a sentence for each place that they ask from. */
export function byPlace(records: readonly TradeRecord[]): string[] {
  const places = new Map<string, Map<string, number>>();
  for (const { near, accepted } of records) {
    if (near === undefined || accepted === undefined) continue;
    const regions = places.get(near) ?? new Map<string, number>();
    places.set(near, regions.set(accepted.acceptedRegion, (regions.get(accepted.acceptedRegion) ?? 0) + 1));
  }
  return [...places].map(([near, regions]) => {
    const counts = [...regions].map(([region, count]) => `${count} by ${region}`);
    return `trades of those who ask DNS near ${near}: ${counts.join(", ")}`;
  });
}
