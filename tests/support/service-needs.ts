/**
 * What AWS's services need of the roles that the program hands them, derived from what is registered: a schedule's target says what it starts, a
 * replication's rules say what is copied where. `<action> on <ARN>`, as AWS's documentation of each service has it.
 */
import { REGIONS } from "./places";
import type { Program, Registration } from "./registrations";

/** A role as one service uses it. */
export interface ServiceRole {
  /** Who assumes it. */
  readonly service: string;
  /** Which registration hands it over. */
  readonly user: string;
  readonly roleArn: string;
  readonly needs: readonly string[];
  /** AWS's own policy that the service asks for instead of a list of actions. */
  readonly managed?: string;
}

type Inputs = Readonly<Record<string, unknown>>;
type Site = keyof typeof REGIONS;

const on = (resources: readonly string[], ...actions: string[]): string[] =>
  resources.flatMap((resource) => actions.map((action) => `${action} on ${resource}`));
/** A site's things have its name at the beginning, and what ties the sites together at the end. */
const siteOf = ({ name }: Registration): Site => (/^standby-|-standby-|-standby$/.test(name) ? "standby" : "primary");
const peerOf = (site: Site): Site => (site === "primary" ? "standby" : "primary");
const ACCOUNT = "123456789012";

/** All roles that services use, with what each needs. Fails where a registration hands over a role in a way that is not known here. */
export function serviceRoles(program: Program): ServiceRole[] {
  const world = new World(program);
  return program.resources.flatMap((one) => world.roleOf(one) ?? []);
}

class World {
  private readonly byArn = new Map<string, Registration[]>();

  constructor(private readonly program: Program) {
    for (const one of program.resources) {
      const arn = program.arns.get(`${one.type}/${one.name}`);
      if (arn !== undefined) this.byArn.set(arn, [...(this.byArn.get(arn) ?? []), one]);
    }
  }

