import { UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { ACCOUNT_ITEM } from "../../contract/tables";
import type { Sessions } from "../ports";
import type { Environment } from "./environment";
import { unlessConditionFails } from "./table";

const RETENTION_SECONDS = 30 * 24 * 3600;

/** The last trade of each account, in the sessions table: a global table with eventual consistency, written in both regions, the last writer wins. */
export function sessions(env: Environment<"sessions.write">, client: DynamoDBDocumentClient): Sessions {
  return {
    touch: async (accountId, tradeId, at) => {
      await unlessConditionFails(() =>
        client.send(
          new UpdateCommand({
            TableName: env.SESSIONS_TABLE,
            Key: { id: `${ACCOUNT_ITEM}${accountId}` },
            UpdateExpression: "SET lastTradeId = :id, lastTradeAt = :at, expiresAt = :expires",
            ConditionExpression: "attribute_not_exists(lastTradeAt) OR lastTradeAt <= :at",
            ExpressionAttributeValues: { ":id": tradeId, ":at": at, ":expires": Math.floor(Date.parse(at) / 1000) + RETENTION_SECONDS },
          }),
        ),
      );
    },
  };
}
