/** KMS: keys and aliases exist and can be described. Nothing in the lab is encrypted with them. */
import { CreateAliasCommand, CreateKeyCommand, KMSClient, UpdateAliasCommand } from "@aws-sdk/client-kms";
import { arn, unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { optionalFlag, optionalText, text, type Plain } from "../values";

/** A key, or the replica of a multi-Region key: here each region has its own key material. */
async function key(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const created = await context
    .sdk(KMSClient)
    .send(
      new CreateKeyCommand({ Description: optionalText(inputs, "description"), MultiRegion: optionalFlag(inputs, "multiRegion") ?? false }),
    );
  const id = created.KeyMetadata?.KeyId ?? "";
  return { id, state: { keyId: id, arn: created.KeyMetadata?.Arn ?? arn("kms", context.place.region, `key/${id}`) } };
}

export const kms: RealizerTable = {
  "aws:kms/key:Key": key,
  "aws:kms/replicaKey:ReplicaKey": key,
  "aws:kms/alias:Alias": async (context, name, inputs) => {
    const client = context.sdk(KMSClient);
    const alias = optionalText(inputs, "name") ?? `alias/${name}`;
    const target = text(inputs, "targetKeyId");
    await unlessThere(
      async () => void (await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: target }))),
      async () => void (await client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: target }))),
      "AlreadyExistsException",
    );
    return { id: alias, state: { name: alias, arn: arn("kms", context.place.region, alias), targetKeyArn: target } };
  },
};
