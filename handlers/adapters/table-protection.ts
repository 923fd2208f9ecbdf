import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import type { TableProtection } from "../ports";
import { isAwsError, limits } from "./clients";

/** Deletion protection of this region's tables: of a global table, this region's replica alone. */
export function tableProtection(): TableProtection {
  const client = new DynamoDBClient(limits(5_000));
  return {
    isProtected: async (table) =>
      (await client.send(new DescribeTableCommand({ TableName: table }))).Table?.DeletionProtectionEnabled ?? false,
    set: async (table, on) => {
      try {
        await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: on }));
        return true;
      } catch (error) {
        if (isAwsError(error, "ResourceInUseException")) return false;
        throw error;
      }
    },
  };
}
