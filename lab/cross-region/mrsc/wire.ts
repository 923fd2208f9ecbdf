/** Requests and answers between replicas: lines of JSON over one kept TCP connection a direction, each with an id; many are under way at once. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Acceptor, Ballot, Item } from "./acceptor";

export type Request =
  | { readonly kind: "prepare"; readonly register: string; readonly ballot: Ballot }
  | { readonly kind: "accept"; readonly register: string; readonly ballot: Ballot; readonly item: Item }
  | { readonly kind: "changes"; readonly since: number }
  | { readonly kind: "learn"; readonly register: string; readonly ballot: Ballot; readonly item: Item };

/** A peer that hangs must not gather messages without end. */
const BACKLOG_BYTES = 4 * 1024 * 1024;

function lines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) onLine(part);
  });
}

export interface AcceptorServer {
  close(): Promise<void>;
}

/** What of a way between two replicas is whole, seen from one end. A message that is lost is lost without a word. */
export interface Way {
  readonly sends: boolean;
  readonly hears: boolean;
}

export const WHOLE: Way = { sends: true, hears: true };

/** Serves an acceptor to its peers on loopback. What it does not hear it does not do; what it has done and can't answer stays done. */
export async function serveAcceptor(
  acceptor: Acceptor,
  port: number,
  way: () => Way,
  onLearn: (register: string, ballot: Ballot, item: Item) => void,
): Promise<AcceptorServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    lines(socket, (line) => {
      if (!way().hears) return;
      const { id, request } = JSON.parse(line) as { id: number; request: Request };
      if (request.kind === "learn") return onLearn(request.register, request.ballot, request.item);
      const answer =
        request.kind === "prepare"
          ? acceptor.prepare(request.register, request.ballot)
          : request.kind === "accept"
            ? acceptor.accept(request.register, request.ballot, request.item)
            : acceptor.changes(request.since);
      if (way().sends) socket.write(`${JSON.stringify({ id, answer })}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen({ port, host: "127.0.0.1" }, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A peer's acceptor, as seen over the network: connects when needed, again after a break, and answers or rejects within the deadline. */
export class Peer {
  private socket: Socket | undefined;
  private nextId = 1;
  private readonly waiting = new Map<number, (answer: unknown) => void>();

  constructor(
    private readonly port: number,
    private readonly deadlineMs: number,
    private readonly way: () => Way,
  ) {}

  ask<T>(request: Request): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = this.nextId++;
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error("no answer from the peer"));
      }, this.deadlineMs);
      this.waiting.set(id, (answer) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        if (answer instanceof Error) reject(answer);
        else resolve(answer as T);
      });
      if (!this.send(id, request)) this.waiting.get(id)?.(new Error("the peer can't be reached"));
    });
  }

  tell(request: Request): void {
    this.send(0, request);
  }

  close(): void {
    this.socket?.destroy();
  }

  private send(id: number, request: Request): boolean {
    if (!this.way().sends) return false;
    const socket = this.connection();
    if (socket.writableLength > BACKLOG_BYTES) return false;
    socket.write(`${JSON.stringify({ id, request })}\n`);
    return true;
  }

  private connection(): Socket {
    if (this.socket && !this.socket.destroyed) return this.socket;
    const socket = connect({ port: this.port, host: "127.0.0.1", noDelay: true });
    this.socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (this.socket === socket) this.socket = undefined;
      for (const answer of [...this.waiting.values()]) answer(new Error("the connection to the peer broke"));
    });
    lines(socket, (line) => {
      const { id, answer } = JSON.parse(line) as { id: number; answer: unknown };
      if (this.way().hears) this.waiting.get(id)?.(answer);
    });
    return socket;
  }
}
