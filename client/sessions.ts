import { SESSION_HEADER } from "../contract/routes";
import type { Answer, Exchange } from "./exchange";
import type { Endpoint, OutgoingRequest } from "./types";
import { lacksSession, openedSession } from "./verdict";

/** How a request went that may have needed a session. */
export interface Admitted {
  readonly answer: Answer;
  /** There was no session for it: the trade itself was not looked at. */
  readonly turnedAway: boolean;
  /** Was a session opened for it? */
  readonly opened: boolean;
}

/**
 * The sessions that the client has, where the platform asks for one; where it does not, there is none. A session is good at once in the region that
 * opened it, and in the other one as soon as it is copied there: that one is used until the region says that it does not know it.
 */
export class Sessions {
  private readonly tokens = new Map<string, string>();
  private readonly opening = new Map<string, Promise<Answer>>();
  private newest: string | undefined;

  constructor(private readonly exchange: Exchange) {}

  /** Sends a trade; where its region asks for a session, opens one there and sends the trade again, once. `leftMs`: time for both. */
  async send(endpoint: Endpoint, request: OutgoingRequest, leftMs: () => number, stop: AbortSignal): Promise<Admitted> {
    const token = this.tokens.get(endpoint.region) ?? this.newest;
    const answer = await this.exchange.send(named(request, token), leftMs(), stop);
    if (!lacksSession(answer) || stop.aborted) return { answer, turnedAway: lacksSession(answer), opened: false };
    // Another trade may have opened one since.
    const since = this.tokens.get(endpoint.region);
    const opened = since === undefined || since === token;
    if (opened) {
      const outcome = await this.open(endpoint, leftMs());
      if (openedSession(outcome) === undefined) return { answer: outcome, turnedAway: true, opened: false };
    }
    const again = await this.exchange.send(named(request, this.tokens.get(endpoint.region)), leftMs(), stop);
    return { answer: again, turnedAway: lacksSession(again), opened };
  }

  /** All who ask at once share one: it is not one trade's, and goes on when that trade needs nothing any more. */
  open(endpoint: Endpoint, timeoutMs: number): Promise<Answer> {
    const { region, url } = endpoint;
    const underWay = this.opening.get(region);
    if (underWay !== undefined) return underWay;
    const asked = this.exchange.send({ method: "POST", url: `${url}/sessions`, region, headers: {} }, timeoutMs).then((answer) => {
      this.opening.delete(region);
      const token = openedSession(answer);
      if (token !== undefined) {
        this.tokens.set(region, token);
        this.newest = token;
      }
      return answer;
    });
    this.opening.set(region, asked);
    return asked;
  }
}

const named = (request: OutgoingRequest, token: string | undefined): OutgoingRequest =>
  token === undefined ? request : { ...request, headers: { ...request.headers, [SESSION_HEADER]: token } };
