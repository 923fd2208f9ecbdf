import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isAwsError, limits } from "./clients";

/** Document client for this region's tables. A conflicting write of the other region (MRSC) is retried like a throttle. */
export function tableClient(requestTimeoutMs = 2_000, maxAttempts = 4): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(limits(requestTimeoutMs, maxAttempts)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

const CONFLICT_RETRIES = 6;

/**
 * Runs a conditional write again when MRSC answers that the same item was being written in another region
 * (`ReplicatedWriteConflictException`: nothing was written, try again). Backoff doubles from 20 ms, with full jitter.
 */
export async function retryConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!isAwsError(error, "ReplicatedWriteConflictException", "TransactionConflictException") || attempt >= CONFLICT_RETRIES)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
    }
  }
}

/** A write whose condition did not hold answers undefined instead of throwing. */
export async function unlessConditionFails<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await retryConflicts(write);
  } catch (error) {
    if (isAwsError(error, "ConditionalCheckFailedException")) return undefined;
    throw error;
  }
}
