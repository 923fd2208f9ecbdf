import * as v from "valibot";
import { isServed, type Compute } from "../../contract/placement";
import type { KeyFacts } from "./key";
import { ALARMS } from "./keys/alarms";
import { API } from "./keys/api";
import { CAPACITY } from "./keys/capacity";
import { IDENTITY } from "./keys/identity";
import { KEEPING } from "./keys/keeping";
import { LEDGER } from "./keys/ledger";
import { NETWORK } from "./keys/network";
import { NOTICES } from "./keys/notices";
import { OPERATIONS } from "./keys/operations";
import { PUBLIC_NAME } from "./keys/public-name";
import { RTO } from "./keys/rto";
import { SERVERS } from "./keys/servers";
import { SESSIONS } from "./keys/sessions";

/** Every key of a stack's configuration, by sections: where it is read, where it is declared to Pulumi and where it is described, this is what is asked. */
const SECTIONS = v.intersect([
  IDENTITY,
  PUBLIC_NAME,
  RTO,
  NETWORK,
  LEDGER,
  API,
  SESSIONS,
  SERVERS,
  CAPACITY,
  KEEPING,
  OPERATIONS,
  NOTICES,
  ALARMS,
]);

/** Asked also where another section has a problem, and then of the texts: a value may be missing. */
type Partly = Readonly<Partial<Record<"apiAuth" | "domainName", string>>> & { readonly compute?: Compute };
const served = ({ compute = "lambda" }: Partly): boolean => isServed(compute);

/** The sections, and what they ask of each other. */
export const SCHEMA = v.pipe(
  SECTIONS,
  v.forward(
    v.partialCheck(
      [["compute"], ["apiAuth"]],
      (given: Partly) => !served(given) || (given.apiAuth ?? "iam") !== "iam",
      ({ input }) => `apiKey | jwt | none, because compute is ${input.compute}: a load balancer does not verify signatures`,
    ),
    ["apiAuth"],
  ),
  v.forward(
    v.partialCheck(
      [["compute"], ["domainName"]],
      (given: Partly) => !served(given) || given.domainName !== undefined,
      ({ input }) => `a domain name, because compute is ${input.compute}: the load balancers' certificates are for it`,
    ),
    ["domainName"],
  ),
);

export interface DeclaredKey extends KeyFacts {
  /** Members of a group as `group.member`. */
  readonly name: string;
}

export interface Section {
  readonly title: string;
  readonly keys: readonly DeclaredKey[];
}

export const sections = (): readonly Section[] =>
  SECTIONS.options.map((section) => ({ title: v.getTitle(section) ?? "", keys: keysOf(section.entries) }));

const keysOf = (entries: v.ObjectEntries, group = ""): readonly DeclaredKey[] =>
  Object.entries(entries).flatMap(([name, schema]) => {
    if (schema.type === "object") return keysOf((schema as unknown as v.ObjectSchema<v.ObjectEntries, undefined>).entries, `${name}.`);
    const { facts } = v.getMetadata(schema) as { facts: KeyFacts };
    return [{ name: `${group}${name}`, ...facts }];
  });
