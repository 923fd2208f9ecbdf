/** Systems Manager parameters. */
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { arn, type RealizerTable } from "../context";
import { optionalText, text } from "../values";

export const ssm: RealizerTable = {
  "aws:ssm/parameter:Parameter": async (context, name, inputs) => {
    const parameter = optionalText(inputs, "name") ?? name;
    const type = text(inputs, "type") as "String" | "StringList" | "SecureString";
    const value = optionalText(inputs, "insecureValue") ?? text(inputs, "value");
    const put = await context.sdk(SSMClient).send(new PutParameterCommand({ Name: parameter, Type: type, Value: value, Overwrite: true }));
    return {
      id: parameter,
      state: {
        name: parameter,
        version: put.Version ?? 1,
        arn: arn("ssm", context.place.region, `parameter/${parameter.replace(/^\//, "")}`),
      },
    };
  },
};
