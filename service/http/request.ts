import type { ApiFunction, SessionFunction } from "../../contract/placement";
import type { Caller } from "../../handlers/core/caller";
import type { Answer } from "../../handlers/core/problem";

/** A request as the trade's code reads it; names of headers in lower case. */
export interface ServiceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: string | undefined;
  /** Anybody, on a route that asks nobody who he is. */
  readonly caller: Caller;
  /** Path of the route, as the contract writes it. */
  readonly route: string;
}

type Answering = (request: ServiceRequest) => Promise<Answer>;

/** What answers each of the API's functions. Never rejects for what a client sent. */
export type Answers = Readonly<Record<ApiFunction, Answering> & Partial<Record<SessionFunction, Answering>>>;
