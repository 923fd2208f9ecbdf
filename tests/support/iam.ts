/** What AWS asks a caller to be allowed, and what the registered policies allow, in the same words: `<action> on <resource>`. */
import { REGIONS } from "./places";
import type { Registration } from "./registrations";
import type { Reached } from "./reachable";

type Site = "primary" | "standby";
const peerOf = (site: Site): Site => (site === "primary" ? "standby" : "primary");

interface Need {
  readonly action: string;
  readonly on: readonly string[];
  /** Only when this member is used; the command alone does not tell on what it works. */
  readonly via?: string;
  /** Only where the function has this variable, or does not have it. */
  readonly variable?: { readonly name: string; readonly set: boolean };
}
const need = (action: string, ...on: string[]): Need => ({ action, on });
const both = (...things: string[]): string[] => things.flatMap((thing) => [thing, `peer ${thing}`]);
const WITH_KEYS = "API_KEY_SECRET_ARN";

/** Each command by the adapter that sends it, which is what says on what resource. A command that is not here fails the test. */
const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "journal.ts GetCommand": [need("dynamodb:GetItem", "journal")],
  "journal.ts PutCommand": [need("dynamodb:PutItem", "journal")],
  "journal.ts UpdateCommand": [need("dynamodb:UpdateItem", "journal")],
  "journal.ts QueryCommand": [need("dynamodb:Query", "journal indexes")],
  "journal.ts BatchGetCommand": [need("dynamodb:BatchGetItem", "journal")],
  "chain-store.ts GetCommand": [need("dynamodb:GetItem", "lease")],
  "chain-store.ts UpdateCommand": [need("dynamodb:UpdateItem", "lease")],
  "lease-store.ts GetCommand": [need("dynamodb:GetItem", "lease")],
  "lease-store.ts PutCommand": [need("dynamodb:PutItem", "lease")],
  "lease-store.ts UpdateCommand": [need("dynamodb:UpdateItem", "lease")],
  "table-protection.ts DescribeTableCommand": [need("dynamodb:DescribeTable", "journal", "lease", "sessions")],
  "table-protection.ts UpdateTableCommand": [need("dynamodb:UpdateTable", "journal", "lease", "sessions")],
  "sessions.ts UpdateCommand": [need("dynamodb:UpdateItem", "sessions")],
  "open-sessions.ts GetCommand": [need("dynamodb:GetItem", "sessions")],
  "open-sessions.ts PutCommand": [need("dynamodb:PutItem", "sessions")],
  // IAM knows no batch: SendMessage covers it.
  "trade-queue.ts SendMessageBatchCommand": [
    { action: "sqs:SendMessage", on: ["queue"], via: "TradeQueue.send" },
    { action: "sqs:SendMessage", on: ["peer queue"], via: "TradeQueue.sendTo" },
  ],
  "acceptance.ts GetQueueAttributesCommand": [need("sqs:GetQueueAttributes", "queue")],
  // A token that the caller signs by itself: what it opens is asked where it is shown.
  "endpoint.ts Signer": [need("rds-db:connect", "ledger user")],
  "audit-log.ts PutObjectCommand": [
    { ...need("s3:PutObject", "audited trades"), via: "AuditLog.record" },
    { ...need("s3:PutObject", "audited acceptances", "audited refusals", "audited moves"), via: "AuditRecord.keep" },
  ],
  "evidence.ts PutObjectCommand": [need("s3:PutObject", "kept evidence")],
  "trade-events.ts PutEventsCommand": [need("events:PutEvents", "bus")],
  // The Data API reads the secret in its caller's name.
  "data-api.ts BeginTransactionCommand": [
    need("rds-data:BeginTransaction", "cluster"),
    need("secretsmanager:GetSecretValue", "ledger secret"),
  ],
  "data-api.ts ExecuteStatementCommand": [need("rds-data:ExecuteStatement", "cluster")],
  "data-api.ts CommitTransactionCommand": [need("rds-data:CommitTransaction", "cluster")],
  "data-api.ts RollbackTransactionCommand": [need("rds-data:RollbackTransaction", "cluster")],
  "global-database.ts DescribeGlobalClustersCommand": [need("rds:DescribeGlobalClusters", "global cluster")],
  "global-database.ts DescribeDBClustersCommand": [need("rds:DescribeDBClusters", "cluster")],
  "replication-lag.ts GetMetricStatisticsCommand": [need("cloudwatch:GetMetricStatistics", "everything")],
  // Both name the global cluster and its members.
  "global-database.ts FailoverGlobalClusterCommand": [need("rds:FailoverGlobalCluster", "global cluster", ...both("cluster"))],
  "global-database.ts SwitchoverGlobalClusterCommand": [need("rds:SwitchoverGlobalCluster", "global cluster", ...both("cluster"))],
  "orchestrator.ts StartExecutionCommand": [
    need("states:StartExecution", "failover machine"),
    { ...need("states:StartExecution", "switchover machine"), via: "Moves.start" },
    { ...need("states:StartExecution", "switchover machine"), via: "Orchestrator.startSwitchover" },
  ],
  "orchestrator.ts DescribeExecutionCommand": [
    need("states:DescribeExecution", "failover executions"),
    { ...need("states:DescribeExecution", "switchover executions"), via: "Moves.start" },
    { ...need("states:DescribeExecution", "switchover executions"), via: "Orchestrator.startSwitchover" },
  ],
  "orchestrator.ts ListExecutionsCommand": [need("states:ListExecutions", "failover machine", "switchover machine")],
  "moves.ts ListExecutionsCommand": [need("states:ListExecutions", "failover machine", "switchover machine")],
  "state-machine.ts DescribeStateMachineCommand": [need("states:DescribeStateMachine", "failover machine")],
  // Signed requests to the region's own API, or the clients' key, as the stack has it.
  "request-signing.ts SignatureV4": [
    { ...need("execute-api:Invoke", "POST /trades", "POST /sessions"), variable: { name: WITH_KEYS, set: false } },
  ],
  "own-api.ts GetSecretValueCommand": [
    { ...need("secretsmanager:GetSecretValue", "API key secret"), variable: { name: WITH_KEYS, set: true } },
  ],
  "parity-site.ts GetFunctionConfigurationCommand": [need("lambda:GetFunctionConfiguration", ...both("functions"))],
  "parity-site.ts GetQueueAttributesCommand": [need("sqs:GetQueueAttributes", ...both("queue", "dead letters"))],
  "parity-site.ts DescribeTableCommand": [need("dynamodb:DescribeTable", ...both("journal", "lease", "sessions"))],
  "parity-site.ts DescribeContinuousBackupsCommand": [need("dynamodb:DescribeContinuousBackups", ...both("journal", "lease", "sessions"))],
  "parity-site.ts DescribeDBClustersCommand": [need("rds:DescribeDBClusters", ...both("cluster"))],
  "parity-site.ts DescribeSecretCommand": [need("secretsmanager:DescribeSecret", "ledger secret", "peer ledger secret")],
  "parity-site.ts GetAccountSettingsCommand": [need("lambda:GetAccountSettings", "everything")],
  "parity-site.ts GetParametersByPathCommand": [
    need("ssm:GetParametersByPath", ...both("shared parameters")),
    need("kms:Decrypt", ...both("site key")),
  ],
  "parameter-store.ts GetParametersByPathCommand": [need("ssm:GetParametersByPath", "shared parameters")],
  "parameter-store.ts GetParameterCommand": [
    need("ssm:GetParameter", ...both("each shared parameter")),
    need("kms:Decrypt", ...both("site key")),
  ],
  "parameter-store.ts GetParameterHistoryCommand": [need("ssm:GetParameterHistory", "peer each shared parameter")],
  "parameter-store.ts PutParameterCommand": [
    need("ssm:PutParameter", "peer each shared parameter"),
    // Secure ones: of the standard tier and, where they are larger, of the advanced one.
    need("kms:Encrypt", "peer site key"),
    need("kms:GenerateDataKey", "peer site key"),
  ],
  "parameter-store.ts DeleteParameterCommand": [need("ssm:DeleteParameter", "peer each shared parameter")],
};

