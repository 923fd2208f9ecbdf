import type { Session, SessionStore } from "../../../handlers/ports";

/** Sessions of one region; `forget` is what a copy has that was not in time. */
export class MemorySessionStore implements SessionStore {
  readonly sessions = new Map<string, Session>();

  open = async (digest: string, session: Session): Promise<void> => void this.sessions.set(digest, session);
  find = async (digest: string): Promise<Session | undefined> => this.sessions.get(digest);
  forget = (): void => this.sessions.clear();
}
