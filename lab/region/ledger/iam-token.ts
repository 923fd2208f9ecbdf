/** What Aurora lets a user in by: a request to connect, presigned by a role, good for a quarter of an hour. By "IAM database authentication". */
import { canonical, escaped, hmacOf, instantOf, sha256 } from "../gateway/signature";

export interface Expected {
  /** `host:port` that the connection was opened to. */
  readonly address: string;
  readonly user: string;
  readonly region: string;
  readonly secretOf: (accessKeyId: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const LONGEST_SECONDS = 900;

/** Who signed the token, or why it is none. */
export function tokenSigner(
  token: string,
  { address, user, region, secretOf, now }: Expected,
): { accessKeyId: string } | { refusal: string } {
  const [, given = "", query = ""] = /^([^/]+)\/\?(.+)$/s.exec(token) ?? [];
  if (given !== address) return { refusal: `the token is for ${given || "nothing"} and not for ${address}` };
  const parameters = new URLSearchParams(query);
  const value = (name: string): string => parameters.get(name) ?? "";
  if (value("Action") !== "connect" || value("DBUser") !== user) return { refusal: `the token is not to connect as ${user}` };
  const [accessKeyId = "", ...scope] = value("X-Amz-Credential").split("/");
  if (scope[1] !== region || scope[2] !== "rds-db") return { refusal: `the token is for ${scope[2]} in ${scope[1]}` };
  const secret = secretOf(accessKeyId);
  if (secret === undefined) return { refusal: "the token's key is not known" };
  const ageSeconds = (now - instantOf(value("X-Amz-Date"))) / 1_000;
  const lastsSeconds = Math.min(Number(value("X-Amz-Expires")), LONGEST_SECONDS);
  if (!(ageSeconds > -300 && ageSeconds < lastsSeconds)) return { refusal: "the token has expired" };
  parameters.delete("X-Amz-Signature");
  const url = `/?${[...parameters].map(([name, one]) => `${escaped(name)}=${escaped(one)}`).join("&")}`;
  const asked = canonical({ method: "GET", url, headers: { host: address }, body: Buffer.alloc(0) }, ["host"]);
  const text = ["AWS4-HMAC-SHA256", value("X-Amz-Date"), scope.join("/"), sha256(asked)].join("\n");
  const found = new URLSearchParams(query).get("X-Amz-Signature");
  return hmacOf(secret, scope, text) === found ? { accessKeyId } : { refusal: "the token's signature does not match" };
}
