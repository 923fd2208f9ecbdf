import { resourcePolicy } from "../support/policy";
import { FUNCTION, INSTANCE, LAUNCH_TEMPLATE, SERVICE } from "../support/types";
import { at, isAbsent, isFalse, isText, list, passes } from "../support/values";

const SUBNET = "aws:ec2/subnet:Subnet";
const URL = "aws:lambda/functionUrl:FunctionUrl";

/** Servers, tasks and functions can be reached only through the load balancer or the API. */
export const publicAddress = resourcePolicy({
  name: "public-address",
  rule: "No server, task or function is reached past the load balancer or the API.",
  severity: "high",
  mend: "remove the public address (associatePublicIpAddress, assignPublicIp, mapPublicIpOnLaunch), keys for SSH and function URLs without authorisation; ask for IMDSv2 (httpTokens: required)",
  types: [SUBNET, INSTANCE, LAUNCH_TEMPLATE, SERVICE, URL, FUNCTION],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === SUBNET && !passes(props.mapPublicIpOnLaunch, isFalse)) report("mapPublicIpOnLaunch is not false");
    if (type === INSTANCE && !passes(props.associatePublicIpAddress, isFalse)) report("associatePublicIpAddress is not false");
    if (type === LAUNCH_TEMPLATE) {
      for (const one of list(props.networkInterfaces)) {
        if (!passes(at(one, "associatePublicIpAddress"), isFalse)) report("networkInterfaces.associatePublicIpAddress is not false");
      }
    }
    if (type === LAUNCH_TEMPLATE || type === INSTANCE) {
      if (!passes(at(list(props.metadataOptions)[0], "httpTokens"), (value) => value === "required"))
        report("metadataOptions.httpTokens is not required");
      if (!passes(props.keyName, isAbsent)) report("keyName gives it a key for SSH");
    }
    if (type === SERVICE && !passes(at(list(props.networkConfiguration)[0], "assignPublicIp"), isFalse))
      report("assignPublicIp is not false");
    if (type === URL && !passes(props.authorizationType, (value) => isText(value) && value === "AWS_IAM"))
      report("authorizationType is not AWS_IAM");
  },
});
