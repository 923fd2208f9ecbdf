/** Runs the program of a stack against mocks and hands on what it registers, each with an id and an ARN that are its own. */
import { answerCall } from "../../lab/provision/calls";
import { bundleProgram } from "../lib/bundle";
import { evaluate } from "../lib/evaluate";
import { stackConfig, stackFile } from "../lib/stack-config";
import type { Registration } from "./graph";

export async function registrationsOf(stack: string): Promise<Registration[]> {
  const registrations: Registration[] = [];
  const program = await bundleProgram();
  // A program registers as it loads: for another stack it is loaded anew.
  delete require.cache[require.resolve(program)];
  await evaluate({
    stack,
    config: stackConfig(stackFile(stack)),
    mocks: {
      newResource: ({ type, name, inputs, provider, custom }) => {
        const given = inputs as Record<string, unknown>;
        const [id, arn] = [`id<${name}>`, `arn<${name}>`];
        if (custom && type.startsWith("aws:")) registrations.push({ type, name, provider: provider ?? "", id, arn, inputs: given });
        return { id, state: { ...given, ...computed(type, id, arn, given) } };
      },
      call: ({ token, inputs }) => answerCall(token, "us-east-1", inputs as Record<string, unknown>),
    },
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a Pulumi program is a module that registers as it loads
    load: () => require(program) as unknown,
  });
  if (registrations.length === 0) throw new Error(`stack ${stack} registers nothing`);
  // Registrations come in the order in which promises end, which no picture should depend on.
  return registrations.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1));
}

/** What the program reads of a resource that the provider computes. */
function computed(type: string, id: string, arn: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  switch (type) {
    case "aws:acm/certificate:Certificate":
      return {
        arn,
        domainValidationOptions: [inputs.domainName, ...((inputs.subjectAlternativeNames as string[] | undefined) ?? [])].map(
          (domainName) => ({ domainName, resourceRecordName: "_proof", resourceRecordType: "CNAME", resourceRecordValue: "_value" }),
        ),
      };
    case "aws:secretsmanager/secretVersion:SecretVersion":
      return { arn, secretString: '{"password":""}' };
    case "awsx:ecr:Image":
      return { imageUri: `image@sha256:${"0".repeat(64)}` };
    case "aws:lb/loadBalancer:LoadBalancer":
      return { arn, dnsName: id, zoneId: "Z", arnSuffix: id };
    case "aws:lambda/function:Function":
      return { arn, invokeArn: arn };
    case "aws:sqs/queue:Queue":
      return { arn, url: id };
    default:
      return { arn };
  }
}