/** A queue or bucket that is encrypted with a customer's key uses it in the caller's name. (Tables and secrets: their key says so itself.) */
const KEYS: Readonly<Record<string, readonly (readonly [action: string, key: string])[]>> = {
  "sqs:SendMessage on queue": [
    ["kms:GenerateDataKey", "site key"],
    ["kms:Decrypt", "site key"],
  ],
  "sqs:SendMessage on peer queue": [
    ["kms:GenerateDataKey", "peer site key"],
    ["kms:Decrypt", "peer site key"],
  ],
  "sqs:ReceiveMessage on queue": [["kms:Decrypt", "site key"]],
  "sns:Publish on alerts": [
    ["kms:GenerateDataKey", "site key"],
    ["kms:Decrypt", "site key"],
  ],
  "sqs:ReceiveMessage on record queue": [["kms:Decrypt", "site key"]],
  // AWS asks for both to upload to a bucket with a key.
  ...Object.fromEntries(
    ["audited trades", "audited acceptances", "audited refusals", "audited moves", "kept evidence"].map((what) => [
      `s3:PutObject on ${what}`,
      [
        ["kms:GenerateDataKey", "objects key"],
        ["kms:Decrypt", "objects key"],
      ],
    ]),
  ),
};

const granted = (actions: readonly string[], resource: string): string[] => actions.map((action) => `${action} on ${resource}`);

