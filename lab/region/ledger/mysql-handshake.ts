/** MySQL's: Aurora asks a user of AWSAuthenticationPlugin for the token by the client's plugin mysql_clear_password. */
import type { Handshake } from "./handshake";
import { type Measure, reader } from "./packets";

/** Of the server's abilities: a connection under TLS, or compressed. The door could not follow it. */
const SSL = 1 << 11;
const COMPRESS = 1 << 5;
const ASK = Buffer.from("\xfemysql_clear_password\0", "latin1");
const ACCESS_DENIED = 1045;

/** Three bytes of length, one of the packet's number. */
const packet: Measure = (got) => (got.length < 4 ? undefined : 4 + got.readUIntLE(0, 3));

const numbered = (number: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = number;
  return Buffer.concat([head, payload]);
};

export const mysqlHandshake: Handshake = async ({ client, connect, refusal }) => {
  const database = connect();
  const [fromClient, fromDatabase] = [reader(client), reader(database)];
  client.write(withoutTls(await fromDatabase(packet)));
  const answer = await fromClient(packet);
  const user = userOf(answer);
  client.write(numbered(2, ASK));
  const token = (await fromClient(packet)).subarray(4).toString("utf8").replace(/\0.*$/s, "");
  if (refusal(user, token) !== undefined) {
    database.destroy();
    client.end(numbered(4, denied(`Access denied for user '${user}'@'127.0.0.1' (using password: YES)`)));
    return undefined;
  }
  // The database knows the user without a password, and has one packet less behind it than the client.
  database.write(answer);
  client.write(numbered(4, (await fromDatabase(packet)).subarray(4)));
  return database;
};

/** The greeting: protocol, version, connection, eight bytes of a nonce and one of nothing; then the lower half of the abilities. */
function withoutTls(greeting: Buffer): Buffer {
  const changed = Buffer.from(greeting);
  const at = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
  changed.writeUInt16LE(greeting.readUInt16LE(at) & ~(SSL | COMPRESS), at);
  return changed;
}

/** Abilities, the largest packet, the character set and 23 bytes of nothing come before the name. */
function userOf(answer: Buffer): string {
  const at = 4 + 4 + 4 + 1 + 23;
  return answer.toString("utf8", at, answer.indexOf(0, at));
}

function denied(message: string): Buffer {
  const number = Buffer.alloc(3);
  number[0] = 0xff;
  number.writeUInt16LE(ACCESS_DENIED, 1);
  return Buffer.concat([number, Buffer.from(`#28000${message}`)]);
}
