/** PostgreSQL's: Aurora asks members of rds_iam for the token as a password in clear text. */
import type { Handshake } from "./handshake";
import { type Measure, reader } from "./packets";

const SSL_REQUEST = 80_877_103;
const START_UP = 196_608;
/** AuthenticationCleartextPassword. */
const ASK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** After so many bytes of a type comes the length, which counts itself. */
const message =
  (typeBytes: number): Measure =>
  (got) =>
    got.length < typeBytes + 4 ? undefined : typeBytes + got.readInt32BE(typeBytes);
const untyped = message(0);
const typed = message(1);

export const postgresHandshake: Handshake = async ({ client, connect, refusal }) => {
  const read = reader(client);
  let startUp = await read(untyped);
  if (startUp.readInt32BE(4) === SSL_REQUEST) {
    client.write("N");
    startUp = await read(untyped);
  }
  if (startUp.readInt32BE(4) === START_UP) {
    const user = userOf(startUp);
    client.write(ASK);
    const token = (await read(typed)).subarray(5).toString("utf8").replace(/\0.*$/s, "");
    if (refusal(user, token) !== undefined) {
      client.end(fatal(`PAM authentication failed for user "${user}"`));
      return undefined;
    }
  }
  const database = connect();
  database.write(startUp);
  return database;
};

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
