import { createHash } from "node:crypto";

/**
 * A physical name: the parts, then the environment's suffix, always. Too long for the service: the middle goes and a hash of the whole comes in,
 * so that two long names stay two names.
 * @param max longest name that the service allows, characters
 */
export function physicalName(parts: readonly string[], suffix: string, max: number): string {
  const whole = [...parts, suffix].join("-");
  if (whole.length <= max) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 6);
  const room = max - hash.length - suffix.length - 2;
  if (room < 1) throw new Error(`environmentSuffix "${suffix}" leaves no room for a name of at most ${max} characters`);
  // No two dashes in a row where the cut falls on one: RDS refuses such names.
  const kept = parts.join("-").slice(0, room).replace(/-+$/, "");
  return `${kept}-${hash}-${suffix}`;
}
