/** Configurations as the engine hands them on, and what is said of bad ones. */
import { parseSettings } from "../../components/settings/settings";

/** All that a stack must set. */
export const GOOD = { environmentSuffix: "dev1" };

/** The one error of a configuration; empty when it is a good one. */
export const problemsOf = (raw: Record<string, string>): string => {
  try {
    parseSettings(raw);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

export const SERVED = { domainName: "trades.example.com", hostedZoneId: "Z0123456789", apiAuth: "apiKey" };
export const TASKS = { ...SERVED, compute: "fargate" };
export const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
