import { randomBytes } from "node:crypto";
import { GetCommand, PutCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { CapabilityName } from "../../contract/environment";
import { SESSION_ITEM } from "../../contract/tables";
import type { Session, SessionStore } from "../ports";
import type { Allowed, Environment } from "./environment";

/** 256 bits, as a header takes them. */
export const newSessionToken = (): string => randomBytes(32).toString("base64url");

interface Rights {
  readonly "sessions.open": "open";
  readonly "sessions.check": "find";
}

/**
 * Sessions that callers have opened, in the sessions table: eventually consistent between the regions, strongly within each, so that a session is good
 * at once where it was opened. Undefined where no trade needs one.
 */
export function openSessions<N extends CapabilityName>(
  env: Environment<N> & Pick<Environment<"sessions.check">, "REQUIRED_SESSIONS_TABLE">,
  client: DynamoDBDocumentClient,
): Allowed<SessionStore, Rights, N> | undefined {
  const TableName = env.REQUIRED_SESSIONS_TABLE;
  if (TableName === undefined) return undefined;
  const store: SessionStore = {
    open: async (digest, session) => {
      await client.send(new PutCommand({ TableName, Item: { id: `${SESSION_ITEM}${digest}`, ...session } }));
    },
    find: async (digest) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key: { id: `${SESSION_ITEM}${digest}` }, ConsistentRead: true }));
      return Item as Session | undefined;
    },
  };
  return store;
}
