/** Secrets Manager. The emulator ignores replica regions, so a secret with replicas, and its value, is created in each of them. */
import { CreateSecretCommand, DescribeSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { unlessThere, type Place, type RealizeContext, type RealizerTable } from "../context";
import { members, optionalText, text, type Plain } from "../values";

export const SECRET = "aws:secretsmanager/secret:Secret";
export const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

function placesOf(context: RealizeContext, inputs: Plain): Place[] {
  const regions = new Set(members(inputs, "replicas").map((replica) => text(replica, "region")));
  return context.places.filter((place) => place.region !== context.place.region && regions.has(place.region));
}

async function ensureSecret(context: RealizeContext, place: Place, name: string): Promise<string> {
  const client = context.sdk(SecretsManagerClient, place);
  const answer = await unlessThere(
    () => client.send(new CreateSecretCommand({ Name: name })),
    () => client.send(new DescribeSecretCommand({ SecretId: name })),
    "ResourceExistsException",
  );
  if (answer.ARN === undefined) throw new Error(`no ARN for secret ${name}`);
  return answer.ARN;
}

export const secretsmanager: RealizerTable = {
  [SECRET]: async (context, name, inputs) => {
    const secret = optionalText(inputs, "name") ?? name;
    const [arn] = await Promise.all([context.place, ...placesOf(context, inputs)].map((place) => ensureSecret(context, place, secret)));
    if (arn === undefined) throw new Error(`no ARN for secret ${secret}`);
    return { id: arn, state: { name: secret, arn } };
  },
  [SECRET_VERSION]: async (context, _name, inputs) => {
    const id = text(inputs, "secretId");
    const value = text(inputs, "secretString");
    const secret = context.registered().find((one) => one.type === SECRET && (one.id === id || one.state["name"] === id));
    const name = secret === undefined ? id : text(secret.state, "name");
    const put = await context.sdk(SecretsManagerClient).send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
    const others = secret === undefined ? [] : placesOf(context, secret.inputs);
    await Promise.all(
      others.map((place) =>
        context.sdk(SecretsManagerClient, place).send(new PutSecretValueCommand({ SecretId: name, SecretString: value })),
      ),
    );
    return { id: `${id}|${put.VersionId ?? ""}`, state: { arn: put.ARN ?? id, versionId: put.VersionId ?? "" } };
  },
};
