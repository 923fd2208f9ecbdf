/**
 * Where servers connect to the region's PostgreSQL, which trusts everybody on this machine: asks who comes for the token of IAM, as Aurora does of
 * members of rds_iam, and lets in whose role may connect. No TLS: the server has no certificate.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface DoorParts {
  /** Port of the database on 127.0.0.1. */
  readonly databasePort: number;
  /** Why whoever brings this may not come in as this user; undefined: he may. */
  readonly refusal: (address: string, user: string, token: string) => string | undefined;
}

const SSL_REQUEST = 80_877_103;
const START_UP = 196_608;
/** AuthenticationCleartextPassword. */
const ASK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

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

  private async letIn(socket: Socket): Promise<void> {
    const read = reader(socket);
    let startUp = await read(0);
    if (startUp.readInt32BE(4) === SSL_REQUEST) {
      socket.write("N");
      startUp = await read(0);
    }
    if (startUp.readInt32BE(4) === START_UP) {
      const user = userOf(startUp);
      socket.write(ASK);
      const token = (await read(1)).subarray(5).toString("utf8").replace(/\0.*$/s, "");
      const refusal = this.parts.refusal(`127.0.0.1:${this.port}`, user, token);
      if (refusal !== undefined) return void socket.end(fatal(`PAM authentication failed for user "${user}"`));
    }
    const upstream = connect({ port: this.parts.databasePort, host: "127.0.0.1" });
    this.keep(upstream);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const)
      one.once("close", () => other.destroy());
    upstream.write(startUp);
    socket.pipe(upstream);
    upstream.pipe(socket);
  }
}

/** Whole messages of the protocol, one by one: after so many bytes of a type comes the length, which counts itself. */
function reader(socket: Socket): (typeBytes: number) => Promise<Buffer> {
  return async (typeBytes) => {
    let got = Buffer.alloc(0);
    for (;;) {
      const whole = got.length < typeBytes + 4 ? Infinity : typeBytes + got.readInt32BE(typeBytes);
      if (got.length >= whole) {
        if (got.length > whole) socket.unshift(got.subarray(whole));
        return got.subarray(0, whole);
      }
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) got = Buffer.concat([got, chunk]);
      else
        await new Promise<void>((resolve, reject) => {
          const gone = (): void => reject(new Error("the client has gone"));
          socket.once("close", gone);
          socket.once("readable", () => {
            socket.off("close", gone);
            resolve();
          });
        });
    }
  };
}

function userOf(startUp: Buffer): string {
  const texts = startUp.subarray(8).toString("utf8").split("\0");
  return texts[texts.indexOf("user") + 1] ?? "";
}

function fatal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C28000\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
