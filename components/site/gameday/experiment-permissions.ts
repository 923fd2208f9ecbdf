import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../../foundation/policy-documents";
import type { SiteContext } from "../../foundation/site-context";

export interface ExperimentPermissionsArgs {
  readonly context: SiteContext;
  readonly tableArns: readonly pulumi.Input<string>[];
  /** Those of them that are not strongly consistent. */
  readonly replicatedTableArns: readonly pulumi.Input<string>[];
  readonly bucketArns: readonly pulumi.Input<string>[];
  readonly subnetArns: readonly pulumi.Input<string>[];
}

/** What AWS FIS marks all that it makes with. */
const ASKED_WITH_MARK = { StringEquals: { "aws:RequestTag/managedByFIS": "true" } };
const MARKED = { StringEquals: { "aws:ResourceTag/managedByFIS": "true" } };

/** What AWS FIS may do in the experiment: to this stack's tables, buckets and subnets, and to what it makes itself and has marked. */
export function experimentPermissions(args: ExperimentPermissionsArgs): readonly Statement[] {
  return [...pausingTables(args), ...pausingObjects(args), ...cuttingRoutes(args), ...finding()];
}

/**
 * Strongly consistent tables are made to refuse. The others' replication is paused by policies on the table and on its stream, which FIS takes away in
 * the end.
 */
const pausingTables = ({ context, tableArns, replicatedTableArns }: ExperimentPermissionsArgs): readonly Statement[] => [
  allow("dynamodb:DescribeTable", tableArns),
  // AWS's service authorization reference knows no resource for it; which tables are meant is in the experiment's template.
  { ...allow("dynamodb:InjectError", "*"), Condition: { StringEquals: { "aws:RequestedRegion": context.region } } },
  allow(
    ["dynamodb:GetResourcePolicy", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy"],
    replicatedTableArns.flatMap((table) => [table, pulumi.interpolate`${table}/stream/*`]),
  ),
];

const pausingObjects = ({ context, bucketArns }: ExperimentPermissionsArgs): readonly Statement[] => [
  allow("s3:GetReplicationConfiguration", bucketArns),
  {
    ...allow("s3:PutReplicationConfiguration", bucketArns),
    Condition: { BoolIfExists: { "s3:isReplicationPauseRequest": "true" } },
  },
  {
    ...allow("s3:PauseReplication", bucketArns),
    Condition: { StringEquals: { "s3:DestinationRegion": context.peerRegion } },
  },
];

/** The subnets get route tables of the experiment's own, which lack the way to the other region, and then their old ones back. */
function cuttingRoutes({ context, subnetArns }: ExperimentPermissionsArgs): readonly Statement[] {
  const { region, accountId } = context;
  const any = (kind: string) => pulumi.interpolate`arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const [routes, lists, interfaces] = [any("route-table"), any("prefix-list"), any("network-interface")];
  return [
    {
      ...allow(["ec2:CreateRouteTable", "ec2:CreateManagedPrefixList", "ec2:CreateNetworkInterface"], [routes, lists, interfaces]),
      Condition: ASKED_WITH_MARK,
    },
    // Where they are made in, which bears no mark.
    allow(["ec2:CreateRouteTable", "ec2:DeleteRouteTable"], any("vpc")),
    allow("ec2:CreateNetworkInterface", [...subnetArns, any("security-group")]),
    {
      ...allow("ec2:CreateTags", [routes, lists, interfaces]),
      Condition: {
        StringEquals: {
          "ec2:CreateAction": ["CreateRouteTable", "CreateManagedPrefixList", "CreateNetworkInterface"],
          "aws:RequestTag/managedByFIS": "true",
        },
      },
    },
    {
      ...allow(
        [
          "ec2:CreateRoute",
          "ec2:DeleteRouteTable",
          "ec2:DeleteManagedPrefixList",
          "ec2:ModifyManagedPrefixList",
          "ec2:GetManagedPrefixListEntries",
          "ec2:DeleteNetworkInterface",
        ],
        [routes, lists, interfaces],
      ),
      Condition: MARKED,
    },
    allow(["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable", "ec2:ReplaceRouteTableAssociation"], [...subnetArns, routes]),
    allow("ec2:ModifyVpcEndpoint", [routes, any("vpc-endpoint")]),
  ];
}

/** These know no resources to name; the log's delivery is set up by CloudWatch Logs. */
const finding = (): readonly Statement[] => [
  allow(
    [
      "ec2:DescribeSubnets",
      "ec2:DescribeRouteTables",
      "ec2:DescribeVpcs",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNetworkInterfaces",
      "s3:ListAllMyBuckets",
      "tag:GetResources",
      "logs:CreateLogDelivery",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ],
    "*",
  ),
];
