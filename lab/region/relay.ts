/** Passes requests on to another HTTP server, over connections that are kept. */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { answerJson } from "./request";

const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "trailer"]);

export interface Passed {
  readonly status: number;
  /** Present when it was asked for. */
  readonly body?: Buffer;
}

export interface PassOptions {
  /** Path to ask for; default the caller's. */
  readonly path?: string;
  /** The caller's body where it has been read already; without it, it is streamed. */
  readonly body?: Buffer;
  /** Keep the answer's body as well as passing it on. */
  readonly keepBody?: boolean;
  /** Wait for the answer even if the caller has gone: the other side would go on working in any case. */
  readonly seeThrough?: boolean;
}

export class Relay {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 512, keepAliveMsecs: 10_000 });

  /** `timeoutMs`: how long the other side may be silent. `refuse` answers the caller where there was no answer; the error is "timeout" where it was silent. */
  constructor(
    private readonly port: number,
    private readonly timeoutMs: number,
    name: string,
    private readonly refuse = (response: ServerResponse, error: Error): void =>
      answerJson(response, 503, { __type: "ServiceUnavailable", message: `${name} gave no answer: ${error.message}` }),
  ) {}

  /** Resolves when the answer has been passed to the caller; status 0: there was none, and the caller was told so. */
  async pass(request: IncomingMessage, response: ServerResponse, options: PassOptions = {}): Promise<Passed> {
    return await this.attempt(request, response, options, 0);
  }

  close(): void {
    this.agent.destroy();
  }

  private attempt(request: IncomingMessage, response: ServerResponse, options: PassOptions, tries: number): Promise<Passed> {
    return new Promise((resolve) => {
      const headers = headersFor(request.headers, options.body);
      const outgoing = httpRequest({
        host: "127.0.0.1",
        port: this.port,
        method: request.method,
        path: options.path ?? request.url,
        headers,
        agent: this.agent,
        timeout: this.timeoutMs,
      });
      const abandon = (): void => void outgoing.destroy();
      if (options.seeThrough !== true) response.once("close", abandon);
      const done = (passed: Passed): void => {
        response.off("close", abandon);
        resolve(passed);
      };
      outgoing.once("timeout", () => outgoing.destroy(new Error("timeout")));
      outgoing.once("error", (error: NodeJS.ErrnoException) => {
        response.off("close", abandon);
        // A kept connection that the server had just closed: nothing of this request was looked at.
        if (outgoing.reusedSocket && error.code === "ECONNRESET" && tries < 2 && options.body !== undefined && !response.headersSent)
          return resolve(this.attempt(request, response, options, tries + 1));
        if (response.headersSent) response.destroy();
        else this.refuse(response, error);
        resolve({ status: 0 });
      });
      outgoing.once("response", (incoming) => {
        const status = incoming.statusCode ?? 502;
        if (!response.destroyed) response.writeHead(status, headersBack(incoming.headers));
        const chunks: Buffer[] = [];
        if (options.keepBody === true) incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", () => response.destroy());
        incoming.once("close", () =>
          done(incoming.complete ? { status, body: options.keepBody === true ? Buffer.concat(chunks) : undefined } : { status: 0 }),
        );
        // A pipe into a caller that has gone would never end.
        response.once("close", () => {
          incoming.unpipe(response);
          incoming.resume();
        });
        if (response.destroyed) incoming.resume();
        else incoming.pipe(response);
      });
      if (options.body !== undefined) outgoing.end(options.body);
      else request.pipe(outgoing);
    });
  }
}

function headersFor(headers: IncomingHttpHeaders, body: Buffer | undefined): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  // The whole body is known, so a chunked one becomes one of known length.
  if (body !== undefined) kept["content-length"] = String(body.length);
  else if (headers["transfer-encoding"] !== undefined) kept["transfer-encoding"] = "chunked";
  return kept;
}

function headersBack(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  return kept;
}
