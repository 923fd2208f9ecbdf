import * as v from "valibot";
import type { KeyFacts } from "./key";
import { API } from "./keys/api";
import { CAPACITY } from "./keys/capacity";
import { IDENTITY } from "./keys/identity";
import { KEEPING } from "./keys/keeping";
import { LEDGER } from "./keys/ledger";
import { NETWORK } from "./keys/network";
import { OPERATIONS } from "./keys/operations";
import { PUBLIC_NAME } from "./keys/public-name";
import { RTO } from "./keys/rto";

/** Every key of a stack's configuration, by sections: where it is read, where it is declared to Pulumi and where it is described, this is what is asked. */
export const SCHEMA = v.intersect([IDENTITY, PUBLIC_NAME, RTO, NETWORK, LEDGER, API, CAPACITY, KEEPING, OPERATIONS]);

export interface DeclaredKey extends KeyFacts {
  /** Members of a group as `group.member`. */
  readonly name: string;
}

export interface Section {
  readonly title: string;
  readonly keys: readonly DeclaredKey[];
}

export const sections = (): readonly Section[] =>
  SCHEMA.options.map((section) => ({ title: v.getTitle(section) ?? "", keys: keysOf(section.entries) }));

const keysOf = (entries: v.ObjectEntries, group = ""): readonly DeclaredKey[] =>
  Object.entries(entries).flatMap(([name, schema]) => {
    if (schema.type === "object") return keysOf((schema as unknown as v.ObjectSchema<v.ObjectEntries, undefined>).entries, `${name}.`);
    const { facts } = v.getMetadata(schema) as { facts: KeyFacts };
    return [{ name: `${group}${name}`, ...facts }];
  });
