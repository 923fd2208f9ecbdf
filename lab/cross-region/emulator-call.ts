/** Plain calls to a region's emulator or front on loopback, for work that AWS would do behind the scenes. */
import { Agent, request } from "node:http";

export interface Call {
  readonly port: number;
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly region: string;
  readonly service: "s3" | "dynamodb";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface CallAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const TIMEOUT_MS = 5_000;

/** Rejects when there is no answer in time. The signature is a stand-in: only its scope is read here. */
export function call({ port, method, path, region, service, headers = {}, body = Buffer.alloc(0) }: Call): Promise<CallAnswer> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=lab`;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        agent,
        timeout: TIMEOUT_MS,
        headers: { ...headers, authorization, "content-length": String(body.length) },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 502,
            contentType: answer.headers["content-type"] ?? "application/octet-stream",
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time"))).on("error", reject);
    outgoing.end(body);
  });
}
