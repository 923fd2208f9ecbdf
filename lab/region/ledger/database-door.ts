/**
 * Where servers connect to the region's database, which trusts everybody on this machine: asks who comes for the token of IAM, as Aurora does, and lets in
 * whose role may connect. No TLS: the server has no certificate.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { LedgerEngine } from "../../setup/ledger";
import type { Handshake } from "./handshake";
import { mysqlHandshake } from "./mysql-handshake";
import { postgresHandshake } from "./postgres-handshake";

const HANDSHAKES: Readonly<Record<LedgerEngine, Handshake>> = { "aurora-postgresql": postgresHandshake, "aurora-mysql": mysqlHandshake };

export interface DoorParts {
  readonly engine: LedgerEngine;
  /** Port of the database on 127.0.0.1. */
  readonly databasePort: number;
  /** Why whoever brings this may not come in as this user; undefined: he may. */
  readonly refusal: (address: string, user: string, token: string) => string | undefined;
}

export class DatabaseDoor {
  private readonly server: Server;
  private readonly open = new Set<Socket>();

  constructor(private readonly parts: DoorParts) {
    this.server = createServer((socket) => {
      this.keep(socket);
      this.letIn(socket).catch(() => socket.destroy());
    });
  }

  /** Answers the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen({ port: 0, host: "127.0.0.1" }, () => resolve());
    });
    return this.port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private keep(socket: Socket): void {
    this.open.add(socket);
    socket.once("close", () => this.open.delete(socket));
    socket.on("error", () => socket.destroy());
  }

  private async letIn(client: Socket): Promise<void> {
    const { engine, databasePort, refusal } = this.parts;
    const database = await HANDSHAKES[engine]({
      client,
      connect: () => this.upstream(client, databasePort),
      refusal: (user, token) => refusal(`127.0.0.1:${this.port}`, user, token),
    });
    if (database === undefined) return;
    client.pipe(database);
    database.pipe(client);
  }

  /** Neither end outlives the other. */
  private upstream(client: Socket, port: number): Socket {
    const database = connect({ port, host: "127.0.0.1" });
    this.keep(database);
    client.once("close", () => database.destroy());
    database.once("close", () => client.destroy());
    return database;
  }
}
