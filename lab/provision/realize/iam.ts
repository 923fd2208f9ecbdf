/** IAM. The emulator does not enforce it for state machines, but references to a role that is not there fail. */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ACCOUNT, unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { isPlain, jsonText, members, optionalText, text, texts, type Plain } from "../values";

const roleArn = (path: string, name: string): string => `arn:aws:iam::${ACCOUNT}:role${path}${name}`;

/** `role` may be given as a name or as an ARN. */
const roleName = (inputs: Plain): string => text(inputs, "role").split("/").at(-1) ?? "";

async function attach(context: RealizeContext, role: string, policyArn: string): Promise<Realized> {
  await context.sdk(IAMClient).send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
  return { id: `${role}/${policyArn}`, state: {} };
}

export const iam: RealizerTable = {
  "aws:iam/role:Role": async (context, name, inputs) => {
    const client = context.sdk(IAMClient);
    const role = optionalText(inputs, "name") ?? name;
    const path = optionalText(inputs, "path") ?? "/";
    const trust = jsonText(inputs["assumeRolePolicy"]);
    await unlessThere(
      async () => void (await client.send(new CreateRoleCommand({ RoleName: role, Path: path, AssumeRolePolicyDocument: trust }))),
      async () => void (await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: trust }))),
      "EntityAlreadyExists",
      "EntityAlreadyExistsException",
    );
    for (const policy of members(inputs, "inlinePolicies")) {
      await client.send(
        new PutRolePolicyCommand({
          RoleName: role,
          PolicyName: optionalText(policy, "name") ?? "inline",
          PolicyDocument: jsonText(policy["policy"]),
        }),
      );
    }
    for (const managed of texts(inputs, "managedPolicyArns")) await attach(context, role, managed);
    return { id: role, state: { name: role, path, arn: roleArn(path, role), uniqueId: `AROA${role}` } };
  },
  "aws:iam/policy:Policy": async (context, name, inputs) => {
    const policy = optionalText(inputs, "name") ?? name;
    const policyArn = `arn:aws:iam::${ACCOUNT}:policy${optionalText(inputs, "path") ?? "/"}${policy}`;
    await unlessThere(
      async () =>
        void (await context
          .sdk(IAMClient)
          .send(new CreatePolicyCommand({ PolicyName: policy, PolicyDocument: jsonText(inputs["policy"]) }))),
      async () => undefined,
      "EntityAlreadyExists",
      "EntityAlreadyExistsException",
    );
    return { id: policyArn, state: { name: policy, arn: policyArn, policyId: `ANPA${policy}` } };
  },
  "aws:iam/rolePolicy:RolePolicy": async (context, name, inputs) => {
    const policy = optionalText(inputs, "name") ?? name;
    const document = isPlain(inputs["policy"]) ? JSON.stringify(inputs["policy"]) : text(inputs, "policy");
    await context
      .sdk(IAMClient)
      .send(new PutRolePolicyCommand({ RoleName: roleName(inputs), PolicyName: policy, PolicyDocument: document }));
    return { id: `${roleName(inputs)}:${policy}`, state: { name: policy } };
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (context, _name, inputs) =>
    attach(context, roleName(inputs), text(inputs, "policyArn")),
};
