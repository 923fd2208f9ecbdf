import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, trustLambda, type Statement } from "../../foundation/policy-documents";
import { serviceRole } from "../../foundation/service-role";
import { siteName, type SiteContext } from "../../foundation/site-context";

export interface LambdaFunctionArgs {
  readonly context: SiteContext;
  /** Name of the handler: `handlers/<handler>.ts`, bundled to `dist/handlers/<handler>/index.mjs`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** The region's key, for the log. */
  readonly keyArn: pulumi.Input<string>;
  /** What the function may do beyond writing its log; nothing else. */
  readonly permissions: readonly Statement[];
  /** Seconds. */
  readonly timeoutSeconds: number;
  /** Megabytes; CPU comes in proportion. */
  readonly memoryMb?: number;
  /** Invocations at once, kept for this function; above it callers are refused at once. Default: what the account has left. */
  readonly reservedConcurrency?: number;
  /** Where the function's traffic goes out; outside of the site's network when undefined. */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
}

/** Bundles lie beside the program's root, whichever file runs. */
const BUNDLES = join(process.env.TRADE_FAILOVER_ROOT ?? join(__dirname, "../../.."), "dist", "handlers");

/** A function with its log group and a role of its own. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly arn: pulumi.Output<string>;
  readonly timeoutSeconds: number;

  constructor(name: string, args: LambdaFunctionArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:LambdaFunction", name, {}, opts);
    const { context, handler, environment, keyArn, permissions, timeoutSeconds, memoryMb = 512, reservedConcurrency, network } = args;
    const child = { parent: this };
    const functionName = siteName(context, [handler], 64);

    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/lambda/${functionName}`, retentionInDays: context.settings.logRetentionDays, kmsKeyId: keyArn },
      child,
    );
    const { role, policy } = serviceRole(
      name,
      {
        settings: context.settings,
        roleName: functionName,
        description: `Execution role of ${functionName}`,
        assumeRolePolicy: trustLambda(),
        permissions: [
          allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logs.arn}:*`),
          // X-Ray has no resources to name.
          allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
          ...(network ? interfaces(context, functionName) : []),
          ...permissions,
        ],
      },
      child,
    );
    this.function = new aws.lambda.Function(
      `${name}-function`,
      {
        name: functionName,
        role: role.arn,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: bundleOf(handler),
        timeout: timeoutSeconds,
        memorySize: memoryMb,
        reservedConcurrentExecutions: reservedConcurrency,
        environment: { variables: environment },
        vpcConfig: network && { subnetIds: [...network.subnetIds], securityGroupIds: [network.securityGroupId] },
        tracingConfig: { mode: "Active" },
        loggingConfig: { logFormat: "Text", logGroup: logs.name },
      },
      { ...child, dependsOn: [policy] },
    );
    this.arn = this.function.arn;
    this.timeoutSeconds = timeoutSeconds;
    this.registerOutputs({ arn: this.arn });
  }
}

function fileOf(handler: string): string {
  const file = join(BUNDLES, handler, "index.mjs");
  if (!existsSync(file)) throw new Error(`the bundle of handler "${handler}" is missing: npm run bundle makes it`);
  return file;
}

const bundleOf = (handler: string): pulumi.asset.AssetArchive =>
  new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.FileAsset(fileOf(handler)) });

/** SHA-256 (hex) of the code of these functions: it changes when any of it does, and with nothing else. */
export function bundlesDigest(handlers: readonly string[]): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(64 * 1024);
  for (const handler of handlers) {
    const file = openSync(fileOf(handler), "r");
    hash.update(handler);
    // Piece by piece: together they are ten megabytes.
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) hash.update(piece.subarray(0, length));
    closeSync(file);
  }
  return hash.digest("hex");
}

/**
 * Lambda makes a function's network interfaces with the function's role, and asks for these actions on every resource. The function's own code
 * must not have them.
 */
function interfaces({ region, accountId }: SiteContext, functionName: string): readonly Statement[] {
  const all = allow(
    [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ],
    "*",
  );
  const fromItsCode = {
    ArnEquals: { "lambda:SourceFunctionArn": pulumi.interpolate`arn:aws:lambda:${region}:${accountId}:function:${functionName}` },
  };
  return [all, { ...all, Effect: "Deny", Condition: fromItsCode }];
}
