import type { Socket } from "node:net";

/** A connection that comes through the lab's door to a database. */
export interface Visit {
  readonly client: Socket;
  /** Opens a connection to the database. */
  readonly connect: () => Socket;
  /** Why whoever brings this may not come in as this user; undefined: he may. */
  readonly refusal: (user: string, token: string) => string | undefined;
}

/** Asks who comes for IAM's token; answers the database's connection, in which all that follows is to go on, or undefined when he was turned away. */
export type Handshake = (visit: Visit) => Promise<Socket | undefined>;
