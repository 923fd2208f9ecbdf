import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeGlobalClustersCommand, RDSClient } from "@aws-sdk/client-rds";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  type HistoryEvent,
} from "@aws-sdk/client-sfn";
import { limits } from "../handlers/adapters/clients";
import { regionOfArn } from "../handlers/adapters/global-database";
import { replicationLagMs } from "../handlers/adapters/replication-lag";
import { LEDGER_LEASE } from "../contract/tables";
import type { ParityReport } from "../handlers/core/parity-run";
import type { Database, Execution, Platform, Step } from "./platform";
import type { Site, Stack } from "./stack";

const REQUEST_MS = 10_000;
const LATEST = 20;
/** One run of the parity function, or the reason why a region does not answer. */
const PARITY_MS = 120_000;

/** The stack in AWS, with the credentials that the AWS SDK finds. Each region is asked by its own endpoints. */
export function awsPlatform(stack: Stack): Platform {
  const site = (region: string): Site => {
    const found = stack.sites.find((one) => one.region === region);
    if (found === undefined)
      throw new Error(`${region} is no region of this stack; allowed: ${stack.sites.map((one) => one.region).join(", ")}`);
    return found;
  };
  const config = (region: string, timeoutMs = REQUEST_MS) => ({ region: site(region).region, ...limits(timeoutMs, 2) });

  return {
    lease: async (region) => {
      const key = { TableName: stack.leaseTable, Key: { leaseId: { S: LEDGER_LEASE } }, ConsistentRead: true };
      const { Item } = await new DynamoDBClient(config(region)).send(new GetItemCommand(key));
      return Item && { holder: Item.holder?.S ?? "", epoch: Number(Item.epoch?.N) };
    },
    database: async (region) => readDatabase(new RDSClient(config(region)), stack.globalClusterId),
    lagMs: async (region) => replicationLagMs(new CloudWatchClient(config(region)), site(region).ledgerClusterArn.split(":").at(-1) ?? ""),
    moves: async (region) => {
      const { failoverArn, switchoverArn } = site(region);
      const client = new SFNClient(config(region));
      const lists = await Promise.all([failoverArn, switchoverArn].map((arn) => executions(client, region, arn)));
      return lists
        .flat()
        .sort((a, b) => b.startedAt - a.startedAt)
        .map(({ execution }) => execution);
    },
    start: async (region, kind, name, input) => {
      const stateMachineArn = kind === "failover" ? site(region).failoverArn : site(region).switchoverArn;
      try {
        const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
        const { executionArn = "" } = await new SFNClient(config(region)).send(command);
        return { arn: executionArn, result: "started" };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "ExecutionAlreadyExists") throw error;
        return { arn: `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`, result: "exists" };
      }
    },
    steps: async (region, arn, after) => readSteps(new SFNClient(config(region)), arn, after),
    outcome: async (region, arn) => {
      const { status, error, cause } = await new SFNClient(config(region)).send(new DescribeExecutionCommand({ executionArn: arn }));
      return { status: String(status), detail: [error, cause].filter(Boolean).join(": ") };
    },
    parity: async (region) => {
      const command = new InvokeCommand({ FunctionName: site(region).parityFunction, Payload: Buffer.from("{}") });
      const { FunctionError, Payload } = await new LambdaClient({ ...config(region, PARITY_MS), maxAttempts: 1 }).send(command);
      const answer = Buffer.from(Payload ?? []).toString("utf8");
      if (FunctionError !== undefined) throw new Error(answer.slice(0, 1_000));
      return JSON.parse(answer) as ParityReport;
    },
  };
}

async function readDatabase(client: RDSClient, globalClusterId: string): Promise<Database> {
  const { GlobalClusters } = await client.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: globalClusterId }));
  const global = GlobalClusters?.[0];
  if (global === undefined) throw new Error(`there is no global cluster ${globalClusterId}`);
  const members = (global.GlobalClusterMembers ?? []).map(({ DBClusterArn = "", IsWriter, SynchronizationStatus }) => ({
    region: regionOfArn(DBClusterArn),
    writer: IsWriter === true,
    connected: IsWriter === true || SynchronizationStatus === "connected",
  }));
  return { globalStatus: global.Status ?? "of unknown status", members };
}

async function executions(
  client: SFNClient,
  region: string,
  stateMachineArn: string,
): Promise<{ readonly startedAt: number; readonly execution: Execution }[]> {
  const answer = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: LATEST }));
  return (answer.executions ?? []).map(({ name = "", executionArn: arn = "", status, startDate }) => ({
    startedAt: Number(startDate),
    execution: { region, name, arn, status: String(status) },
  }));
}

/** States that act. Choices, waits and passes are left out. */
const SHOWN = new Set(["TaskStateEntered", "ParallelStateEntered", "MapStateEntered", "SucceedStateEntered", "FailStateEntered"]);

async function readSteps(client: SFNClient, executionArn: string, after: number): Promise<Step[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events.flatMap(({ id = 0, type, timestamp, stateEnteredEventDetails }) =>
    id > after && SHOWN.has(type ?? "") ? [{ id, name: stateEnteredEventDetails?.name ?? "", at: Number(timestamp) }] : [],
  );
}
