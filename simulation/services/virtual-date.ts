import type { Region } from "../kernel/region";

/** Called with `new`: what it answers is a true date. No class, for the same reason as in `sdk.ts`. */
function dateIn(region: Region, ...args: [] | [number | string]): Date {
  return args.length === 0 ? new Date(region.wall()) : new Date(args[0]);
}
dateIn.prototype = Date.prototype;

const { parse, UTC } = Date;

/** `Date` as a function in this region sees it: by the region's wall clock. */
export function dateOf(region: Region): unknown {
  return Object.assign(dateIn.bind(undefined, region), { now: () => region.wall(), parse, UTC });
}