/** With what its uses of keys come to. */
export function withKeys(permissions: readonly string[]): Set<string> {
  const keys = permissions.flatMap((one) => (KEYS[one] ?? []).map(([action, key]) => `${action} on ${key}`));
  return new Set([...permissions, ...keys]);
}

/** What a function's role must allow: what its code can send, and what Lambda does in its name. */
export function neededBy(reached: Reached, lambda: Registration, consumed?: "queue" | "record queue"): Set<string> {
  const variables = (lambda.inputs.environment as { variables?: Record<string, unknown> } | undefined)?.variables ?? {};
  const applies = ({ via, variable }: Need): boolean =>
    (via === undefined || reached.members.has(via)) && (variable === undefined || variable.name in variables === variable.set);
  const sent = [...reached.commands].flatMap((command) => {
    const needs = NEEDS[command];
    if (needs === undefined) throw new Error(`no IAM action is known for "${command}": add it to the table`);
    return needs.filter(applies).flatMap(({ action, on }) => on.map((resource) => `${action} on ${resource}`));
  });
  const network = ["Create", "Describe", "Delete"].map((verb) => `ec2:${verb}NetworkInterface${verb === "Describe" ? "s" : ""}`);
  return withKeys([
    ...sent,
    ...granted(["logs:CreateLogStream", "logs:PutLogEvents"], "own log"),
    ...granted(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "everything"),
    // Lambda's network interfaces are made in the role's name; EC2 has no resources to name for them beforehand.
    ...(lambda.inputs.vpcConfig === undefined
      ? []
      : granted([...network, "ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], "everything")),
    // The poller of an event source mapping is Lambda's, and acts in the role's name.
    ...(consumed === undefined ? [] : granted(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], consumed)),
  ]);
}

/** The registered resources by the words that are used here; `arn` as the tests' mocks or the program itself write it. */
function wordFor(arn: string, site: Site): string {
  if (arn === "*") return "everything";
  const [own, peer] = [site, peerOf(site)];
  const place = (at: Site): readonly (readonly [RegExp, string])[] => [
    [new RegExp(`:dynamodb:${REGIONS[at]}:.*:table/trade-journal-prod$`), "journal"],
    [new RegExp(`:dynamodb:${REGIONS[at]}:.*:table/trade-journal-prod/index/\\*$`), "journal indexes"],
    [new RegExp(`:dynamodb:${REGIONS[at]}:.*:table/trade-lease-prod$`), "lease"],
    [new RegExp(`:dynamodb:${REGIONS[at]}:.*:table/trade-sessions-prod$`), "sessions"],
    [new RegExp(`:trade-${at}-trades-prod$`), "queue"],
    [new RegExp(`:trade-${at}-record-prod$`), "record queue"],
    [new RegExp(`:trade-${at}-trades-dlq-prod$`), "dead letters"],
    [new RegExp(`:trade-${at}-alerts-prod$`), "alerts"],
    [new RegExp(`:trade-${at}-events-prod$`), "bus"],
    [new RegExp(`(:${at}-ledger-cluster|:cluster:trade-${at}-ledger-prod)$`), "cluster"],
    [new RegExp(`:rds-db:${REGIONS[at]}:\\d+:dbuser:cluster-${at.toUpperCase()}LEDGERCLUSTER/trade_service$`), "ledger user"],
    [new RegExp(`:${at}-key-key$`), "site key"],
    [new RegExp(`:${REGIONS[at]}:\\d+:ledger-secret-value$`), "ledger secret"],
    [new RegExp(`:${at}-objects-audit-bucket/(trades|acceptances|refusals|moves)/\\*$`), "audited $1"],
    [new RegExp(`:${at}-objects-audit-bucket/readiness/\\*$`), "kept evidence"],
    [new RegExp(`:stateMachine:trade-${at}-(failover|switchover)-prod$`), "$1 machine"],
    [new RegExp(`:execution:trade-${at}-(failover|switchover)-prod:\\*$`), "$1 executions"],
    [new RegExp(`:lambda:${REGIONS[at]}:.*:function:trade-${at}-[a-z-]+-prod$`), "functions"],
    [new RegExp(`:trade-${at}-([a-z-]+)-prod$`), "function $1"],
    [new RegExp(`:/aws/lambda/trade-${at}-[a-z-]+-prod:\\*$`), "own log"],
    [new RegExp(`:ssm:${REGIONS[at]}:.*:parameter/trade-failover/prod/shared$`), "shared parameters"],
    [new RegExp(`:ssm:${REGIONS[at]}:.*:parameter/trade-failover/prod/shared/\\*$`), "each shared parameter"],
  ];
  const shared: readonly (readonly [RegExp, string])[] = [
    [/:ledger-cluster$/, "global cluster"],
    [/:objects-(key-key|key-replica)$/, "objects key"],
    [/api-key/, "API key secret"],
    [/\/\*\/POST\/(trades|sessions)$/, "POST /$1"],
  ];
  for (const [patterns, prefix] of [
    [place(own), ""],
    [place(peer), "peer "],
    [shared, ""],
  ] as const) {
    for (const [pattern, word] of patterns) {
      const found = pattern.exec(arn);
      if (found) return prefix + word.replace("$1", found[1] ?? "");
    }
  }
  throw new Error(`no word is known for the resource "${arn}"`);
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const list = (oneOrMore: string | readonly string[]): readonly string[] => (typeof oneOrMore === "string" ? [oneOrMore] : oneOrMore);

/** What a policy allows, in these words. */
export function allowedBy(policy: Registration, site: Site): Set<string> {
  const { Statement } = JSON.parse(policy.inputs.policy as string) as { Statement: readonly Statement[] };
  return new Set(
    Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action, Resource }) =>
      list(Resource).flatMap((arn) => granted(list(Action), wordFor(arn, site))),
    ),
  );
}

