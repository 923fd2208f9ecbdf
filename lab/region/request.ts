/** What the front must know of a request before it can say whose it is. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** Key, region and service of the caller's signature: `Credential=<key>/<date>/<region>/<service>/aws4_request`, in the header or in the URL. */
export function scopeOf(request: IncomingMessage): Scope | undefined {
  const header = request.headers.authorization ?? "";
  const found =
    /Credential=([^/,\s]+)\/\d{8}\/([^/]*)\/([^/]+)\/aws4_request/.exec(header) ??
    /X-Amz-Credential=([^/&]+?)(?:\/|%2F)\d{8}(?:\/|%2F)([^/&%]*)(?:\/|%2F)([^/&%]+)(?:\/|%2F)aws4_request/i.exec(request.url ?? "");
  return found === null ? undefined : { accessKeyId: found[1] ?? "", region: found[2] ?? "", service: found[3] ?? "" };
}

/** Largest body that the front takes into memory; AWS's largest for the services that it looks into is 16 MB. */
const LARGEST = 32 * 1024 * 1024;

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LARGEST) throw new TooLarge(`more than ${LARGEST} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function answer(response: ServerResponse, status: number, body: string | Buffer, headers: OutgoingHttpHeaders): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

export function answerJson(response: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  answer(response, status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

let requests = 0;

/** An id as AWS puts on each answer. */
export function requestId(): string {
  requests += 1;
  return `00000000-0000-4000-8000-${requests.toString(16).padStart(12, "0")}`;
}
