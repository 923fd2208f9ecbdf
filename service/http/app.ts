import underPressure from "@fastify/under-pressure";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { routes as offered, type Route } from "../../contract/routes";
import type { Access } from "../../handlers/adapters/access";
import { ANYBODY, type Caller } from "../../handlers/core/caller";
import { problem, unavailable, type Answer } from "../../handlers/core/problem";
import type { Log } from "../../handlers/ports";
import { MAX_BODY_BYTES } from "../../handlers/trade/order-validation";
import type { Admission } from "./admission";
import type { Answers, ServiceRequest } from "./request";

export interface AppParts {
  readonly answers: Answers;
  readonly access: Access;
  readonly admission: Admission;
  readonly log: Log;
  /** Is told how each request for a trade was answered. */
  readonly traded: (status: number) => void;
  /** Is told why a request was turned away. */
  readonly shed: (reason: string) => void;
  /** The service is being stopped: it still answers, and asks to be asked elsewhere. */
  readonly isDraining: () => boolean;
}

/** Longer than the load balancer's own idle time (60 s): the one that closes an idle connection must be the one that sends on it. */
const KEEP_ALIVE_MS = 75_000;
/** An order is small; who sends it slower than this holds a place that others need. */
const REQUEST_MS = 10_000;
/** The event loop this late means that answers come later than clients wait. */
const LATE_LOOP_MS = 500;

const busy = (status: 429 | 503, detail: string): Answer =>
  problem({ status, title: status === 429 ? "Too Many Requests" : "Service Unavailable", detail, retryAfter: 1 });

/** The API's routes over HTTP. What the load balancer and Route 53 ask is answered under any load: shedding must not look like an outage. */
export function tradeApp(parts: AppParts): FastifyInstance {
  const { log, isDraining } = parts;
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    connectionTimeout: 0,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { caseSensitive: true },
  });

  const send = (reply: FastifyReply, answer: Answer): FastifyReply => {
    // A client that keeps its connection would come back to a process that ends.
    if (isDraining()) void reply.header("connection", "close");
    return reply
      .code(answer.status)
      .headers({ ...answer.headers, "cache-control": "no-store" })
      .send(answer.body);
  };
  const shed = (reply: FastifyReply, reason: string, answer: Answer): FastifyReply => {
    parts.shed(reason);
    return send(reply, answer);
  };

  // The trade's own code reads the body, whatever it claims to be: its refusals are the API's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, _request, reply) => send(reply, refusalOf(error, log)));
  app.setNotFoundHandler((request, reply) =>
    send(reply, problem({ status: 404, title: "Not Found", detail: `there is no ${request.method} ${request.url.split("?")[0]}` })),
  );

  void app.register(underPressure, {
    maxEventLoopDelay: LATE_LOOP_MS,
    sampleInterval: 250,
    pressureHandler: (request, reply) => {
      if (guarded(request)) shed(reply, "the event loop is late", busy(503, "this server is overloaded"));
    },
  });

  void app.register(async (routes) => {
    for (const route of offered(parts.answers["session-opening"] !== undefined)) {
      const answering = parts.answers[route.handler];
      if (answering === undefined) throw new Error(`nobody answers ${route.method} ${route.path}`);
      routes.route({
        method: route.method,
        url: route.path.replace(/\{(\w+)\}/g, ":$1"),
        config: { guarded: route.guarded },
        ...(route.takesOrder ? { onResponse: async (_request, reply) => parts.traded(reply.statusCode) } : {}),
        handler: async (request, reply) => {
          const headers = texts(request.headers);
          const answer = (caller: Caller): Promise<Answer> => answering(requestOf(request, route, headers, caller));
          if (!route.guarded) return send(reply, await answer(ANYBODY));
          const verdict = await parts.access({ header: (name) => headers[name] });
          if ("refusal" in verdict) return send(reply, verdict.refusal);
          const { caller } = verdict;
          const admitted = parts.admission.enter(caller.id);
          if (admitted === "full") return shed(reply, admitted, busy(503, "this server has all hands full"));
          if (admitted === "share used up") return shed(reply, admitted, busy(429, "too many requests of this caller at once"));
          try {
            return send(reply, await answer(caller));
          } finally {
            parts.admission.leave(caller.id);
          }
        },
      });
    }
  });
  return app;
}

const guarded = (request: FastifyRequest): boolean => (request.routeOptions.config as { guarded?: boolean }).guarded === true;

const texts = (values: unknown): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries((values ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      // What is given twice: the last counts, as at API Gateway.
      Array.isArray(value) ? String(value.at(-1)) : (value as string | undefined),
    ]),
  );

const requestOf = (request: FastifyRequest, route: Route, headers: ServiceRequest["headers"], caller: Caller): ServiceRequest => ({
  caller,
  headers,
  parameters: texts(request.params),
  query: texts(request.query),
  body: request.body as string | undefined,
  route: route.path,
});

function refusalOf(error: FastifyError, log: Log): Answer {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const detail = `is larger than ${MAX_BODY_BYTES} bytes`;
    return problem({ status: 413, title: "Content Too Large", detail: `body ${detail}`, errors: [{ field: "body", detail }] });
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return problem({ status, title: "Bad Request", detail: error.message });
  log.error("a request failed", { error });
  return unavailable("the request could not be answered");
}
