import { type Signer, sigV4aSigner } from "../../client/signing/sigv4a";
import { LAB_CREDENTIALS } from "../region/gateway/secrets";

/** Signs as the lab's clients do: once, and good in all of these regions. */
export const labSigner = (regions: readonly string[]): Signer =>
  sigV4aSigner({ regions, credentials: () => Promise.resolve(LAB_CREDENTIALS) });
