import { isExcepted, reasons, text } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { isAbsent, isText, UNKNOWN } from "../support/values";

/** Properties other than `name` that hold a physical name, by type. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/bucket:Bucket": ["bucket"],
  "aws:rds/cluster:Cluster": ["clusterIdentifier", "finalSnapshotIdentifier"],
  "aws:rds/clusterInstance:ClusterInstance": ["identifier"],
  "aws:rds/instance:Instance": ["identifier", "finalSnapshotIdentifier"],
  "aws:rds/globalCluster:GlobalCluster": ["globalClusterIdentifier"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["alarmName"],
  "aws:ecs/taskDefinition:TaskDefinition": ["family"],
  "aws:ec2/keyPair:KeyPair": ["keyName"],
  "aws:dynamodb/tableExport:TableExport": [],
};
/** The same for prefixes that AWS completes to a name. */
const PREFIXES = ["namePrefix", "bucketPrefix", "identifierPrefix", "clusterIdentifierPrefix", "keyNamePrefix"];

/** True if the name ends in -suffix, or has it as a whole part before a path or a fixed ending (`.fifo`). */
function endsWithSuffix(name: string, suffix: string): boolean {
  const escaped = suffix.replace(/[^a-z0-9]/gi, "\\$&");
  return new RegExp(`[-/]${escaped}(\\.fifo|[/:].*)?$`).test(name);
}

/** Every physical name says its environment, so that two environments fit into one account. */
export const environmentSuffix = resourcePolicy({
  name: "environment-suffix",
  rule: "Every physical name ends in the environment's suffix, and every prefix of names too.",
  severity: "medium",
  mend: "end the name in -<environmentSuffix>, or the prefix in -<environmentSuffix>-; a name that is not given leaves it to Pulumi's own, which lacks the suffix",
  types: ["aws:"],
  options: {
    suffix: text("", "The suffix; empty takes the value of the provider's default tag Environment.", "^[a-z0-9-]{0,12}$"),
    exempt: reasons(
      {
        "aws:iam/rolePolicy:*": "lives inside its role, whose name has the suffix",
        "aws:route53/*": "DNS names are what clients know",
        "aws:apigateway/authorizer:*": "lives inside its API, whose name has the suffix",
        "aws:apigateway/requestValidator:*": "lives inside its API, whose name has the suffix",
        "aws:apigateway/model:*": "lives inside its API, whose name has the suffix",
        "aws:apigatewayv2/authorizer:*": "lives inside its API, whose name has the suffix",
        "aws:s3/bucketMetric:*": "lives inside its bucket, whose name has the suffix",
        "aws:s3/inventory:*": "lives inside its bucket, whose name has the suffix",
        "aws:cloudwatch/logMetricFilter:*": "lives inside its log group, whose name has the suffix",
        "aws:lambda/alias:*": "lives inside its function, whose name has the suffix",
        "aws:ecs/accountSettingDefault:*": "the names of settings are given by AWS",
        "aws:ec2/vpcEndpoint:*": "has no name of its own",
      },
      "Types whose name has a form of its own, each with the reason; * stands for anything.",
    ),
  },
  judge: ({ type, props, provider }, report, { suffix, exempt }) => {
    if (isExcepted(exempt, type)) return;
    const tag = provider === undefined || provider.defaultTags === UNKNOWN ? UNKNOWN : provider.defaultTags.Environment;
    const wanted = suffix === "" ? tag : suffix;
    if (wanted === UNKNOWN) return;
    for (const key of ["name", ...(NAMES[type] ?? [])]) {
      const value = props[key];
      if (isAbsent(value) || value === UNKNOWN) continue;
      if (!isText(value)) report(`${key} is not a text`);
      else if (!isText(wanted)) report("the environment's suffix is unknown: the provider has no default tag Environment");
      else if (!endsWithSuffix(value, wanted)) report(`${key} "${value}" does not end in "-${wanted}"`);
    }
    for (const key of PREFIXES) {
      const value = props[key];
      if (isAbsent(value) || value === UNKNOWN || !isText(wanted)) continue;
      if (!isText(value) || !value.endsWith(`-${wanted}-`)) report(`${key} "${isText(value) ? value : ""}" does not end in "-${wanted}-"`);
    }
  },
});
