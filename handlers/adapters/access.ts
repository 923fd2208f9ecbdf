import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from "jose";
import * as v from "valibot";
import type { KnownCaller, TokenRules } from "../../contract/callers";
import { ANYBODY, principalOf, unknownCaller, type Caller } from "../core/caller";
import type { Answer } from "../core/problem";
import type { Environment } from "./environment";
import { sha256 } from "./hashing";

/** What a request says of its sender. */
export interface Presented {
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Of a signed request, once the gateway has verified it: the signer's ARN. */
  readonly userArn?: string;
}

export type Verdict = { readonly caller: Caller } | { readonly refusal: Answer };
export type Access = (presented: Presented) => Promise<Verdict>;

const PARSERS = {
  CALLERS: v.pipe(
    v.string(),
    v.parseJson(undefined, "JSON"),
    v.array(v.object({ id: v.string(), accounts: v.array(v.string()), keySha256: v.optional(v.string()) })),
  ),
  TOKENS: v.pipe(
    v.string(),
    v.parseJson(undefined, "JSON"),
    v.object({ issuer: v.string(), audience: v.string(), keySet: v.object({ keys: v.array(v.looseObject({ kty: v.string() })) }) }),
  ),
  API_AUTH: v.picklist(["iam", "apiKey", "jwt", "none"], "iam | apiKey | jwt | none"),
} as const;

function read<N extends keyof typeof PARSERS>(name: N, text: string | undefined): v.InferOutput<(typeof PARSERS)[N]> {
  const parsed = v.safeParse(PARSERS[name], text);
  if (parsed.success) return parsed.output;
  throw new Error(`the environment variable ${name} is wrong: ${parsed.issues.map(({ message }) => message).join("; ")}`);
}

/** Signed by the issuer's private key; a token that is verified by a shared secret could be made by whoever verifies it. */
const ALGORITHMS = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"];
const SKEW = "30s";

/** A token's subject, if the token is good here and now; else why it is none. */
type Subject = { readonly subject: string } | { readonly why: string };

function tokens({ issuer, audience, keySet }: TokenRules): (token: string) => Promise<Subject> {
  const keys = createLocalJWKSet(keySet as JSONWebKeySet);
  return async (token) => {
    try {
      const rules = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ["exp", "sub"], clockTolerance: SKEW };
      const { payload } = await jwtVerify(token, keys, rules);
      return { subject: payload.sub ?? "" };
    } catch (error) {
      if (error instanceof errors.JOSEError) return { why: `brings a token that is not good here: ${error.message}` };
      throw error;
    }
  };
}

/** By the key that it brings. The keys are long and random: their digests can be compared as they are, and tell nothing. */
const byKey =
  (known: readonly KnownCaller[]) =>
  (key: string): Caller | undefined => {
    const digest = sha256(key);
    return known.find(({ keySha256 }) => keySha256 === digest);
  };

/** Who sends requests here, by what the stack has its callers bring. Asks nobody: all that it needs is in the environment. */
export function access(
  env: Pick<Environment<"callers.know">, "API_AUTH" | "CALLERS"> & Partial<Pick<Environment<"callers.know">, "TOKENS">>,
): Access {
  const auth = read("API_AUTH", env.API_AUTH);
  if (auth === "none") return async () => ({ caller: ANYBODY });
  const known: readonly KnownCaller[] = read("CALLERS", env.CALLERS);
  if (auth === "iam") {
    const byPrincipal = new Map(known.map((caller) => [principalOf(caller.id), caller]));
    return async ({ userArn = "" }) => {
      const principal = principalOf(userArn);
      const found = byPrincipal.get(principal);
      // One that is known to IAM and not here is told so: it has no account.
      if (principal === undefined) return { refusal: unknownCaller("is signed by nobody who can be a caller: a role or a user is") };
      return { caller: { id: principal, accounts: found?.accounts ?? [] } };
    };
  }
  const keyed = byKey(known);
  const keyCaller = (key: string): Verdict => {
    const caller = keyed(key);
    return caller ? { caller } : { refusal: unknownCaller("brings a key that is not known here") };
  };
  if (auth === "apiKey") {
    return async ({ header }) => {
      const key = header("x-api-key");
      return key === undefined || key === "" ? { refusal: unknownCaller("brings no key in x-api-key") } : keyCaller(key);
    };
  }
  const verify = tokens(read("TOKENS", env.TOKENS));
  const accountsOf = new Map(known.filter(({ keySha256 }) => keySha256 === undefined).map(({ id, accounts }) => [id, accounts]));
  return async ({ header }) => {
    // The platform's own canaries must work while the issuer is away: they bring a key.
    const key = header("x-api-key");
    if (key !== undefined && key !== "") return keyCaller(key);
    const [, token] = /^Bearer +(\S+)$/i.exec(header("authorization") ?? "") ?? [];
    if (token === undefined) return { refusal: unknownCaller("brings no token: Authorization: Bearer …") };
    const verified = await verify(token);
    if ("why" in verified) return { refusal: unknownCaller(verified.why) };
    return { caller: { id: verified.subject, accounts: accountsOf.get(verified.subject) ?? [] } };
  };
}
