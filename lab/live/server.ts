import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { orderOf } from "./actions";
import { livePage } from "./page";
import type { LiveSession } from "./session";

const MOST_BYTES = 1_000;

/**
 * Serves the live page on loopback. Its buttons break things, so no other page may press them: whoever asks must know the token, which a page of
 * another origin can't read, and must have asked for this very host, so that a name that was made to lead here gets nothing.
 */
export class LiveServer {
  private readonly token = randomBytes(24).toString("hex");
  private readonly server: Server;

  constructor(private readonly session: LiveSession) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        respond(response, 400, error instanceof Error ? error.message : String(error));
      });
    });
  }

  /** Resolves with the page's address, token included. */
  async open(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => this.server.once("error", reject).listen({ port, host: "127.0.0.1" }, resolve));
    return `http://${this.host()}/?token=${this.token}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (request.headers.host !== this.host()) return respond(response, 403, `this page is at ${this.host()} and nowhere else`);
    if (!this.isToken(searchParams.get("token")))
      return respond(response, 403, "the address that was printed has a token, and this one has not");
    if (request.method === "GET" && pathname === "/")
      return respond(response, 200, livePage(this.session.regions(), this.token), "text/html; charset=utf-8");
    if (request.method === "GET" && pathname === "/news") return this.tell(response);
    if (request.method === "POST" && pathname === "/orders") {
      this.session.do(orderOf(JSON.parse(await bodyOf(request)), this.session.regions()));
      return respond(response, 202, "");
    }
    respond(response, 404, "no such page");
  }

  private isToken(given: string | null): boolean {
    const [a, b] = [Buffer.from(given ?? ""), Buffer.from(this.token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  private tell(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).flushHeaders();
    const send = (news: unknown): void => void response.write(`data: ${JSON.stringify(news)}\n\n`);
    this.session.news.on("news", send);
    response.once("close", () => this.session.news.off("news", send));
  }
}

function respond(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > MOST_BYTES) throw new Error(`an order has at most ${MOST_BYTES} characters`);
  }
  return text;
}
