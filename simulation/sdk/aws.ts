/**
 * Stands in for the AWS SDK's packages in the handlers' bundles: the handlers' own adapters run unchanged, and every call they make goes to
 * the simulated services of the region that the client is for. The names are the SDK's, as far as the handlers use them.
 */
import type { ClientConfig, Host } from "../kernel/host";

/** Given to each function's bundle as an argument. */
declare const __simulation: Host;

// Declared and assigned: a class field would be initialised first, with each of the thousands of commands.
class Command {
  declare readonly input: unknown;
  declare readonly operation: string;
  constructor(input: unknown, operation: string) {
    this.input = input;
    this.operation = operation;
  }
}

class Client {
  constructor(
    readonly config: ClientConfig,
    private readonly service: string,
  ) {}
  send(command: Command): Promise<unknown> {
    return __simulation.send(this.service, command.operation, command.input, this.config);
  }
}

const client = (service: string) =>
  class extends Client {
    constructor(config: ClientConfig = {}) {
      super(config, service);
    }
  };
const command = (operation: string) =>
  class extends Command {
    constructor(input: unknown) {
      super(input, operation);
    }
  };

// Marked as pure: a bundle keeps only what its function uses, and a cold start makes no more classes than that.
export const DynamoDBClient = /* @__PURE__ */ client("dynamodb");
export const DynamoDBDocumentClient = { from: (inner: Client): Client => inner };
export const GetCommand = /* @__PURE__ */ command("Get");
export const PutCommand = /* @__PURE__ */ command("Put");
export const UpdateCommand = /* @__PURE__ */ command("Update");
export const QueryCommand = /* @__PURE__ */ command("Query");

export const SQSClient = /* @__PURE__ */ client("sqs");
export const SendMessageBatchCommand = /* @__PURE__ */ command("SendMessageBatch");
export const GetQueueAttributesCommand = /* @__PURE__ */ command("GetQueueAttributes");

export const RDSDataClient = /* @__PURE__ */ client("rds-data");
export const BeginTransactionCommand = /* @__PURE__ */ command("BeginTransaction");
export const ExecuteStatementCommand = /* @__PURE__ */ command("ExecuteStatement");
export const CommitTransactionCommand = /* @__PURE__ */ command("CommitTransaction");
export const RollbackTransactionCommand = /* @__PURE__ */ command("RollbackTransaction");

export const RDSClient = /* @__PURE__ */ client("rds");
export const DescribeGlobalClustersCommand = /* @__PURE__ */ command("DescribeGlobalClusters");
export const DescribeDBClustersCommand = /* @__PURE__ */ command("DescribeDBClusters");
export const FailoverGlobalClusterCommand = /* @__PURE__ */ command("FailoverGlobalCluster");
export const SwitchoverGlobalClusterCommand = /* @__PURE__ */ command("SwitchoverGlobalCluster");

export const CloudWatchClient = /* @__PURE__ */ client("cloudwatch");
export const GetMetricStatisticsCommand = /* @__PURE__ */ command("GetMetricStatistics");

export const SFNClient = /* @__PURE__ */ client("states");
export const StartExecutionCommand = /* @__PURE__ */ command("StartExecution");
export const DescribeExecutionCommand = /* @__PURE__ */ command("DescribeExecution");
export const ListExecutionsCommand = /* @__PURE__ */ command("ListExecutions");
export const DescribeStateMachineCommand = /* @__PURE__ */ command("DescribeStateMachine");

export const EventBridgeClient = /* @__PURE__ */ client("events");
export const PutEventsCommand = /* @__PURE__ */ command("PutEvents");

export const S3Client = /* @__PURE__ */ client("s3");
export const PutObjectCommand = /* @__PURE__ */ command("PutObject");

export const SecretsManagerClient = /* @__PURE__ */ client("secretsmanager");
export const GetSecretValueCommand = /* @__PURE__ */ command("GetSecretValue");

/** The simulated API trusts its callers: a signature would only cost time. */
export class SignatureV4 {
  sign(request: { readonly headers: Readonly<Record<string, string>> }): Promise<{ headers: Record<string, string> }> {
    return Promise.resolve({ headers: { ...request.headers } });
  }
}
export class Sha256 {}
