/** Stands for the public name on loopback: resolves it through the lab's DNS, honours the TTL, and passes each request to that region. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Resolution, Resolver } from "./resolver";

/** The host and the path that the caller asked for, and may have signed: on AWS they reach the region unchanged. */
export const PUBLIC_HOST_HEADER = "x-lab-public-host";
export const PUBLIC_PATH_HEADER = "x-lab-public-path";

/** API Gateway gives up after 29 seconds; a frozen region answers never. */
const ANSWER_MS = 29_000;

export class PublicProxy {
  private readonly server = http.createServer((request, response) => {
    this.pass(request, response).catch((error: unknown) => refuse(response, 502, String(error)));
  });
  /** A new connection each time: a kept one would outlive the TTL. */
  private readonly agent = new http.Agent({ keepAlive: false });

  constructor(
    private readonly name: string,
    private readonly resolver: () => Resolver,
  ) {}

  /** Binds; port 0 takes a free one. Answers the URL. */
  async listen(port: number): Promise<string> {
    return await new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, "127.0.0.1", () => {
        this.server.off("error", reject);
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.agent.destroy();
  }

  private async pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let target: Resolution;
    try {
      target = await this.resolver().resolve(this.name);
    } catch (error) {
      return refuse(response, 502, error instanceof Error ? error.message : String(error));
    }
    const { region } = target;
    // The front routes by its own host name; the connection to it is another one than the caller's.
    const headers = { ...request.headers, [PUBLIC_HOST_HEADER]: request.headers.host, [PUBLIC_PATH_HEADER]: request.url };
    delete headers.host;
    delete headers.connection;
    const outgoing = http.request(`${target.endpoint}${target.path(request.url ?? "/")}`, {
      method: request.method,
      headers,
      agent: this.agent,
      timeout: ANSWER_MS,
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer from ${region} within ${ANSWER_MS} ms`)));
    outgoing.once("error", (error) => refuse(response, 502, `${region}: ${error.message}`));
    outgoing.once("response", (incoming) => {
      // Which region answered is what one wants to know when watching a failover with curl.
      response.writeHead(incoming.statusCode ?? 502, { ...incoming.headers, "x-lab-region": region });
      incoming.pipe(response);
      incoming.once("error", () => response.destroy());
    });
    response.once("close", () => outgoing.destroy());
    request.pipe(outgoing);
  }
}

function refuse(response: http.ServerResponse, status: number, detail: string): void {
  if (response.headersSent) return void response.destroy();
  const title = http.STATUS_CODES[status] ?? "Error";
  response
    .writeHead(status, { "content-type": "application/problem+json" })
    .end(JSON.stringify({ type: "about:blank", title, status, detail }));
}
