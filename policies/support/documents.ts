/** IAM policy documents: of identities, of resources and of roles' trust. */
import { at, isRecord, isText, json, list, UNKNOWN, type Value, type Values } from "./values";

/** One statement. Parts that are not known yet are left out of the lists: nothing is said about them. */
export interface Statement {
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Principals as `kind:value`, `*` for everybody. */
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly condition: Value;
}

/** `open` where the document is known only after the update, `broken` where it is none. */
export type Document = { readonly state: "open" | "broken" } | { readonly state: "known"; readonly statements: readonly Statement[] };

function textsOf(value: Value): readonly string[] {
  return list(value).filter(isText);
}

function principalsOf(value: Value): readonly string[] {
  if (value === "*") return ["*"];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([kind, names]) =>
    textsOf(names).map((name) => (kind === "AWS" && name === "*" ? "*" : `${kind}:${name}`)),
  );
}

function statementOf(raw: Values): Statement {
  return {
    allows: raw.Effect !== "Deny" && raw.Effect !== UNKNOWN,
    actions: textsOf(raw.Action),
    notActions: textsOf(raw.NotAction),
    resources: textsOf(raw.Resource),
    notResources: textsOf(raw.NotResource),
    principals: principalsOf(raw.Principal),
    notPrincipals: principalsOf(raw.NotPrincipal),
    condition: raw.Condition,
  };
}

/** Reads a document, as JSON text or as an object. */
export function documentOf(value: Value): Document {
  const document = json(value);
  if (document === UNKNOWN) return { state: "open" };
  const statements = at(document, "Statement");
  if (statements === UNKNOWN) return { state: "open" };
  const members = list(statements).filter((one) => one !== UNKNOWN);
  if (!isRecord(document) || statements === undefined || !members.every(isRecord)) return { state: "broken" };
  return { state: "known", statements: members.map(statementOf) };
}

export function statementsOf(document: Document): readonly Statement[] {
  return document.state === "known" ? document.statements : [];
}

/** Values of a condition key under any of the operators, keys compared as IAM does: without case. `UNKNOWN` where it is not known yet. */
export function conditionOn(statement: Statement, key: string): readonly Value[] {
  if (statement.condition === UNKNOWN) return [UNKNOWN];
  if (!isRecord(statement.condition)) return [];
  return Object.values(statement.condition).flatMap((operands) => {
    if (operands === UNKNOWN) return [UNKNOWN];
    if (!isRecord(operands)) return [];
    return Object.entries(operands)
      .filter(([name]) => name.toLowerCase() === key.toLowerCase())
      .flatMap(([, values]) => [...list(values)]);
  });
}

/** True if the document denies every request without TLS. */
export function refusesPlainHttp(document: Document): boolean {
  return statementsOf(document).some(
    (statement) =>
      !statement.allows &&
      statement.principals.includes("*") &&
      statement.actions.length > 0 &&
      conditionOn(statement, "aws:SecureTransport").some((value) => value === UNKNOWN || value === "false" || value === false),
  );
}

/** The parts of an ARN; `undefined` for any other text. */
export function arnOf(text: string): { readonly service: string; readonly region: string; readonly resource: string } | undefined {
  const match = /^arn:[^:]+:([^:]*):([^:]*):[^:]*:(.*)$/.exec(text);
  return match === null ? undefined : { service: match[1] ?? "", region: match[2] ?? "", resource: match[3] ?? "" };
}
