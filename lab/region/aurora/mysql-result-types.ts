/** What the RDS Data API returns of Aurora MySQL. AWS lists the types ("Amazon RDS Data API operations reference"); the others are refused, as PostgreSQL's are. */
import type { FieldPacket } from "mysql2";
import { type Field, UnsupportedResult } from "./session";

type Read = (bytes: Buffer) => Field;

const asLong: Read = (bytes) => ({ longValue: Number(bytes.toString()) });
const asDouble: Read = (bytes) => ({ doubleValue: Number(bytes.toString()) });
const asString: Read = (bytes) => ({ stringValue: bytes.toString() });
const asBoolean: Read = (bytes) => ({ booleanValue: bytes.toString() !== "0" });
const asBit: Read = (bytes) => ({ booleanValue: bytes.some((byte) => byte !== 0) });
const asBlob: Read = (bytes) => ({ blobValue: bytes.toString("base64") });

/** The character set of what is no text. */
const BINARY = 63;

/** The protocol's numbers of the listed types. */
const LISTED: ReadonlyMap<number, Read> = new Map(
  (
    [
      // SMALLINT, INT, BIGINT, MEDIUMINT
      [asLong, [2, 3, 8, 9]],
      // FLOAT, DOUBLE
      [asDouble, [4, 5]],
      // DECIMAL, NULL, TIMESTAMP, DATE, TIME, DATETIME, JSON, ENUM
      [asString, [0, 6, 7, 10, 11, 12, 245, 246, 247]],
      [asBit, [16]],
    ] as const
  ).flatMap(([read, types]) => types.map((type) => [type, read] as const)),
);
const TINYINT = 1;
/** VARCHAR, the BLOBs and TEXTs, and CHAR; binary ones carry the character set that is none. */
const TEXTS: readonly number[] = [15, 249, 250, 251, 252, 253, 254];

export function mysqlReaderOf({ columnType = -1, columnLength, characterSet, name }: FieldPacket): Read {
  // TINYINT(1) is what BOOLEAN is called.
  if (columnType === TINYINT) return columnLength === 1 ? asBoolean : asLong;
  if (TEXTS.includes(columnType)) return characterSet === BINARY ? asBlob : asString;
  const read = LISTED.get(columnType);
  if (read === undefined) throw new UnsupportedResult(`The result contains the unsupported data type of column ${name}.`);
  return read;
}
