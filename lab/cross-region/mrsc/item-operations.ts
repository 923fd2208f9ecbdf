/**
 * DynamoDB's operations on one item, by dynalite's own actions on a store that holds just that item. Conditions, update expressions and
 * return values are therefore those of a well-kept DynamoDB stand-in and not written again. Its public interface is a server over a store of its
 * own, which can run nothing within a vote: the actions are loaded by their paths, and the version is pinned.
 */
import type { Item } from "./acceptor";
import type { Outcome } from "./registers";

export interface Response {
  readonly status: number;
  readonly body: unknown;
}

type Callback = (error: unknown, value?: unknown) => void;
type Action = (store: unknown, data: unknown, callback: Callback) => void;
interface Validations {
  checkTypes(data: unknown, types: unknown): Record<string, unknown>;
  checkValidations(data: unknown, types: unknown, custom: unknown, store: unknown): void;
}
interface ActionValidation {
  readonly types: unknown;
  readonly custom: unknown;
}

export type Table = Record<string, unknown> & {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
};

/* eslint-disable @typescript-eslint/no-require-imports -- dynalite has no types and its parts are reached by path */
const validations = require("dynalite/validations") as Validations;
const load = (kind: "actions" | "validations", name: string): unknown => require(`dynalite/${kind}/${name}`);
/* eslint-enable @typescript-eslint/no-require-imports */

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Checks a request as DynamoDB would; throws dynalite's error with status and body. */
export function checked(operation: string, body: unknown, store: unknown): Record<string, unknown> {
  const validation = load("validations", lowerFirst(operation)) as ActionValidation;
  const data = validations.checkTypes(body, validation.types);
  validations.checkValidations(data, validation.types, validation.custom, store);
  return data;
}

export function act(operation: string, store: unknown, data: unknown): Promise<unknown> {
  const action = load("actions", lowerFirst(operation)) as Action;
  return new Promise((resolve, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- dynalite's errors carry status and body
    action(store, data, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

export function failed(error: unknown): Response {
  const { statusCode, body } = error as { statusCode?: number; body?: unknown };
  if (statusCode !== undefined && body !== undefined) return { status: statusCode, body };
  throw error;
}

const notFound = (): Error => Object.assign(new Error("not found"), { name: "NotFoundError" });

/** A store of one item, for the length of one operation. Indexes are the local copy's business. */
function oneItemStore(table: Table, before: Item): { store: unknown; after: () => Item | undefined } {
  let written: Item | undefined;
  const items = {
    lock: (_key: string, work: (release: (callback: Callback) => Callback) => void) => work((callback) => callback),
    get: (_key: string, callback: Callback) => (before === null ? callback(notFound()) : callback(null, structuredClone(before))),
    put: (_key: string, item: Item, callback: Callback) => {
      written = item;
      callback(null);
    },
    del: (_key: string, callback: Callback) => {
      written = null;
      callback(null);
    },
  };
  const bare = { ...table, GlobalSecondaryIndexes: undefined };
  const store = {
    options: { maxItemSize: 409_600 },
    tableDb: {},
    getTable: (_name: string, ...rest: unknown[]) => (rest[rest.length - 1] as Callback)(null, bare),
    getItemDb: () => items,
  };
  return { store, after: () => written };
}

const CONDITION_FAILED = "ConditionalCheckFailedException";

/** Runs GetItem, PutItem, UpdateItem or DeleteItem on an item. */
export async function operate(operation: string, table: Table, body: Record<string, unknown>, before: Item): Promise<Outcome<Response>> {
  const { ReturnValuesOnConditionCheckFailure: showOld, ...request } = body;
  const { store, after } = oneItemStore(table, before);
  try {
    const answer = await act(operation, store, checked(operation, request, store));
    return { item: after(), answer: { status: 200, body: answer } };
  } catch (error) {
    const answer = failed(error);
    const type = (answer.body as { __type?: string }).__type ?? "";
    if (type.endsWith(CONDITION_FAILED) && showOld === "ALL_OLD" && before !== null) {
      return { answer: { ...answer, body: { ...(answer.body as object), Item: before } } };
    }
    return { answer };
  }
}
