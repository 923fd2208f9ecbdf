import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { routes, SESSION_HEADER } from "../../../contract/routes";

export interface ApiFirewallArgs {
  readonly context: SiteContext;
  /** What it stands before. */
  readonly entrance: { readonly what: "stage" | "balancer"; readonly arn: pulumi.Input<string> };
  readonly keyArn: pulumi.Input<string>;
}

type Rule = aws.types.input.wafv2.WebAclRule;

/** Seconds over which an address's requests are counted. */
const WINDOW_SECONDS = 300;
const TOO_MANY = "too-many-requests";

/** AWS's rule groups, in the order in which they are asked, with what they are told to count only. */
const GROUPS: readonly { readonly name: string; readonly count?: readonly string[] }[] = [
  { name: "AWSManagedRulesAmazonIpReputationList" },
  { name: "AWSManagedRulesKnownBadInputsRuleSet" },
  // Its limit of 8 KiB is below what a trade may have; the handler answers 413 above its own.
  { name: "AWSManagedRulesCommonRuleSet", count: ["SizeRestrictions_BODY"] },
];

const watched = (metricName: string) => ({ cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true });

/**
 * What Route 53's checkers ask is never judged by AWS's groups: a false alarm there would move the public name. The limit per address holds for it,
 * too, far above a checker's rate. A path may come with its stage before it.
 */
const notOfHealth = {
  notStatement: {
    statement: {
      orStatement: {
        statements: routes(false)
          .filter(({ guarded }) => !guarded)
          .map(({ path }) => ({
            byteMatchStatement: {
              searchString: path,
              positionalConstraint: "ENDS_WITH",
              fieldToMatch: { uriPath: {} },
              textTransformations: [{ priority: 0, type: "NONE" }],
            },
          })),
      },
    },
  },
};

const perAddress = (limit: number): Rule => ({
  name: "requests-of-one-address",
  priority: 0,
  action: {
    block: {
      customResponse: { responseCode: 429, customResponseBodyKey: TOO_MANY, responseHeaders: [{ name: "Retry-After", value: "30" }] },
    },
  },
  statement: { rateBasedStatement: { limit, aggregateKeyType: "IP", evaluationWindowSec: WINDOW_SECONDS } },
  visibilityConfig: watched("RequestsOfOneAddress"),
});

const managed = ({ name, count = [] }: (typeof GROUPS)[number], index: number): Rule => ({
  name,
  priority: index + 1,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ruleActionOverrides: count.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      scopeDownStatement: notOfHealth,
    },
  },
  visibilityConfig: watched(name),
});

/** The web ACL before the region's stage or load balancer: a limit per address and AWS's managed groups. What it blocks or counts is logged, without credentials. */
export class ApiFirewall extends pulumi.ComponentResource {
  readonly aclName: string;

  constructor(name: string, { context, entrance, keyArn }: ApiFirewallArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:ApiFirewall", name, {}, opts);
    const child = { parent: this };
    const { settings } = context;
    this.aclName = siteName(context, ["api"], 128);
    const acl = new aws.wafv2.WebAcl(
      `${name}-acl`,
      {
        name: this.aclName,
        description: `Before the API of the ${context.site} site`,
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        rules: [perAddress(settings.api.addressLimit), ...GROUPS.map(managed)],
        customResponseBodies: [
          {
            key: TOO_MANY,
            contentType: "APPLICATION_JSON",
            content: JSON.stringify({
              type: "about:blank",
              title: "Too Many Requests",
              status: 429,
              detail: "Too many requests of one address.",
            }),
          },
        ],
        visibilityConfig: watched(this.aclName),
      },
      child,
    );
    new aws.wafv2.WebAclAssociation(`${name}-${entrance.what}`, { resourceArn: entrance.arn, webAclArn: acl.arn }, child);
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      // The prefix is WAF's condition for a log group.
      {
        name: `aws-waf-logs-${siteName(context, ["api"], 200)}`,
        retentionInDays: settings.logRetentionDays,
        kmsKeyId: keyArn,
      },
      child,
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      `${name}-logging`,
      {
        resourceArn: acl.arn,
        logDestinationConfigs: [logs.arn],
        redactedFields: ["authorization", "x-api-key", "x-amz-security-token", SESSION_HEADER].map((header) => ({
          singleHeader: { name: header },
        })),
        // All that is let through would be the access log once more.
        loggingFilter: {
          defaultBehavior: "DROP",
          filters: [
            {
              behavior: "KEEP",
              requirement: "MEETS_ANY",
              conditions: ["BLOCK", "COUNT"].map((action) => ({ actionCondition: { action } })),
            },
          ],
        },
      },
      child,
    );
    this.registerOutputs({ aclArn: acl.arn });
  }
}
