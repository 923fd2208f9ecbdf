/** Exact decimal arithmetic in units of 1e-4, on BigInt: the drill's own, so that it shares no rounding with what it judges. */

const PLACES = 4;
const SCALE = 10n ** BigInt(PLACES);

/** "223.82" → 2238200n. Rejects more than four decimals, exponents and anything else that is not a plain decimal. */
export function toUnits(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,4})0*)?$/.exec(decimal);
  if (match === null) throw new Error(`not a decimal with at most ${PLACES} places: "${decimal}"`);
  const [, sign, whole = "0", fraction = ""] = match;
  const units = BigInt(whole) * SCALE + BigInt(fraction.padEnd(PLACES, "0"));
  return sign === "-" ? -units : units;
}

/** 2238200n → "223.8200" */
export function fromUnits(units: bigint): string {
  const magnitude = units < 0n ? -units : units;
  return `${units < 0n ? "-" : ""}${magnitude / SCALE}.${(magnitude % SCALE).toString().padStart(PLACES, "0")}`;
}
