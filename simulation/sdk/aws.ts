/**
 * Stands in for the AWS SDK's packages in the handlers' bundles: the handlers' own adapters run unchanged, and every call they make goes to
 * the simulated services of the region that the client is for. The names are the SDK's, as far as the handlers use them.
 */
import type { ClientConfig, Host } from "../kernel/host";

/** Given to each function's bundle as an argument. */
declare const __simulation: Host;

class Command {
  readonly operation: string = "";
  constructor(readonly input: unknown) {}
}

class Client {
  readonly service: string = "";
  constructor(readonly config: ClientConfig = {}) {}
  send(command: Command): Promise<unknown> {
    return __simulation.send(this.service, command.operation, command.input, this.config);
  }
}

const client = (service: string) =>
  class extends Client {
    override readonly service = service;
  };
const command = (operation: string) =>
  class extends Command {
    override readonly operation = operation;
  };

export const DynamoDBClient = client("dynamodb");
export const DynamoDBDocumentClient = { from: (inner: Client): Client => inner };
export const GetCommand = command("Get");
export const PutCommand = command("Put");
export const UpdateCommand = command("Update");
export const QueryCommand = command("Query");

export const SQSClient = client("sqs");
export const SendMessageBatchCommand = command("SendMessageBatch");
export const GetQueueAttributesCommand = command("GetQueueAttributes");

export const RDSDataClient = client("rds-data");
export const BeginTransactionCommand = command("BeginTransaction");
export const ExecuteStatementCommand = command("ExecuteStatement");
export const CommitTransactionCommand = command("CommitTransaction");
export const RollbackTransactionCommand = command("RollbackTransaction");

export const RDSClient = client("rds");
export const DescribeGlobalClustersCommand = command("DescribeGlobalClusters");
export const DescribeDBClustersCommand = command("DescribeDBClusters");
export const FailoverGlobalClusterCommand = command("FailoverGlobalCluster");
export const SwitchoverGlobalClusterCommand = command("SwitchoverGlobalCluster");

export const CloudWatchClient = client("cloudwatch");
export const GetMetricStatisticsCommand = command("GetMetricStatistics");

export const SFNClient = client("states");
export const StartExecutionCommand = command("StartExecution");
export const DescribeExecutionCommand = command("DescribeExecution");
export const ListExecutionsCommand = command("ListExecutions");
export const DescribeStateMachineCommand = command("DescribeStateMachine");

export const EventBridgeClient = client("events");
export const PutEventsCommand = command("PutEvents");

export const S3Client = client("s3");
export const PutObjectCommand = command("PutObject");

/** The simulated API trusts its callers: a signature would only cost time. */
export class SignatureV4 {
  sign(request: { readonly headers: Readonly<Record<string, string>> }): Promise<{ headers: Record<string, string> }> {
    return Promise.resolve({ headers: { ...request.headers } });
  }
}
export class Sha256 {}
