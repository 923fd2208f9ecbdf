import { isExcepted, reasons } from "../support/config";
import { stackPolicy } from "../support/policy";
import { BUCKET, LOAD_BALANCERS } from "../support/types";
import { at, isText, isTrue, list, passes } from "../support/values";

const VPC = "aws:ec2/vpc:Vpc";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const BUCKET_LOGGING = "aws:s3/bucketLogging:BucketLogging";
const STAGES = ["aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage"];

/** The network, the buckets and the entrances each record who was there. */
export const accessTrails = stackPolicy({
  name: "access-trails",
  rule: "Networks, buckets, API stages and load balancers log who reaches them.",
  severity: "medium",
  mend: "add a FlowLog to the VPC and a BucketLogging to the bucket, set accessLogSettings on the stage and accessLogs.enabled on the load balancer",
  options: {
    exempt: reasons(
      { "*access-logs*": "a bucket that logs its own accesses would log the writing of its logs" },
      "Resource names that need no trail, each with the reason; * stands for anything.",
    ),
  },
  judge: (stack, report, { exempt }) => {
    const trail = (type: string, log: string, property: string, problem: string): void => {
      for (const one of stack.of(type)) {
        if (isExcepted(exempt, one.name) || stack.attached(one, log, property).length > 0 || stack.mayBeAttached(one, log, property))
          continue;
        report(problem, one);
      }
    };
    trail(VPC, FLOW_LOG, "vpcId", "it has no FlowLog");
    trail(BUCKET, BUCKET_LOGGING, "bucket", "it has no BucketLogging");
    for (const stage of stack.of(...STAGES)) {
      if (!passes(at(list(stage.props.accessLogSettings)[0], "destinationArn"), isText)) report("it has no accessLogSettings", stage);
    }
    for (const balancer of stack.of(...LOAD_BALANCERS)) {
      const logs = list(balancer.props.accessLogs)[0];
      // A bucket is enough: `enabled` is off only where it says so.
      if (!passes(at(logs, "bucket"), isText) || !passes(at(logs, "enabled"), isTrue)) report("its accessLogs are not enabled", balancer);
    }
  },
});
