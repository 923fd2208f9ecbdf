/** Who may trade for which accounts, as the functions are told. */

/** Accounts that begin so are the platform's own canaries: no other caller may have one, and whoever counts trades leaves them out. */
export const SYNTHETIC = "synthetic-";

/** Name of the platform among those who bring a key. */
export const PLATFORM = "platform";

export interface KnownCaller {
  /** The same in both regions, and for as long as the caller is the same: a role's or user's ARN, a key's name, a token's subject. */
  readonly id: string;
  /** Accounts by name, or by how they begin: `desk-*`. */
  readonly accounts: readonly string[];
  /** SHA-256 (hex) of the key by which it is known; of those who bring one. */
  readonly keySha256?: string;
}

/** Whose tokens count. The keys are held here: nobody is asked when a token is verified. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** A JSON Web Key Set (RFC 7517), public keys only. */
  readonly keySet: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}
