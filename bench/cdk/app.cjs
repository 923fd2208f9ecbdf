/**
 * The peer of npm run bench: an AWS CDK program with as many resources, of the same kinds, as the Pulumi program registers. `app.cjs KINDS FOLDER`:
 * KINDS is a JSON file, Pulumi type → number; the templates go to FOLDER. Prints one line of JSON. Plain JavaScript and the CDK's thinnest classes
 * (Cfn…, no Lambda assets): what is measured is the CDK at its best.
 */
const { readFileSync } = require("node:fs");
const { App, Stack, Fn } = require("aws-cdk-lib");
const apigateway = require("aws-cdk-lib/aws-apigateway");
const cloudwatch = require("aws-cdk-lib/aws-cloudwatch");
const ec2 = require("aws-cdk-lib/aws-ec2");
const events = require("aws-cdk-lib/aws-events");
const iam = require("aws-cdk-lib/aws-iam");
const lambda = require("aws-cdk-lib/aws-lambda");
const logs = require("aws-cdk-lib/aws-logs");
const s3 = require("aws-cdk-lib/aws-s3");
const sns = require("aws-cdk-lib/aws-sns");
const sqs = require("aws-cdk-lib/aws-sqs");
const ssm = require("aws-cdk-lib/aws-ssm");
const stepfunctions = require("aws-cdk-lib/aws-stepfunctions");

const document = (Action, Resource) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
const trust = (service) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});

/** How a kind is made; `site` holds what others refer to. A kind that is not here becomes a log group, which is the least that there is. */
const MAKERS = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": (scope, id, site) =>
    new cloudwatch.CfnAlarm(scope, id, {
      alarmName: `trade-${id}`,
      alarmDescription: `Something of ${id} needs a person`,
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: [{ name: "FunctionName", value: site.function.ref }],
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 3,
      threshold: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "breaching",
      alarmActions: [site.topic.ref],
    }),
  "aws:iam/role:Role": (scope, id) =>
    new iam.CfnRole(scope, id, { roleName: `trade-${id}`, assumeRolePolicyDocument: trust("lambda.amazonaws.com") }),
  "aws:iam/rolePolicy:RolePolicy": (scope, id, site) =>
    new iam.CfnPolicy(scope, id, {
      policyName: `trade-${id}`,
      roles: [site.role.ref],
      policyDocument: document(
        ["sqs:SendMessage", "sqs:GetQueueAttributes"],
        [site.queue.attrArn, Fn.join("", [site.queue.attrArn, "-dlq"])],
      ),
    }),
  "aws:ssm/parameter:Parameter": (scope, id, site) =>
    new ssm.CfnParameter(scope, id, { name: `/trade/${id}`, type: "String", value: site.queue.attrArn }),
  "aws:lambda/function:Function": (scope, id, site) =>
    new lambda.CfnFunction(scope, id, {
      functionName: `trade-${id}`,
      role: site.role.attrArn,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: { s3Bucket: "bundles", s3Key: id },
      timeout: 30,
      memorySize: 512,
      environment: { variables: { TRADE_QUEUE_URL: site.queue.ref, TOPIC: site.topic.ref, SITE: id } },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "Text", logGroup: site.logs.ref },
    }),
  "aws:lambda/permission:Permission": (scope, id, site) =>
    new lambda.CfnPermission(scope, id, {
      functionName: site.function.ref,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: Fn.join("", ["arn:aws:execute-api:us-east-1:123456789012:", site.api.ref, "/*/POST/trades"]),
    }),
  "aws:apigateway/response:Response": (scope, id, site) =>
    new apigateway.CfnGatewayResponse(scope, id, {
      restApiId: site.api.ref,
      responseType: "DEFAULT_4XX",
      responseTemplates: { json: "{}" },
    }),
  "aws:apigateway/resource:Resource": (scope, id, site) =>
    new apigateway.CfnResource(scope, id, { restApiId: site.api.ref, parentId: site.api.attrRootResourceId, pathPart: id }),
  "aws:apigateway/method:Method": (scope, id, site) =>
    new apigateway.CfnMethod(scope, id, {
      restApiId: site.api.ref,
      resourceId: site.api.attrRootResourceId,
      httpMethod: "POST",
      authorizationType: "AWS_IAM",
      integration: { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: site.function.attrArn },
    }),
  "aws:sqs/queue:Queue": (scope, id) =>
    new sqs.CfnQueue(scope, id, { queueName: `trade-${id}`, visibilityTimeout: 180, messageRetentionPeriod: 1209600 }),
  "aws:sqs/queuePolicy:QueuePolicy": (scope, id, site) =>
    new sqs.CfnQueuePolicy(scope, id, { queues: [site.queue.ref], policyDocument: document("sqs:*", site.queue.attrArn) }),
  "aws:cloudwatch/eventRule:EventRule": (scope, id, site) =>
    new events.CfnRule(scope, id, { name: `trade-${id}`, eventPattern: { source: ["trade"] }, targets: [{ id, arn: site.queue.attrArn }] }),
  "aws:ec2/subnet:Subnet": (scope, id, site) =>
    new ec2.CfnSubnet(scope, id, { vpcId: site.vpc.ref, cidrBlock: "10.0.0.0/24", availabilityZone: "us-east-1a" }),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": (scope, id, site) =>
    new ec2.CfnSubnetRouteTableAssociation(scope, id, { routeTableId: site.vpc.attrDefaultSecurityGroup, subnetId: site.vpc.ref }),
  "aws:s3/bucket:Bucket": (scope, id) =>
    new s3.CfnBucket(scope, id, {
      bucketName: `trade-${id}`,
      versioningConfiguration: { status: "Enabled" },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
    }),
  "aws:s3/bucketPolicy:BucketPolicy": (scope, id) =>
    new s3.CfnBucketPolicy(scope, id, { bucket: `trade-${id}`, policyDocument: document("s3:*", "*") }),
  "aws:sns/topicSubscription:TopicSubscription": (scope, id, site) =>
    new sns.CfnSubscription(scope, id, { topicArn: site.topic.ref, protocol: "sqs", endpoint: site.queue.attrArn }),
  "aws:sfn/stateMachine:StateMachine": (scope, id, site) =>
    new stepfunctions.CfnStateMachine(scope, id, {
      stateMachineName: `trade-${id}`,
      roleArn: site.role.attrArn,
      definition: { StartAt: "Invoke", States: { Invoke: { Type: "Task", Resource: site.function.attrArn, End: true } } },
    }),
};
const least = (scope, id) => new logs.CfnLogGroup(scope, id, { logGroupName: `/trade/${id}`, retentionInDays: 365 });

