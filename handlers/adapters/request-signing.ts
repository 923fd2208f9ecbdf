import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

/** Signs requests to this region's API with the function's own role (SigV4, service execute-api). */
export function requestSigner(
  region: string,
): (method: "GET" | "POST", url: string, body?: string) => Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    sha256: Sha256,
    credentials: () =>
      Promise.resolve({
        accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
        sessionToken: process.env.AWS_SESSION_TOKEN,
      }),
  });
  return async (method, url, body) => {
    const { protocol, hostname, host, pathname } = new URL(url);
    const signed = await signer.sign({ method, protocol, hostname, path: pathname, query: {}, headers: { host }, body });
    const { host: _host, ...headers } = signed.headers;
    return headers;
  };
}
