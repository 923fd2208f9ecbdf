/** Runs the compiled program once for each order on its channel, and writes what was registered into a file. */
import { renameSync, writeFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { evaluate, type RegisterRequest, type RegisterResponse } from "../../../scripts/lib/evaluate";
import { asOnAws } from "./arns";
import type { Evaluated, EvaluationJob, EvaluationNews, EvaluationOrder, Registered } from "./registered";

const CALLS: Readonly<Record<string, (inputs: object) => Record<string, unknown>>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012", arn: "arn", userId: "x", id: "x" }),
  "aws:ec2/getAmi:getAmi": (inputs) => ({ ...inputs, id: "ami-0123456789abcdef0" }),
  "aws:secretsmanager/getRandomPassword:getRandomPassword": () => ({ randomPassword: "generated", id: "x" }),
  "aws:route53/getZone:getZone": (inputs) => ({ ...inputs, zoneId: "ZFOUND", id: "ZFOUND" }),
};

/** Those that the mocks read themselves. */
interface Inputs {
  readonly name?: string;
  readonly domainName?: string;
  readonly subjectAlternativeNames?: readonly string[];
}

/** What the program reads of a resource that the provider computes. */
function computed(type: string, name: string, given: Inputs): Record<string, unknown> {
  const arn = { arn: `arn:aws:mock:us-east-1:123456789012:${name}` };
  if (type === "aws:acm/certificate:Certificate") {
    return {
      ...arn,
      domainValidationOptions: [given.domainName, ...(given.subjectAlternativeNames ?? [])].map((domainName) => ({
        domainName,
        resourceRecordName: `_proof.${domainName}`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_value",
      })),
    };
  }
  switch (type) {
    case "aws:secretsmanager/secretVersion:SecretVersion":
      return { ...arn, secretString: '{"password":"x"}' };
    case "aws:lb/loadBalancer:LoadBalancer":
      return { ...arn, dnsName: `${name}.elb.example`, zoneId: "ZBALANCER", arnSuffix: `app/${name}/1` };
    case "aws:lb/targetGroup:TargetGroup":
      return { ...arn, arnSuffix: `targetgroup/${name}/1` };
    case "aws:sqs/queue:Queue":
      return { ...arn, url: `https://sqs.example/${name}` };
    case "aws:rds/cluster:Cluster":
      return {
        ...arn,
        endpoint: `writer.${name}`,
        readerEndpoint: `reader.${name}`,
        clusterResourceId: `cluster-${name.replaceAll("-", "").toUpperCase()}`,
      };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { ...arn, latestVersion: 7 };
    case "awsx:ecr:Image":
      return { imageUri: `registry.example/${name}@sha256:${"0123456789abcdef".repeat(4)}` };
    default:
      return arn;
  }
}

function mocks({ states, arns }: EvaluationJob, calls: string[]): pulumi.runtime.Mocks {
  return {
    newResource: ({ type, name, inputs }) => {
      const given = inputs as Inputs;
      const arn = arns === "as on AWS" ? asOnAws({ type, name, inputs: { ...given } }) : {};
      return { id: `${name}-id`, state: { ...given, ...computed(type, given.name ?? name, given), ...arn, ...states[`${type}/${name}`] } };
    },
    call: ({ token, inputs }) => {
      calls.push(token);
      const answer = CALLS[token];
      if (answer === undefined) throw new Error(`the program called ${token}, which these tests do not know`);
      return answer(inputs as object);
    },
  };
}

function registeredBy(request: RegisterRequest, response: RegisterResponse): Registered {
  const sources: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value: { getUrnsList(): string[] }, key: string) => {
    if (value.getUrnsList().length > 0) sources[key] = value.getUrnsList();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    urn: response.getUrn(),
    custom: request.getCustom(),
    parent: request.getParent(),
    provider: request.getProvider(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    outputs: { ...response.getObject()?.toJavaScript(), ...(request.getCustom() ? { id: response.getId() } : {}) },
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    sources,
  };
}

async function serve({ job, program, file }: EvaluationOrder): Promise<void> {
  const registered: Registered[] = [];
  const calls: string[] = [];
  // A program registers as it loads: for another run it is loaded anew.
  delete require.cache[program];
  await evaluate({
    stack: job.stack,
    config: job.config,
    mocks: mocks(job, calls),
    onRegistered: (request, response) => registered.push(registeredBy(request, response)),
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
    load: () => require(program) as unknown,
  });
  const evaluated: Evaluated = { registered, calls };
  writeFileSync(`${file}.part`, JSON.stringify(evaluated));
  renameSync(`${file}.part`, file);
}

const answer = (news: EvaluationNews): void => void process.send?.(news);
const fail = (error: unknown): void => answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });

process.on("unhandledRejection", fail);
process.on("disconnect", () => process.exit(0));
process.on("message", (order: EvaluationOrder) => {
  serve(order).then(() => answer({ failure: "" }), fail);
});
