import { SESSION_PROBLEM } from "../../contract/problems";
import { SESSION_HEADER } from "../../contract/routes";
import type { Heard, Post } from "./posting";

/** The one session of a client that knows one address: whichever region is behind it, a session that it does not know is replaced by another one. */
export class SessionTicket {
  private token: string | undefined;

  /** Sends a trade; where the answer is that it needs a session, opens one and sends it again. */
  async submit(post: Post, headers: Readonly<Record<string, string>>, body: string): Promise<Heard & { readonly openedSession: boolean }> {
    const send = (): Promise<Heard> =>
      post("/trades", { ...headers, ...(this.token === undefined ? {} : { [SESSION_HEADER]: this.token }) }, body);
    const answer = await send();
    if (!needsSession(answer)) return { ...answer, openedSession: false };
    const opened = await this.open(post);
    return opened === undefined ? { ...(await send()), openedSession: true } : { ...opened, openedSession: false };
  }

  /** Answers with what was heard instead of a session. */
  async open(post: Post): Promise<Heard | undefined> {
    const answer = await post("/sessions", {});
    if (answer.status !== 201) return answer;
    this.token = String((JSON.parse(answer.body) as { sessionToken?: unknown }).sessionToken);
    return undefined;
  }
}

/** It is no last word on the trade. */
export const needsSession = ({ status, body }: Heard): boolean => status === 401 && body.includes(`"type":"${SESSION_PROBLEM}"`);
