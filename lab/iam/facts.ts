/** What a judge of permissions must know of the program: who has which role, and what policies and keys there are. Plain data, told to the fronts. */
import { createHash, createHmac } from "node:crypto";
import { ACCOUNT, arn } from "../provision/context";
import { isPlain, member, members, optionalText, text, texts, type Plain } from "../provision/values";
import { serversOf } from "../provision/servers";
import type { Registered } from "../types";
import type { Statement } from "./evaluate";

export interface AccessFacts {
  /** By access key id: the functions and servers of all regions. */
  readonly callers: Readonly<Record<string, Identity>>;
  /** By ARN of the role. */
  readonly roles: Readonly<Record<string, readonly Statement[]>>;
  /** Policies of resources, by their ARN. */
  readonly own: Readonly<Record<string, readonly Statement[]>>;
  /** ARN of what is encrypted with a key of the account → that key's ARN. */
  readonly keys: Readonly<Record<string, string>>;
  /** Table → its partition key; and `table/index` → that of the index. */
  readonly partitionKeys: Readonly<Record<string, string>>;
  /** Region → service → statements of the private subnets' endpoint for it. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, readonly Statement[]>>>>;
}

/** Of a function, or of the servers of one service. */
export interface Identity {
  readonly roleArn: string;
  readonly sessionArn: string;
  readonly functionArn?: string;
  readonly region: string;
  /** Is it in subnets of its own, with endpoints for some services? */
  readonly isPrivate: boolean;
  /** Does a NAT gateway lead from there to what has no endpoint? */
  readonly hasWayOut?: boolean;
}

/** What a function, or the servers of a service, sign their calls with. The emulator gives all functions one key; the lab gives each its own, as AWS does. */
export function credentialsOf(region: string, functionName: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const digest = createHash("sha256").update(`${region}/${functionName}`).digest("hex");
  const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
  return { accessKeyId, secretAccessKey: secretOfFunction(accessKeyId) };
}

/** AWS's keys of roles begin so. */
export const isFunctionKey = (accessKeyId: string): boolean => /^ASIA[0-9A-F]{16}$/.test(accessKeyId);

/** Secret of a function's key: whoever verifies a signature works it out again. */
export const secretOfFunction = (accessKeyId: string): string =>
  createHmac("sha256", "the lab's secret, which keeps nothing").update(accessKeyId).digest("base64").slice(0, 40);

const FUNCTION = "aws:lambda/function:Function";

/** Statements of a policy given as JSON or as an object. */
export function statementsOf(policy: unknown): readonly Statement[] {
  const document: unknown = typeof policy === "string" ? JSON.parse(policy) : policy;
  if (!isPlain(document)) return [];
  return [document["Statement"] as Statement | readonly Statement[]].flat();
}

const roleNameOf = (one: string): string => one.split("/").at(-1) ?? one;

function rolesOf(all: readonly Registered[]): Record<string, Statement[]> {
  const byName = new Map<string, Statement[]>();
  const arns = new Map<string, string>();
  for (const { type, inputs, state } of all) {
    if (type === "aws:iam/role:Role") {
      const name = text(state, "name");
      arns.set(text(state, "arn"), name);
      byName.set(name, [...(byName.get(name) ?? []), ...members(inputs, "inlinePolicies").flatMap(({ policy }) => statementsOf(policy))]);
    }
    if (type === "aws:iam/rolePolicy:RolePolicy") {
      const name = roleNameOf(text(inputs, "role"));
      byName.set(name, [...(byName.get(name) ?? []), ...statementsOf(inputs["policy"])]);
    }
  }
  return Object.fromEntries([...arns].map(([roleArn, name]) => [roleArn, byName.get(name) ?? []]));
}

/** Which input names the thing that a policy of its own type belongs to. */
const ATTACHED: Readonly<Record<string, (inputs: Plain, region: string) => string>> = {
  "aws:sqs/queuePolicy:QueuePolicy": (inputs, region) => arn("sqs", region, roleNameOf(text(inputs, "queueUrl"))),
  "aws:s3/bucketPolicy:BucketPolicy": (inputs) => `arn:aws:s3:::${text(inputs, "bucket")}`,
  "aws:sns/topicPolicy:TopicPolicy": (inputs) => text(inputs, "arn"),
  "aws:secretsmanager/secretPolicy:SecretPolicy": (inputs) => text(inputs, "secretArn"),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": (inputs, region) =>
    arn("events", region, `event-bus/${optionalText(inputs, "eventBusName") ?? "default"}`),
};

function ownOf(all: readonly Registered[]): Record<string, readonly Statement[]> {
  return Object.fromEntries(
    all.flatMap(({ type, inputs, state, region }) => {
      const attached = ATTACHED[type];
      if (attached !== undefined) return [[attached(inputs, region), statementsOf(inputs["policy"])] as const];
      const isOwner = /^aws:(kms\/key|kms\/replicaKey|sqs\/queue|sns\/topic):/.test(type) && inputs["policy"] !== undefined;
      return isOwner ? [[text(state, "arn"), statementsOf(inputs["policy"])] as const] : [];
    }),
  );
}

function keysOf(all: readonly Registered[]): Record<string, string> {
  const keyed: [string, string | undefined][] = all.flatMap(({ type, inputs, state, region }): [string, string | undefined][] => {
    const replicas = members(inputs, "replicas");
    switch (type) {
      case "aws:sqs/queue:Queue":
        return [[text(state, "arn"), optionalText(inputs, "kmsMasterKeyId")]];
      case "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        const rule = member(members(inputs, "rules")[0] ?? {}, "applyServerSideEncryptionByDefault");
        return [[`arn:aws:s3:::${text(inputs, "bucket")}`, optionalText(rule, "kmsMasterKeyId")]];
      }
      case "aws:dynamodb/table:Table": {
        const table = (where: string): string => arn("dynamodb", where, `table/${text(state, "name")}`);
        return [
          [table(region), optionalText(member(inputs, "serverSideEncryption"), "kmsKeyArn")],
          ...replicas.map((one): [string, string | undefined] => [table(text(one, "regionName")), optionalText(one, "kmsKeyArn")]),
        ];
      }
      case "aws:secretsmanager/secret:Secret": {
        const secret = (where: string): string => arn("secretsmanager", where, `secret:${text(state, "name")}`);
        return [
          [secret(region), optionalText(inputs, "kmsKeyId")],
          ...replicas.map((one): [string, string | undefined] => [secret(text(one, "region")), optionalText(one, "kmsKeyId")]),
        ];
      }
      default:
        return [];
    }
  });
  return Object.fromEntries(keyed.flatMap(([owner, key]) => (key?.startsWith("arn:") === true ? [[owner, key] as const] : [])));
}

