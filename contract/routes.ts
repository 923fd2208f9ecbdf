/** The API's routes, the same in both regions. */
import type { ApiFunction, SessionFunction } from "./placement";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handler: ApiFunction | SessionFunction;
  /** Under the stack's `apiAuth`. Route 53's checkers sign nothing, so what they ask is open and tells no secret. */
  readonly guarded: boolean;
  /** What a request must have to reach the handler, as API Gateway names it: `header.X`, `querystring.x`. */
  readonly requires?: readonly string[];
  /** The body is checked to be an order's. */
  readonly takesOrder?: boolean;
}

export const API_STAGE = "v1";

/** A request's header that names its session. */
export const SESSION_HEADER = "session-token";

const ROUTES = [
  {
    method: "POST",
    path: "/trades",
    handler: "trade-intake",
    guarded: true,
    // A gateway may match a header's name with its case, and HTTP/2 sends lower case: that the key is there, the handler asks.
    takesOrder: true,
  },
  { method: "GET", path: "/trades", handler: "trade-query", guarded: true, requires: ["querystring.accountId"] },
  { method: "GET", path: "/trades/{tradeId}", handler: "trade-query", guarded: true },
  { method: "GET", path: "/health", handler: "health", guarded: false },
  { method: "GET", path: "/health/ready", handler: "health", guarded: false },
  { method: "GET", path: "/control/active", handler: "control", guarded: false },
] as const satisfies readonly Route[];

const SESSION_ROUTES = [
  { method: "POST", path: "/sessions", handler: "session-opening", guarded: true },
] as const satisfies readonly Route[];

/** @param sessions whether a trade needs a session */
export const routes = (sessions: boolean): readonly Route[] => (sessions ? [...ROUTES, ...SESSION_ROUTES] : ROUTES);
