import type { Kernel } from "../kernel/kernel";
import type { Network } from "../kernel/network";
import type { Region } from "../kernel/region";
import type { Functions } from "../services/functions";
import { platformOf, sessionOf, TRADERS } from "./callers";

export interface HttpRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Role that has signed it. Default: a region's own, of what comes from a region; else the traders'. */
  readonly signedBy?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface ProxyResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A region's API: routes to its functions. */
export class Api {
  /** Answers of 500 and above since the alarm last looked. */
  errors = 0;

  constructor(
    readonly region: Region,
    private readonly functions: Functions,
    private readonly kernel: Kernel,
    private readonly network: Network,
  ) {}

  /** `path` is what follows the stage. `done` hears undefined when there was no answer in time. */
  request(
    from: Region | undefined,
    path: string,
    request: HttpRequest,
    timeoutMs: number,
    done: (answer: HttpAnswer | undefined) => void,
  ): void {
    const signedBy = request.signedBy ?? (from === undefined ? TRADERS : platformOf(from.name)).role;
    this.network.exchange<HttpAnswer>(from, this.region, timeoutMs, (reply) => this.serve(path, { ...request, signedBy }, reply), done);
  }

  private serve(path: string, request: HttpRequest & { readonly signedBy: string }, reply: (answer: HttpAnswer) => void): void {
    const { kernel, region } = this;
    if (region.throttled > 0 && kernel.random.chance(region.throttled)) {
      kernel.strike("call-throttled");
      return reply({ status: 429, headers: { "content-type": "application/json" }, body: '{"message":"Too Many Requests"}' });
    }
    const [route = "", query = ""] = path.split("?");
    const id = /^\/trades\/([^/]+)$/.exec(route)?.[1];
    const name =
      route === "/trades" && request.method === "POST"
        ? "trade-intake"
        : route.startsWith("/trades")
          ? "trade-query"
          : route === "/control/active"
            ? "control"
            : "health";
    const event = {
      httpMethod: request.method,
      path: route,
      headers: request.headers ?? {},
      body: request.body ?? null,
      requestContext: { identity: { userArn: sessionOf(request.signedBy) } },
      pathParameters: id === undefined ? null : { tradeId: id },
      queryStringParameters: query === "" ? null : Object.fromEntries(query.split("&").map((pair) => pair.split("=") as [string, string])),
    };
    this.functions.invoke(name, event, (error, result) => {
      if (error) {
        this.errors++;
        return reply({ status: 502, headers: {}, body: '{"message":"Internal server error"}' });
      }
      const { statusCode, headers, body } = result as ProxyResponse;
      if (statusCode >= 500 && name === "trade-intake") this.errors++;
      reply({ status: statusCode, headers, body });
    });
  }
}
