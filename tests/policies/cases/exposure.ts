import { arn, resource, world } from "../world";
import { field, type Case } from "./case";

const statement = (more: Record<string, unknown>): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", ...more }] });
const tied = { StringEquals: { "aws:SourceAccount": "123456789012" } };

/** What anybody could reach. */
export const exposureCases: readonly Case[] = [
  {
    policy: "public-bucket",
    good: world(
      resource("aws:s3/bucket:Bucket", "bucket", {}),
      resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", {
        bucket: "bucket-id",
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
      resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "owner", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
      resource("aws:s3/bucketAcl:BucketAcl", "acl", { acl: "private" }),
    ),
    fields: [
      field("block", "bucket", ["other-id", undefined]),
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((flag) =>
        field("block", flag, [false, undefined]),
      ),
      field("bucket", "acl", ["public-read"], { wrong: null }),
      field("bucket", "website", [{ indexDocument: "index.html" }]),
      field("owner", "rule.objectOwnership", ["ObjectWriter", undefined]),
      field("acl", "acl", ["public-read-write"], { wrong: null }),
    ],
  },
  {
    policy: "open-security-group",
    good: world(
      resource("aws:ec2/securityGroup:SecurityGroup", "balancer", {
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
      }),
      resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
        ipProtocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        cidrIpv4: "10.0.0.0/16",
      }),
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", "old", {
        type: "ingress",
        protocol: "tcp",
        fromPort: 8080,
        toPort: 8080,
        sourceSecurityGroupId: "sg",
      }),
      resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "standard", {}),
    ),
    fields: [
      field("balancer", "ingress", [[{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]], { wrong: "everybody" }),
      field("balancer", "ingress.0.fromPort", [22, 0]),
      field("balancer", "ingress.0.toPort", [444]),
      field("balancer", "ingress.0.protocol", ["-1"], { wrong: null }),
      field("rule", "cidrIpv4", ["0.0.0.0/0", "0.0.0.0/1"]),
      field("rule", "cidrIpv6", ["::/0"]),
      field("old", "cidrBlocks", [["0.0.0.0/0"]]),
      field("old", "ipv6CidrBlocks", [["::/0"]]),
      field("standard", "ingress", [[{ protocol: "-1", self: true }]]),
      field("standard", "egress", [[{ protocol: "-1" }]]),
    ],
  },
  {
    policy: "public-database",
    good: world(
      resource("aws:rds/clusterInstance:ClusterInstance", "member", { publiclyAccessible: false }),
      resource("aws:rds/instance:Instance", "instance", {}),
    ),
    fields: [field("member", "publiclyAccessible", [true]), field("instance", "publiclyAccessible", [true])],
  },
  {
    policy: "public-address",
    good: world(
      resource("aws:ec2/subnet:Subnet", "subnet", {}),
      resource("aws:ec2/instance:Instance", "server", { metadataOptions: { httpTokens: "required" } }),
      resource("aws:ec2/launchTemplate:LaunchTemplate", "template", {
        metadataOptions: { httpTokens: "required" },
        networkInterfaces: [{ associatePublicIpAddress: "false" }],
      }),
      resource("aws:ecs/service:Service", "service", { networkConfiguration: { assignPublicIp: false } }),
      resource("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "AWS_IAM" }),
    ),
    fields: [
      field("subnet", "mapPublicIpOnLaunch", [true]),
      field("server", "associatePublicIpAddress", [true]),
      field("server", "metadataOptions.httpTokens", ["optional", undefined]),
      field("server", "keyName", ["ops"]),
      field("template", "networkInterfaces.0.associatePublicIpAddress", ["true", true]),
      field("template", "metadataOptions", [undefined]),
      field("template", "keyName", ["ops"]),
      field("service", "networkConfiguration.assignPublicIp", [true]),
      field("url", "authorizationType", ["NONE", undefined]),
    ],
  },
  {
    policy: "open-resource-policy",
    good: world(
      resource("aws:sqs/queuePolicy:QueuePolicy", "queue", {
        policy: statement({ Principal: { Service: "events.amazonaws.com" }, Condition: tied }),
      }),
      resource("aws:sns/topicPolicy:TopicPolicy", "topic", { policy: statement({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }) }),
      resource("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "bus", {
        policy: statement({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
      }),
      resource("aws:lambda/permission:Permission", "permission", {
        principal: "apigateway.amazonaws.com",
        sourceArn: "arn:aws:execute-api:…",
      }),
    ),
    fields: [
      field("queue", "policy.Statement.0.Condition", [undefined, { StringEquals: { "aws:SourceAccount": "*" } }], { unknownAt: "policy" }),
      field("queue", "policy", ["{", "[]"], { wrong: 42 }),
      field("topic", "policy.Statement.0.Principal", ["*", { AWS: ["*"] }], { wrong: null, unknownAt: "policy" }),
      field("topic", "policy.Statement.0.NotPrincipal", [{ AWS: "arn:aws:iam::1:root" }], { wrong: null, unknownAt: null }),
      field("bus", "policy.Statement.0.Condition", [undefined], { unknownAt: "policy" }),
      field("permission", "sourceArn", ["", undefined], { wrong: null }),
      field("permission", "principal", [undefined]),
      field("permission", "functionUrlAuthType", ["NONE"], { wrong: null }),
    ],
  },
  {
    policy: "api-authorization",
    config: { "api-authorization": { selfVerified: ["/orders"] } },
    good: world(
      resource("aws:apigateway/resource:Resource", "orders", { pathPart: "orders" }),
      resource("aws:apigateway/method:Method", "order", { httpMethod: "POST", authorization: "NONE", resourceId: "orders-id" }),
      resource("aws:apigateway/resource:Resource", "trades", { pathPart: "trades" }),
      resource("aws:apigateway/resource:Resource", "health", { pathPart: "health" }),
      resource("aws:apigateway/resource:Resource", "ready", { pathPart: "ready", parentId: "health-id" }),
      resource("aws:apigateway/method:Method", "post", { httpMethod: "POST", authorization: "AWS_IAM", resourceId: "trades-id" }),
      resource("aws:apigateway/method:Method", "keyed", {
        httpMethod: "GET",
        authorization: "NONE",
        apiKeyRequired: true,
        resourceId: "trades-id",
      }),
      resource("aws:apigateway/method:Method", "check", { httpMethod: "GET", authorization: "NONE", resourceId: "ready-id" }),
      resource("aws:apigatewayv2/route:Route", "route", { routeKey: "POST /trades", authorizationType: "AWS_IAM" }),
    ),
    fields: [
      field("post", "authorization", ["NONE", undefined]),
      field("order", "resourceId", ["trades-id"]),
      field("keyed", "apiKeyRequired", [false, undefined]),
      field("check", "httpMethod", ["POST", "ANY"]),
      field("check", "resourceId", ["trades-id"]),
      field("ready", "pathPart", ["everything"]),
      field("route", "authorizationType", ["NONE", undefined]),
    ],
  },
  {
    policy: "access-trails",
    good: world(
      resource("aws:ec2/vpc:Vpc", "vpc", {}),
      resource("aws:ec2/flowLog:FlowLog", "flow", { vpcId: "vpc-id" }),
      resource("aws:s3/bucket:Bucket", "bucket", {}),
      resource("aws:s3/bucketLogging:BucketLogging", "logging", { bucket: "bucket-id" }),
      resource("aws:apigateway/stage:Stage", "stage", { accessLogSettings: { destinationArn: "arn:aws:logs:us-east-1:1:log-group:x" } }),
      resource("aws:lb/loadBalancer:LoadBalancer", "balancer", { accessLogs: { bucket: "logs-test", enabled: true } }),
    ),
    fields: [
      field("flow", "vpcId", ["other-id", undefined]),
      field("logging", "bucket", ["other-id", undefined]),
      field("stage", "accessLogSettings", [undefined]),
      field("stage", "accessLogSettings.destinationArn", ["", undefined]),
      field("balancer", "accessLogs", [undefined]),
      field("balancer", "accessLogs.bucket", ["", undefined]),
      field("balancer", "accessLogs.enabled", [false, undefined]),
    ],
  },
  {
    policy: "public-firewall",
    good: world(
      resource("aws:apigateway/stage:Stage", "stage", {}),
      resource("aws:lb/loadBalancer:LoadBalancer", "inside", { internal: true }),
      resource("aws:wafv2/webAcl:WebAcl", "acl", { rules: [{ name: "limit" }] }),
      resource("aws:wafv2/webAclAssociation:WebAclAssociation", "association", { resourceArn: arn("aws:apigateway/stage:Stage", "stage") }),
    ),
    fields: [
      field("association", "resourceArn", ["arn:aws:other", undefined]),
      field("inside", "internal", [false, undefined]),
      field("acl", "rules", [[], undefined], { wrong: null }),
    ],
  },
];
