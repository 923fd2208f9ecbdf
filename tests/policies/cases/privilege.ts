import { resource, world } from "../world";
import { field, type Case, type Field } from "./case";

const document = (more: Record<string, unknown>): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:us-east-1:1:q", ...more }],
  });
const inline = (more: Record<string, unknown> = {}) => resource("aws:iam/rolePolicy:RolePolicy", "policy", { policy: document(more) });
/** A part of the document; the whole text is what can be unknown. */
const part = (path: string, bad: readonly unknown[], more: Partial<Field> = {}): Field =>
  field("policy", `policy.Statement.0.${path}`, bad, { wrong: null, unknownAt: "policy", ...more });

/** What roles may do, and who may be them. */
export const privilegeCases: readonly Case[] = [
  {
    policy: "wildcard-action",
    good: world(inline(), resource("aws:iam/role:Role", "role", { inlinePolicies: [{ policy: document({}) }] })),
    fields: [
      part("Action", ["*", "sqs:*", ["sqs:SendMessage", "sqs:Get*"]]),
      field("policy", "policy", ["{", ""], { wrong: 42 }),
      field("role", "inlinePolicies.0.policy", [document({ Action: "*" })], { wrong: 42 }),
    ],
  },
  {
    policy: "wildcard-resource",
    good: world(
      inline(),
      resource("aws:iam/policy:Policy", "traces", { policy: document({ Action: "xray:PutTraceSegments", Resource: "*" }) }),
    ),
    fields: [
      part("Resource", ["*", ["arn:aws:sqs:us-east-1:1:q", "*"]]),
      field("traces", "policy.Statement.0.Action", ["sqs:SendMessage"], { wrong: null, unknownAt: "policy" }),
    ],
  },
  { policy: "inverted-statement", good: world(inline()), fields: [part("NotAction", ["iam:*"]), part("NotResource", ["arn:aws:s3:::x"])] },
  {
    policy: "pass-role",
    good: world(
      inline({
        Action: "iam:PassRole",
        Resource: "arn:aws:iam::123456789012:role/scheduler",
        Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      }),
    ),
    fields: [
      part("Resource", ["*", "arn:aws:iam::123456789012:role/*"]),
      part("Condition", [undefined, { StringEquals: { "aws:ResourceTag/x": "y" } }]),
    ],
  },
  {
    policy: "managed-policies",
    good: world(
      resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", {
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
      }),
      resource("aws:iam/role:Role", "role", { managedPolicyArns: ["arn:aws:iam::123456789012:policy/own"] }),
    ),
    fields: [
      field("attachment", "policyArn", ["arn:aws:iam::aws:policy/AdministratorAccess", undefined]),
      field("role", "managedPolicyArns", [["arn:aws:iam::aws:policy/PowerUserAccess"]]),
    ],
  },
  {
    policy: "role-trust",
    good: world(
      resource("aws:iam/role:Role", "role", {
        assumeRolePolicy: JSON.stringify({
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRole",
              Principal: { Service: "states.amazonaws.com" },
              Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
            },
          ],
        }),
      }),
    ),
    fields: [
      field("role", "assumeRolePolicy.Statement.0.Principal", ["*", { AWS: "*" }], { wrong: null, unknownAt: "assumeRolePolicy" }),
      field("role", "assumeRolePolicy.Statement.0.Condition", [undefined], { wrong: null, unknownAt: null }),
      field("role", "assumeRolePolicy.Statement.0.NotPrincipal", [{ AWS: "arn:aws:iam::1:root" }], { wrong: null, unknownAt: null }),
      field(
        "role",
        "assumeRolePolicy.Statement.0",
        [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: "oidc" } }],
        {
          wrong: null,
          unknownAt: null,
        },
      ),
      field("role", "assumeRolePolicy", ["{", undefined], { wrong: 42 }),
    ],
  },
  {
    policy: "plain-secrets",
    good: world(
      resource("aws:lambda/function:Function", "function", { environment: { variables: { LEDGER_SECRET_ARN: "arn:…", MODE: "live" } } }),
      resource("aws:ecs/taskDefinition:TaskDefinition", "task", {
        containerDefinitions: JSON.stringify([{ name: "app", environment: [{ name: "MODE", value: "live" }] }]),
      }),
    ),
    fields: [
      field("function", "environment.variables.MODE", ["AKIAIOSFODNN7EXAMPLE"], { wrong: null }),
      field("function", "environment.variables.LEDGER_PASSWORD", ["x"], { wrong: null }),
      field("task", "containerDefinitions", [JSON.stringify([{ environment: [{ name: "API_KEY", value: "x" }] }])], { wrong: null }),
    ],
  },
];