/** What the states of a definition do in the role's name. */
export function neededByMachine(definition: unknown, site: Site): Set<string> {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { Type, Resource, Arguments } = value as { Type?: unknown; Resource?: unknown; Arguments?: Record<string, unknown> };
    if (Type === "Task") found.push(...taskNeeds(String(Resource), Arguments ?? {}, site));
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(definition);
  // A machine that logs and traces does so by deliveries and segments, which have no names.
  const deliveries = ["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"];
  const logs = [...deliveries, "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"].map((action) => `logs:${action}`);
  return withKeys([...found, ...granted([...logs, "xray:PutTraceSegments", "xray:PutTelemetryRecords"], "everything")]);
}

function taskNeeds(resource: string, task: Readonly<Record<string, unknown>>, site: Site): string[] {
  switch (resource) {
    case "arn:aws:states:::lambda:invoke":
      return [`lambda:InvokeFunction on ${wordFor(String(task.FunctionName), site)}`];
    case "arn:aws:states:::sns:publish":
      return [`sns:Publish on ${wordFor(String(task.TopicArn), site)}`];
    case "arn:aws:states:::events:putEvents":
      return ["events:PutEvents on bus"];
    default:
      throw new Error(`no IAM action is known for the task "${resource}": add it to the table`);
  }
}
