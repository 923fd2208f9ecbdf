import { arn, resource, world } from "../world";
import { field, type Case } from "./case";

const refusal = (action: string): Record<string, unknown> => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Principal: "*", Action: action, Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
});

/** The fields of a policy that refuses plain HTTP; all in one text, which is unknown as a whole. */
const refusalFields = (on: string, to: string) => [
  field(on, "policy.Statement.0.Effect", ["Allow"], { unknownAt: "policy" }),
  field(on, "policy.Statement.0.Principal", [{ AWS: "arn:aws:iam::123456789012:root" }, undefined], { unknownAt: null }),
  field(on, "policy.Statement.0.Action", [undefined], { unknownAt: null }),
  field(on, "policy.Statement.0.Condition", [undefined, { Bool: { "aws:SecureTransport": "true" } }], { unknownAt: null }),
  field(on, "policy", ["{", undefined], { wrong: 42, unknownAt: null }),
  field(on, to, ["other", undefined]),
];

/** Encryption in transit. */
export const transportCases: readonly Case[] = [
  {
    policy: "queue-transport",
    good: world(
      resource("aws:sqs/queue:Queue", "queue", {}),
      resource("aws:sqs/queuePolicy:QueuePolicy", "refusal", { queueUrl: "queue-id", policy: JSON.stringify(refusal("sqs:*")) }),
    ),
    fields: refusalFields("refusal", "queueUrl"),
  },
  {
    policy: "queue-transport",
    good: world(resource("aws:sqs/queue:Queue", "queue", { policy: JSON.stringify(refusal("sqs:*")) })),
    fields: [field("queue", "policy", ["{", undefined], { wrong: 42 })],
  },
  {
    policy: "topic-transport",
    good: world(
      resource("aws:sns/topic:Topic", "topic", {}),
      resource("aws:sns/topicPolicy:TopicPolicy", "refusal", {
        arn: arn("aws:sns/topic:Topic", "topic"),
        policy: JSON.stringify(refusal("sns:Publish")),
      }),
      resource("aws:sns/topicSubscription:TopicSubscription", "subscription", { protocol: "https" }),
    ),
    fields: [...refusalFields("refusal", "arn"), field("subscription", "protocol", ["http"], { wrong: null })],
  },
  {
    policy: "bucket-transport",
    good: world(
      resource("aws:s3/bucket:Bucket", "bucket", {}),
      resource("aws:s3/bucketPolicy:BucketPolicy", "refusal", { bucket: "bucket-id", policy: JSON.stringify(refusal("s3:*")) }),
    ),
    fields: refusalFields("refusal", "bucket"),
  },
  {
    policy: "api-transport",
    good: world(
      resource("aws:apigateway/domainName:DomainName", "rest", { securityPolicy: "TLS_1_2" }),
      resource("aws:apigatewayv2/domainName:DomainName", "http", { domainNameConfiguration: { securityPolicy: "TLS_1_2" } }),
      resource("aws:lb/listener:Listener", "secure", { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }),
      resource("aws:lb/listener:Listener", "redirect", {
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS" } }],
      }),
      resource("aws:route53/healthCheck:HealthCheck", "check", { type: "HTTPS" }),
    ),
    fields: [
      field("rest", "securityPolicy", ["TLS_1_0", undefined]),
      field("http", "domainNameConfiguration.securityPolicy", ["TLS_1_0", undefined]),
      field("secure", "protocol", ["HTTP", "TCP", undefined]),
      field("secure", "sslPolicy", ["ELBSecurityPolicy-2016-08", undefined]),
      field("redirect", "defaultActions", [[{ type: "forward" }], undefined]),
      field("redirect", "defaultActions.0.redirect.protocol", ["HTTP", undefined]),
      field("check", "type", ["HTTP", "TCP", undefined]),
    ],
  },
  {
    policy: "destination-transport",
    good: world(
      resource("aws:cloudwatch/eventApiDestination:EventApiDestination", "pager", { invocationEndpoint: "https://events.example.com/" }),
      resource("aws:cloudwatch/eventConnection:EventConnection", "connection", {
        authParameters: { invocationHttpParameters: { bodies: [{ key: "routing_key", value: "k", isValueSecret: true }] } },
      }),
    ),
    fields: [
      field("pager", "invocationEndpoint", ["http://events.example.com/", undefined]),
      field("connection", "authParameters.invocationHttpParameters.bodies.0.isValueSecret", [false, undefined]),
    ],
  },
  {
    policy: "database-transport",
    good: world(
      resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", "parameters", {
        name: "ledger-test",
        family: "aurora-postgresql16",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
      }),
      resource("aws:rds/cluster:Cluster", "cluster", { dbClusterParameterGroupName: "ledger-test" }),
    ),
    fields: [
      field("cluster", "dbClusterParameterGroupName", ["default.aurora-postgresql16", undefined]),
      field("parameters", "family", ["aurora16", undefined]),
      field("parameters", "parameters", [[], undefined]),
      field("parameters", "parameters.0.name", ["log_statement", undefined]),
      field("parameters", "parameters.0.value", ["0", undefined]),
    ],
  },
  {
    policy: "database-transport",
    good: world(
      resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", "parameters", {
        name: "ledger-test",
        family: "aurora-mysql8.0",
        parameters: [{ name: "require_secure_transport", value: "ON" }],
      }),
      resource("aws:rds/cluster:Cluster", "cluster", { dbClusterParameterGroupName: "ledger-test" }),
    ),
    fields: [field("parameters", "parameters.0.value", ["OFF"])],
  },
];
