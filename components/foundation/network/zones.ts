/** Regions in which an account need not have the zones a, b and c; there, those that each has. */
const LETTERS: Readonly<Record<string, readonly string[]>> = { "ap-northeast-1": ["a", "c", "d"] };
const USUAL = ["a", "b", "c"];

/** A region's availability zones by name. They are fixed, so that a new zone of AWS's never moves a subnet. */
export const zonesOf = (region: string, count: number): string[] =>
  (LETTERS[region] ?? USUAL).slice(0, count).map((letter) => `${region}${letter}`);
