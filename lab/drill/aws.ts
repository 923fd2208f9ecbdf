import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";

const SHARDS = 8;

export interface LeaseView {
  readonly holder: string;
  readonly epoch: number;
  readonly renewals: number;
}

export interface ExecutionView {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly error: string;
}

/** One region's AWS endpoint as an operator with credentials sees it. Every call has a short deadline and is made once. */
export class AwsView {
  private readonly dynamo: DynamoDBClient;
  private readonly sqs: SQSClient;
  private readonly sfn: SFNClient;
  private readonly lambda: LambdaClient;

  constructor(
    readonly region: string,
    endpoint: string,
  ) {
    const shared = {
      region,
      endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    };
    this.dynamo = new DynamoDBClient(shared);
    this.sqs = new SQSClient(shared);
    this.sfn = new SFNClient(shared);
    this.lambda = new LambdaClient(shared);
  }

  async lease(table: string): Promise<LeaseView | undefined> {
    const { Item } = await this.dynamo.send(
      new GetItemCommand({ TableName: table, Key: { leaseId: { S: "ledger" } }, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    return { holder: Item.holder?.S ?? "", epoch: Number(Item.epoch?.N ?? 0), renewals: Number(Item.renewals?.N ?? 0) };
  }

  /** Accepted trades that are not marked settled, the platform's own canaries included. */
  async pending(table: string): Promise<number> {
    const counts = await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => {
        let count = 0;
        let from: Record<string, never> | undefined;
        do {
          const page = await this.dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: "pending",
              KeyConditionExpression: "pendingShard = :shard",
              ExpressionAttributeValues: { ":shard": { S: String(shard) } },
              Select: "COUNT",
              ExclusiveStartKey: from,
            }),
          );
          count += page.Count ?? 0;
          from = page.LastEvaluatedKey as Record<string, never> | undefined;
        } while (from !== undefined);
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Which of these trades the journal holds as accepted; strongly consistent. */
  async unsettled(table: string, tradeIds: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const tradeId of tradeIds) {
      const key = { TableName: table, Key: { tradeId: { S: tradeId } }, ConsistentRead: true };
      const { Item } = await this.dynamo.send(new GetItemCommand(key));
      if (Item?.status?.S === "ACCEPTED") found.push(tradeId);
    }
    return found;
  }

  async queueDepth(queueUrl: string): Promise<{ waiting: number; inFlight: number }> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  async executions(machineArn: string): Promise<ExecutionView[]> {
    const { executions } = await this.sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn, maxResults: 20 }));
    return (executions ?? []).map(({ executionArn, name, status }) => ({
      arn: executionArn ?? "",
      name: name ?? "",
      status: String(status),
      error: "",
    }));
  }

  async execution(arn: string): Promise<ExecutionView & { readonly output: string }> {
    const { name, status, error, cause, output } = await this.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    return {
      arn,
      name: name ?? "",
      status: String(status),
      error: [error, cause].filter((part) => part !== undefined && part !== "").join(": "),
      output: output ?? "",
    };
  }

  /** Names of the states entered so far, in order. */
  async statesEntered(arn: string): Promise<string[]> {
    const { events } = await this.sfn.send(new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000 }));
    return (events ?? []).flatMap(({ stateEnteredEventDetails }) =>
      stateEnteredEventDetails?.name === undefined ? [] : [stateEnteredEventDetails.name],
    );
  }

  async start(machineArn: string, name: string, input: object): Promise<string> {
    const { executionArn } = await this.sfn.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn ?? "";
  }

  async stop(arn: string, cause: string): Promise<void> {
    await this.sfn.send(new StopExecutionCommand({ executionArn: arn, error: "Drill", cause }));
  }

  async setPollers(functionName: string, enabled: boolean): Promise<void> {
    const { EventSourceMappings } = await this.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: functionName }));
    const ids = (EventSourceMappings ?? []).flatMap(({ UUID }) => UUID ?? []);
    if (ids.length === 0) throw new Error(`${functionName} has no event source mapping`);
    for (const UUID of ids) await this.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled }));
  }

  close(): void {
    this.lambda.destroy();
    this.dynamo.destroy();
    this.sqs.destroy();
    this.sfn.destroy();
  }
}