function partitionKeysOf(all: readonly Registered[]): Record<string, string> {
  return Object.fromEntries(
    all
      .filter(({ type }) => type === "aws:dynamodb/table:Table")
      .flatMap(({ inputs, state }) => {
        const table = text(state, "name");
        const indexes = members(inputs, "globalSecondaryIndexes").flatMap((index) => {
          const key = optionalText(index, "hashKey") ?? optionalText(members(index, "keySchemas")[0] ?? {}, "attributeName");
          return key === undefined ? [] : [[`${table}/${text(index, "name")}`, key] as const];
        });
        return [[table, text(inputs, "hashKey")] as const, ...indexes];
      }),
  );
}

function endpointsOf(all: readonly Registered[]): Record<string, Record<string, readonly Statement[]>> {
  const found: Record<string, Record<string, readonly Statement[]>> = {};
  for (const { type, inputs, region } of all) {
    if (type !== "aws:ec2/vpcEndpoint:VpcEndpoint") continue;
    const service = text(inputs, "serviceName").split(".").at(-1) ?? "";
    // Without a policy of its own an endpoint lets everything through.
    const open: Statement = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
    (found[region] ??= {})[service] = inputs["policy"] === undefined ? [open] : statementsOf(inputs["policy"]);
  }
  return found;
}

/** Tasks and instances are in subnets whose routes lead to a NAT gateway. */
function serversAsCallers(all: readonly Registered[]): [string, Identity][] {
  return [...new Set(all.map(({ region }) => region))].flatMap((region): [string, Identity][] => {
    const servers = serversOf(all, region);
    if (servers === undefined) return [];
    const { name, kind, roleArn } = servers;
    const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/${roleNameOf(roleArn)}/${kind}`;
    const hasWayOut = all.some((one) => one.type === "aws:ec2/natGateway:NatGateway" && one.region === region);
    return [[credentialsOf(region, name).accessKeyId, { roleArn, sessionArn, region, isPrivate: true, hasWayOut }]];
  });
}

export function accessFacts(all: readonly Registered[]): AccessFacts {
  const callers = all
    .filter(({ type }) => type === FUNCTION)
    .map(({ inputs, state, region }): [string, Identity] => {
      const [name, roleArn] = [text(state, "name"), text(inputs, "role")];
      return [
        credentialsOf(region, name).accessKeyId,
        {
          roleArn,
          sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${roleNameOf(roleArn)}/${name}`,
          functionArn: text(state, "arn"),
          region,
          isPrivate: texts(member(inputs, "vpcConfig"), "subnetIds").length > 0,
        },
      ];
    });
  return {
    callers: Object.fromEntries([...callers, ...serversAsCallers(all)]),
    roles: rolesOf(all),
    own: ownOf(all),
    keys: keysOf(all),
    partitionKeys: partitionKeysOf(all),
    endpoints: endpointsOf(all),
  };
}
