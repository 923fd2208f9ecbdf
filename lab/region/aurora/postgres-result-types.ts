/**
 * What the RDS Data API returns. AWS lists the types of Aurora PostgreSQL ("Amazon RDS Data API operations reference"); a result with any other one
 * is refused, whole, with UnsupportedResultException. Others have met it with void, regtype and "char"; `timestamp with time zone` is not on the
 * list either. Arrays of some types are; nothing here returns one, so the lab refuses them too.
 */

import { type Field, UnsupportedResult } from "./session";

type Read = (text: string) => Field;

const asLong: Read = (text) => ({ longValue: Number(text) });
const asDouble: Read = (text) => ({ doubleValue: Number(text) });
const asString: Read = (text) => ({ stringValue: text });
const asBoolean: Read = (text) => ({ booleanValue: text === "t" });
const asBlob: Read = (text) => ({ blobValue: Buffer.from(text.slice(2), "hex").toString("base64") });

/** PostgreSQL's numbers of the listed types (catalogue pg_type), by how a value is given. */
const LISTED: ReadonlyMap<number, Read> = new Map(
  (
    [
      // int8, int2, int4
      [asLong, [20, 21, 23]],
      // float4, float8
      [asDouble, [700, 701]],
      [asBoolean, [16]],
      [asBlob, [17]],
      // name, text, json, cidr, inet, char(n), varchar, date, time, timestamp, numeric, uuid, jsonb
      [asString, [19, 25, 114, 650, 869, 1042, 1043, 1082, 1083, 1114, 1700, 2950, 3802]],
    ] as const
  ).flatMap(([read, types]) => types.map((type) => [type, read] as const)),
);

/** Numbers from here on are types that somebody has made. */
const FIRST_OWN = 16_384;

/** A type as the catalogue tells of it: its name, and "e" for an enumeration, which is on AWS's list. */
export type Catalogue = (
  types: readonly number[],
) => Promise<readonly { readonly oid: number; readonly name: string; readonly kind: string }[]>;

/** How the values of these types are read, in order; rejects with UnsupportedResult where AWS would refuse one. */
export async function readersOf(types: readonly number[], catalogue: Catalogue): Promise<readonly Read[]> {
  const unknown = [...new Set(types.filter((type) => !LISTED.has(type)))];
  const described = unknown.length === 0 ? [] : await catalogue(unknown);
  const refused = described.find(({ oid, kind }) => oid < FIRST_OWN || kind !== "e");
  if (refused !== undefined) throw new UnsupportedResult(`The result contains the unsupported data type ${refused.name}.`);
  return types.map((type) => LISTED.get(type) ?? asString);
}
