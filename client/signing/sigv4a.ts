import { Sha256 } from "@aws-crypto/sha256-js";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { SignatureV4a } from "@smithy/signature-v4a";
import type { OutgoingRequest } from "../types";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignerOptions {
  /** Every region that may answer, e.g. ["us-east-1", "us-east-2"]. */
  readonly regions: readonly string[];
  /** Default: where the AWS SDK looks for them (environment, profile, container, instance), renewed before they expire. */
  readonly credentials?: () => Promise<Credentials>;
}

/** Gives the headers that sign a request. */
export type Signer = (request: OutgoingRequest) => Promise<Readonly<Record<string, string>>>;

/**
 * Signs requests to the trade API by SigV4A: one signature is good in all of `regions`, so whoever follows the public name need not know which of them
 * will answer. (SigV4 is good in one region only: signed for the other it is a 403.)
 */
export function sigV4aSigner({ regions, credentials = defaultProvider() }: SignerOptions): Signer {
  const signer = new SignatureV4a({ service: "execute-api", region: regions.join(","), sha256: Sha256, credentials });
  return async ({ method, url, headers, body }) => {
    const { protocol, host, hostname, port, pathname, searchParams } = new URL(url);
    const query: Record<string, string[]> = {};
    for (const name of new Set(searchParams.keys())) query[name] = searchParams.getAll(name);
    const request = {
      method,
      protocol,
      hostname,
      ...(port === "" ? {} : { port: Number(port) }),
      path: pathname,
      query,
      headers: { ...headers, host },
      body,
    };
    const signed = (await signer.sign(request, {})) as { readonly headers: Readonly<Record<string, string>> };
    // Whoever sends the request says its host.
    return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== "host"));
  };
}