/** What the others refer to; it is made beside them and does not count. */
function siteOf(stack) {
  const role = new iam.CfnRole(stack, "SiteRole", { assumeRolePolicyDocument: trust("lambda.amazonaws.com") });
  return {
    role,
    queue: new sqs.CfnQueue(stack, "SiteQueue"),
    topic: new sns.CfnTopic(stack, "SiteTopic"),
    logs: least(stack, "SiteLogs"),
    vpc: new ec2.CfnVPC(stack, "SiteVpc", { cidrBlock: "10.0.0.0/16" }),
    api: new apigateway.CfnRestApi(stack, "SiteApi", { name: "trades" }),
    function: new lambda.CfnFunction(stack, "SiteFunction", { role: role.attrArn, code: { s3Bucket: "bundles", s3Key: "site" } }),
  };
}

function main(kindsFile, outdir) {
  const kinds = JSON.parse(readFileSync(kindsFile, "utf8"));
  const app = new App({ outdir, analyticsReporting: false });
  // CloudFormation takes 500 resources a stack: one stack a site.
  const sites = ["Primary", "Standby"].map((name) => {
    const stack = new Stack(app, name);
    return { stack, parts: siteOf(stack) };
  });
  let resources = 0;
  for (const [type, count] of Object.entries(kinds)) {
    for (let index = 0; index < count; index += 1) {
      const { stack, parts } = sites[index % 2];
      (MAKERS[type] ?? least)(stack, `${type.split(":").at(-1)}${type.length}n${index}`, parts);
      resources += 1;
    }
  }
  app.synth();
  console.log(JSON.stringify({ resources, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

main(process.argv[2], process.argv[3]);
