import * as pulumi from "@pulumi/pulumi";
import { parseSettings, type Settings } from "./settings";
import type { Raw } from "./settings-reader";

/** Reads the running stack's configuration, once; index.ts hands the result on. */
export function stackSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const all = pulumi.runtime.allConfig();
  const raw: Raw = Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
  return parseSettings(raw);
}
