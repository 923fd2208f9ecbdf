import * as pulumi from "@pulumi/pulumi";
import { PLATFORM, SYNTHETIC, type KnownCaller } from "../../contract/callers";
import type { Settings } from "../settings/settings";
import type { ApiKeys } from "./api-keys";
import { siteName, type SiteContext } from "./site-context";

/** Functions that send canaries through the API. */
const CANARIES = ["validator", "readiness"] as const;
const CANARY_ACCOUNTS = [`${SYNTHETIC}*`];

/** Callers who have a key: those that the stack names, where keys are what callers bring, and the platform, wherever it can't sign. */
export const keyHolders = ({ apiAuth, callers }: Settings): readonly string[] =>
  apiAuth === "apiKey" ? [...Object.keys(callers), PLATFORM] : apiAuth === "jwt" ? [PLATFORM] : [];

/** The text of `CALLERS`: the same in both regions, so that a caller is the same to both. */
export function knownCallers({ settings, accountId }: SiteContext, keys: ApiKeys | undefined): pulumi.Output<string> {
  const { apiAuth, callers } = settings;
  const keyed = (id: string): { id: string; keySha256?: pulumi.Output<string> } => {
    const sha256 = keys?.of[id]?.sha256;
    return { id, ...(sha256 === undefined ? {} : { keySha256: sha256 }) };
  };
  const named = Object.entries(callers).map(([id, accounts]) => ({ ...keyed(id), accounts }));
  const roles = (["primary", "standby"] as const).flatMap((site) =>
    CANARIES.map((canary) => pulumi.interpolate`arn:aws:iam::${accountId}:role/${siteName({ site, settings }, [canary], 64)}`),
  );
  const platform = {
    iam: roles.map((id) => ({ id, accounts: CANARY_ACCOUNTS })),
    apiKey: [{ ...keyed(PLATFORM), accounts: CANARY_ACCOUNTS }],
    jwt: [{ ...keyed(PLATFORM), accounts: CANARY_ACCOUNTS }],
    none: [],
  }[apiAuth];
  return pulumi.output([...named, ...platform]).apply((all) => JSON.stringify(all satisfies readonly KnownCaller[]));
}
