import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings } from "./settings";
import type { Raw } from "./raw-settings";

/**
 * Reads the running stack's configuration, once; index.ts hands the result on.
 * @throws what the engine shows as it is: the user's mistake, and not the program's
 */
export function stackSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const all = pulumi.runtime.allConfig();
  const raw: Raw = Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  try {
    return parseSettings(raw);
  } catch (error) {
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
