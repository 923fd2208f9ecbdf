import type { Registered } from "../../lab/types";

/** A registration as the lab keeps it. */
export const item = (
  type: string,
  id: string,
  region: string,
  inputs: Record<string, unknown>,
  state: Record<string, unknown> = {},
): Registered => ({
  urn: id,
  type,
  name: id,
  region,
  inputs,
  state: { ...inputs, ...state },
  id,
  realized: false,
});
