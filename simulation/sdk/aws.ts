/**
 * Stands in for the AWS SDK's packages in the handlers' bundles: the handlers' own adapters run unchanged, and every call they make goes to
 * the simulated services of the region that the client is for. The names are the SDK's, as far as the handlers use them.
 */
import type { ClientConfig, Host, SdkClient } from "../kernel/host";

/** Given to each function's bundle as an argument. */
declare const __simulation: Host;

// The classes themselves are the host's, the same for all cold starts: thousands of classes of one shape would make every call of them slow.
const client = (service: string): new (config?: ClientConfig) => SdkClient => __simulation.client(service);
const command = (operation: string): new (input: unknown) => object => __simulation.command(operation);

// Marked as pure: a bundle keeps only what its function uses, and a cold start asks for no more than that.
export const DynamoDBClient = /* @__PURE__ */ client("dynamodb");
export const DynamoDBDocumentClient = { from: (inner: SdkClient): SdkClient => inner };
export const BatchGetCommand = /* @__PURE__ */ command("BatchGet");
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

export const SignatureV4 = /* @__PURE__ */ __simulation.signer();
export const Sha256 = /* @__PURE__ */ __simulation.hash();
