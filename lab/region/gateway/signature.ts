/**
 * Verifies who signed a request to the API, as API Gateway does under AWS_IAM: SigV4 is good in the region that its scope names, SigV4A in those of its
 * region set. Worked out from AWS's description of both, and shares no code with what signs.
 */
import { createECDH, createHash, createHmac, createPublicKey, verify } from "node:crypto";

export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Refused {
  /** The gateway's response type. */
  readonly type: "MISSING_AUTHENTICATION_TOKEN" | "INVALID_SIGNATURE" | "ACCESS_DENIED";
  readonly error: string;
  readonly message: string;
}

export interface Verifier {
  readonly region: string;
  /** Undefined: there is no such key. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const SKEW_MS = 5 * 60_000;
const HEADER = /^(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256) Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

export const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string | Buffer): Buffer => createHmac("sha256", key).update(data).digest();
const invalid = (message: string): Refused => ({ type: "INVALID_SIGNATURE", error: "InvalidSignatureException", message });

/** Whose key signed the request, as its header says. */
export const keyOf = (authorization: string | undefined): string => /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1] ?? "";

/** Undefined: the request is who it says it is. */
export function signatureRefusal(request: SignedRequest, { region, secretOf, now }: Verifier): Refused | undefined {
  const { headers } = request;
  const missing = {
    type: "MISSING_AUTHENTICATION_TOKEN",
    error: "MissingAuthenticationTokenException",
    message: "Missing Authentication Token",
  } as const;
  if (headers.authorization === undefined) return missing;
  const [, algorithm, credential = "", names = "", signature = ""] = HEADER.exec(headers.authorization) ?? [];
  if (algorithm === undefined) return missing;
  const isAsymmetric = algorithm === "AWS4-ECDSA-P256-SHA256";
  const [accessKeyId = "", ...scope] = credential.split("/");
  const secret = secretOf(accessKeyId);
  if (secret === undefined) {
    return {
      type: "ACCESS_DENIED",
      error: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    };
  }
  const regions = isAsymmetric ? (headers["x-amz-region-set"] ?? "").split(",").map((one) => one.trim()) : [scope[1] ?? ""];
  if (!regions.some((one) => matches(one, region))) return invalid("Credential should be scoped to a valid region.");
  const service = isAsymmetric ? scope[1] : scope[2];
  if (service !== "execute-api") return invalid("Credential should be scoped to correct service: 'execute-api'.");
  const date = headers["x-amz-date"] ?? "";
  if (Math.abs(now() - instantOf(date)) > SKEW_MS || Number.isNaN(instantOf(date))) return invalid(`Signature expired: ${date}`);

  const signedNames = names.split(";");
  const required = ["host", ...(isAsymmetric ? ["x-amz-region-set"] : [])];
  const mismatch = invalid(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );
  if (required.some((name) => !signedNames.includes(name))) return mismatch;
  const text = [algorithm, date, scope.join("/"), sha256(canonical(request, signedNames))].join("\n");
  const isGood = isAsymmetric ? isSignedBy(publicKeyOf(accessKeyId, secret), text, signature) : hmacOf(secret, scope, text) === signature;
  return isGood ? undefined : mismatch;
}

const matches = (pattern: string, region: string): boolean =>
  new RegExp(`^${pattern.replace(/[^a-z0-9*-]/g, "").replaceAll("*", ".*")}$`).test(region);

export const instantOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** RFC 3986: what is not unreserved is escaped. */
export const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

export function canonical({ method, url, headers, body }: SignedRequest, names: readonly string[]): string {
  const [path = "/", query = ""] = url.split("?");
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`);
  return [method, path.split("/").map(escaped).join("/"), pairs.join("&"), lines.join(""), names.join(";"), sha256(body)].join("\n");
}

export function hmacOf(secret: string, scope: readonly string[], text: string): string {
  const key = scope.reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const keys = new Map<string, ReturnType<typeof createPublicKey>>();

/** SigV4A's key pair follows from the secret: NIST SP 800-108 in counter mode, tried until the number fits the curve. */
function publicKeyOf(accessKeyId: string, secret: string): ReturnType<typeof createPublicKey> {
  const known = keys.get(`${accessKeyId} ${secret}`);
  if (known !== undefined) return known;
  for (let counter = 1; counter < 255; counter += 1) {
    const label = Buffer.from(`AWS4-ECDSA-P256-SHA256\0${accessKeyId}`);
    const input = Buffer.concat([Buffer.from([0, 0, 0, 1]), label, Buffer.from([counter]), Buffer.from([0, 0, 1, 0])]);
    const candidate = BigInt(`0x${hmac(`AWS4A${secret}`, input).toString("hex")}`);
    if (candidate > ORDER - 2n) continue;
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(Buffer.from((candidate + 1n).toString(16).padStart(64, "0"), "hex"));
    const point = pair.getPublicKey();
    const coordinate = (from: number): string => point.subarray(from, from + 32).toString("base64url");
    const made = createPublicKey({ key: { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) }, format: "jwk" });
    keys.set(`${accessKeyId} ${secret}`, made);
    return made;
  }
  throw new Error("no key of the curve follows from this secret");
}

const isSignedBy = (key: ReturnType<typeof createPublicKey>, text: string, signature: string): boolean =>
  verify("sha256", Buffer.from(text), key, Buffer.from(signature, "hex"));
