/** Step Functions: the emulator executes the registered Amazon States Language definition as it is. */
import { CreateStateMachineCommand, SFNClient, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { arn, unlessThere, type RealizerTable } from "../context";
import { jsonText, optionalText, text } from "../values";

export const sfn: RealizerTable = {
  "aws:sfn/stateMachine:StateMachine": async (context, name, inputs) => {
    const client = context.sdk(SFNClient);
    const machine = optionalText(inputs, "name") ?? name;
    const machineArn = arn("states", context.place.region, `stateMachine:${machine}`);
    const definition = jsonText(inputs["definition"]);
    const roleArn = text(inputs, "roleArn");
    await unlessThere(
      async () =>
        void (await client.send(
          new CreateStateMachineCommand({
            name: machine,
            definition,
            roleArn,
            type: (optionalText(inputs, "type") ?? "STANDARD") as "STANDARD",
          }),
        )),
      async () => void (await client.send(new UpdateStateMachineCommand({ stateMachineArn: machineArn, definition, roleArn }))),
      "StateMachineAlreadyExists",
    );
    return { id: machineArn, state: { name: machine, arn: machineArn, stateMachineVersionArn: `${machineArn}:1` } };
  },
};