  roleOf(one: Registration): ServiceRole | undefined {
    const { inputs, name: user } = one;
    const role = (service: string, roleArn: unknown, needs: readonly string[], managed?: string): ServiceRole | undefined =>
      roleArn === undefined ? undefined : { service: `${service}.amazonaws.com`, user, roleArn: roleArn as string, needs, managed };
    switch (one.type) {
      case "aws:scheduler/schedule:Schedule": {
        const target = inputs.target as Inputs;
        return role("scheduler", target.roleArn, [...this.starts(String(target.arn)), ...this.sends(target.deadLetterConfig as Inputs)]);
      }
      case "aws:cloudwatch/eventTarget:EventTarget":
        // A queue's own policy lets dead letters in; the role is for the target.
        return role("events", inputs.roleArn, this.starts(String(inputs.arn)));
      case "aws:s3/bucketReplicationConfig:BucketReplicationConfig":
        return role("s3", inputs.role, this.replicates(one));
      case "aws:backup/selection:Selection":
        return role("backup", inputs.iamRoleArn, this.backsUp(one));
      case "aws:ec2/flowLog:FlowLog":
        return role("vpc-flow-logs", inputs.iamRoleArn, this.logsFlows(one));
      case "aws:apigateway/account:Account":
        return role(
          "apigateway",
          inputs.cloudwatchRoleArn,
          [],
          "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        );
      case "aws:fis/experimentTemplate:ExperimentTemplate":
        return role("fis", inputs.roleArn, this.experiments(one));
      case "aws:arcregionswitch/plan:Plan":
        return role("arc-region-switch", inputs.executionRole, this.switches(one));
      default:
        return undefined;
    }
  }

  private is(arn: string, type: string): Registration | undefined {
    return this.byArn.get(arn)?.find((one) => one.type === type);
  }

  private must(arn: string, type: string): Registration {
    const found = this.is(arn, type);
    if (found === undefined) throw new Error(`${arn} is no ${type} of the program`);
    return found;
  }

  private starts(target: string): string[] {
    if (this.is(target, "aws:lambda/function:Function")) return on([target], "lambda:InvokeFunction");
    if (this.is(target, "aws:sfn/stateMachine:StateMachine")) return on([target], "states:StartExecution");
    if (this.is(target, "aws:cloudwatch/eventBus:EventBus")) return on([target], "events:PutEvents");
    if (this.is(target, "aws:cloudwatch/eventApiDestination:EventApiDestination")) return on([target], "events:InvokeApiDestination");
    if (this.is(target, "aws:sns/topic:Topic")) return on([target], "sns:Publish");
    // Its own policy lets the service in.
    if (this.is(target, "aws:sqs/queue:Queue")) return [];
    throw new Error(`what a service needs to start ${target} is not known here`);
  }

  /** EventBridge Scheduler sends dead letters in its role's name, with the queue's key. */
  private sends(deadLetters: Inputs | undefined): string[] {
    if (deadLetters === undefined) return [];
    const queue = this.must(String(deadLetters.arn), "aws:sqs/queue:Queue");
    const key = queue.inputs.kmsMasterKeyId;
    const via = ` via sqs.${REGIONS[siteOf(queue)]}`;
    return [
      ...on([String(deadLetters.arn)], "sqs:SendMessage"),
      ...(key === undefined ? [] : on([key as string], `kms:GenerateDataKey`, `kms:Decrypt`).map((one) => one + via)),
    ];
  }

  private bucketOf(id: unknown): Registration {
    const found = this.program.resources.find(({ type, name }) => type === "aws:s3/bucket:Bucket" && `${name}-id` === id);
    if (found === undefined) throw new Error(`${String(id)} is no bucket of the program`);
    return found;
  }

  private arnOf(one: Registration): string {
    return this.program.arns.get(`${one.type}/${one.name}`) ?? "";
  }

  private keyOfBucket(bucket: Registration): string {
    const encryption = this.program.resources.find(
      ({ type, inputs }) => type.endsWith(":BucketServerSideEncryptionConfiguration") && inputs.bucket === `${bucket.name}-id`,
    );
    const [rule] = (encryption?.inputs.rules ?? []) as { applyServerSideEncryptionByDefault: { kmsMasterKeyId?: string } }[];
    return rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId ?? "";
  }

  /** S3's guide, "Setting up permissions" for replication, with what locks and customer keys add. Both ends have bucket keys, hence GenerateDataKey. */
  private replicates({ inputs }: Registration): string[] {
    const source = this.bucketOf(inputs.bucket);
    const from = this.arnOf(source);
    const locked = source.inputs.objectLockEnabled === true;
    return (inputs.rules as Inputs[]).flatMap((rule) => {
      const destination = rule.destination as Inputs;
      const to = String(destination.bucket);
      const target = this.must(to, "aws:s3/bucket:Bucket");
      const deletes = (rule.deleteMarkerReplication as Inputs).status === "Enabled";
      const replicaKey = (destination.encryptionConfiguration as Inputs).replicaKmsKeyId;
      return [
        ...on([from], "s3:GetReplicationConfiguration", "s3:ListBucket"),
        ...on([`${from}/*`], "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"),
        ...(locked ? on([`${from}/*`], "s3:GetObjectRetention", "s3:GetObjectLegalHold") : []),
        ...on([`${to}/*`], "s3:ReplicateObject", "s3:ReplicateTags", ...(deletes ? ["s3:ReplicateDelete"] : [])),
        `kms:Decrypt on ${this.keyOfBucket(source)} via s3.${REGIONS[siteOf(source)]}`,
        ...on([String(replicaKey)], "kms:Encrypt", "kms:GenerateDataKey").map((one) => `${one} via s3.${REGIONS[siteOf(target)]}`),
      ];
    });
  }

  private backsUp(selection: Registration): string[] {
    const site = siteOf(selection);
    const plan = this.program.resources.find(
      ({ type, name }) => type === "aws:backup/plan:Plan" && `${name}-id` === selection.inputs.planId,
    );
    const [rule] = (plan?.inputs.rules ?? []) as { targetVaultName: string; copyActions: { destinationVaultArn: string }[] }[];
    const resources = selection.inputs.resources as string[];
    const own = (type: string): string[] => resources.filter((arn) => this.is(arn, type) !== undefined);
    const [clusters, buckets] = [own("aws:rds/cluster:Cluster"), own("aws:s3/bucket:Bucket")];
    const tables = resources.filter((arn) => /:table\//.test(arn));
    if (clusters.length + buckets.length + tables.length !== resources.length) throw new Error(`${selection.name} has something unknown`);
    const vaults = this.program.resources.filter(({ type }) => type === "aws:backup/vault:Vault");
    const copies = rule?.copyActions.map(({ destinationVaultArn }) => destinationVaultArn) ?? [];
    const used = vaults.filter((vault) => vault.inputs.name === rule?.targetVaultName || copies.includes(this.arnOf(vault)));
    const both = (what: (region: string) => string): string[] => [REGIONS[site], REGIONS[peerOf(site)]].map(what);
    const snapshots = (name: string): string[] => both((region) => `arn:aws:rds:${region}:${ACCOUNT}:cluster-snapshot:${name}`);
    const vaultKeys = used.map(({ inputs }) => String(inputs.kmsKeyArn));
    const keys = [...vaultKeys, ...new Set(buckets.map((arn) => this.keyOfBucket(this.must(arn, "aws:s3/bucket:Bucket"))))];
    return [
      // AWSBackupServiceRolePolicyForBackup, as far as it speaks of Aurora, DynamoDB with AWS Backup's own features, and copies.
      ...on(clusters, "rds:DescribeDBClusters", "rds:CreateDBClusterSnapshot", "rds:ListTagsForResource"),
      ...on([...clusters, ...snapshots("*")], "rds:DescribeDBClusterSnapshots"),
      ...on(
        snapshots("awsbackup:*"),
        ...["Create", "Copy", "Delete"].map((verb) => `rds:${verb}DBClusterSnapshot`),
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:AddTagsToResource",
        "rds:ListTagsForResource",
      ),
      ...on(tables, "dynamodb:DescribeTable", "dynamodb:StartAwsBackupJob", "dynamodb:ListTagsOfResource"),
      ...on(
        used.map((vault) => this.arnOf(vault)),
        "backup:DescribeBackupVault",
        "backup:CopyIntoBackupVault",
      ),
      ...on(
        both((region) => `arn:aws:backup:${region}:${ACCOUNT}:recovery-point:*`),
        "backup:CopyFromBackupVault",
        "backup:TagResource",
      ),
      ...on(["*"], "tag:GetResources"),
      ...on(keys, "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"),
      ...on(vaultKeys, "kms:CreateGrant"),
      // AWSBackupServiceRolePolicyForS3Backup.
      ...on(
        buckets,
        ...["GetInventoryConfiguration", "PutInventoryConfiguration", "ListBucketVersions", "ListBucket", "GetBucketVersioning"].map(s3),
        ...["GetBucketNotification", "PutBucketNotification", "GetBucketLocation", "GetBucketTagging", "GetBucketAcl"].map(s3),
      ),
      ...on(
        buckets.map((arn) => `${arn}/*`),
        ...["GetObject", "GetObjectAcl", "GetObjectTagging"].map(s3),
        ...["GetObjectVersion", "GetObjectVersionAcl", "GetObjectVersionTagging"].map(s3),
      ),
      ...on(
        [`arn:aws:events:${REGIONS[site]}:${ACCOUNT}:rule/AwsBackupManagedRule*`],
        ...["Put", "Delete", "Describe", "Enable", "Disable"].map((verb) => `events:${verb}Rule`),
        ...["events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule"],
      ),
      ...on(["*"], "events:ListRules", "cloudwatch:GetMetricData"),
    ];
  }

  /** The VPC guide, "IAM role for publishing flow logs to CloudWatch Logs", for a group that is there already. */
  private logsFlows(flowLog: Registration): string[] {
    const group = String(flowLog.inputs.logDestination);
    return [
      ...on([`${group}:*`], "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
      ...on(["*"], "logs:DescribeLogGroups"),
    ];
  }

  /** ARC's guide: AmazonApplicationRecoveryControllerRegionSwitchPlanExecutionPolicy, but for alarms, of which the plan has none, and what each block adds. */
  private switches({ inputs }: Registration): string[] {
    const workflows = inputs.workflows as { steps: Inputs[] }[];
    const functions = workflows.flatMap(({ steps }) =>
      steps.flatMap((step) => {
        const known = step.executionBlockType === "CustomActionLambda" && inputs.associatedAlarms === undefined;
        if (!known) throw new Error(`what ARC needs for ${String(step.executionBlockType)} is not known here`);
        return (step.customActionLambdaConfigs as { lambdas: { arn: string }[] }[]).flatMap(({ lambdas }) => lambdas.map(({ arn }) => arn));
      }),
    );
    for (const arn of functions) this.must(arn, "aws:lambda/function:Function");
    const plan = `arn:aws:arc-region-switch::${ACCOUNT}:plan/${String(inputs.name)}:*`;
    return [
      ...on([plan], ...["GetPlan", "GetPlanExecution", "ListPlanExecutions"].map((action) => `arc-region-switch:${action}`)),
      ...on([String(inputs.executionRole)], "iam:SimulatePrincipalPolicy"),
      ...on(functions, "lambda:GetFunction", "lambda:InvokeFunction"),
    ];
  }

  /** AWS FIS's reference of actions, "Permissions" of each. */
  private experiments(template: Registration): string[] {
    const site = siteOf(template);
    const targets = template.inputs.targets as { name: string; resourceArns: string[] }[];
    const actions = template.inputs.actions as { actionId: string; target: { value: string } }[];
    const named = (name: string): string[] => targets.find((target) => target.name === name)?.resourceArns ?? [];
    const of = actions.flatMap(({ actionId, target }) => {
      const needs = EXPERIMENTS[actionId];
      if (needs === undefined) throw new Error(`what FIS needs for ${actionId} is not known here`);
      return needs(named(target.value), (kind) => `arn:aws:ec2:${REGIONS[site]}:${ACCOUNT}:${kind}/*`);
    });
    return [
      ...of,
      ...on(["*"], "logs:CreateLogDelivery", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
      ...on(["*"], "tag:GetResources"),
    ];
  }
}

const s3 = (action: string): string => `s3:${action}`;
const ec2 = (action: string): string => `ec2:${action}`;

type Needs = (targets: readonly string[], any: (kind: string) => string) => string[];
const EXPERIMENTS: Readonly<Record<string, Needs>> = {
  // FIS's guide: strongly consistent tables are made to err, the others and their streams get a policy.
  "aws:dynamodb:global-table-pause-replication": (tables) => {
    const replicated = tables.filter((table) => table.includes("/trade-sessions"));
    return [
      ...on(tables, "dynamodb:DescribeTable"),
      ...on(["*"], "dynamodb:InjectError"),
      ...on(
        replicated.flatMap((table) => [table, `${table}/stream/*`]),
        ...["Get", "Put", "Delete"].map((verb) => `dynamodb:${verb}ResourcePolicy`),
      ),
    ];
  },
  "aws:s3:bucket-pause-replication": (buckets) => [
    ...on(buckets, "s3:GetReplicationConfiguration", "s3:PutReplicationConfiguration", "s3:PauseReplication"),
    ...on(["*"], "s3:ListAllMyBuckets"),
  ],
  "aws:network:route-table-disrupt-cross-region-connectivity": (subnets, any) => {
    const made = ["route-table", "prefix-list", "network-interface"].map(any);
    return [
      ...on(made, ...["CreateRouteTable", "CreateManagedPrefixList", "CreateNetworkInterface", "CreateTags"].map(ec2)),
      ...on([any("vpc")], ...["CreateRouteTable", "DeleteRouteTable"].map(ec2)),
      ...on([...subnets, any("security-group")], "ec2:CreateNetworkInterface"),
      ...on(made, ...["CreateRoute", "DeleteRouteTable", "DeleteManagedPrefixList", "ModifyManagedPrefixList"].map(ec2)),
      ...on(made, "ec2:GetManagedPrefixListEntries", "ec2:DeleteNetworkInterface"),
      ...on([...subnets, any("route-table")], ...["Associate", "Disassociate"].map((verb) => `ec2:${verb}RouteTable`)),
      ...on([...subnets, any("route-table")], "ec2:ReplaceRouteTableAssociation"),
      ...on([any("route-table"), any("vpc-endpoint")], "ec2:ModifyVpcEndpoint"),
      ...on(
        ["*"],
        ...["Subnets", "RouteTables", "Vpcs", "VpcPeeringConnections", "VpcEndpoints", "ManagedPrefixLists", "NetworkInterfaces"].map(
          (things) => `ec2:Describe${things}`,
        ),
      ),
    ];
  },
};
