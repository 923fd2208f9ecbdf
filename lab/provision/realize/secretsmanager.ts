/**
 * Secrets Manager. The emulator ignores replica regions, so a secret with replicas, and its value, is created in each of them. The ARN that the
 * program sees lacks the random ending: AWS takes such a partial ARN too, a replica's differs by the region only (as on AWS), and it stays the
 * same when a region is built again.
 */
import { createHash } from "node:crypto";
import { CreateSecretCommand, DescribeSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { arn, unlessThere, type Place, type RealizeContext, type RealizerTable } from "../context";
import { members, optionalText, text, type Plain } from "../values";

export const SECRET = "aws:secretsmanager/secret:Secret";
export const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";

function placesOf(context: RealizeContext, inputs: Plain): Place[] {
  const regions = new Set(members(inputs, "replicas").map((replica) => text(replica, "region")));
  return context.places.filter((place) => place.region !== context.place.region && regions.has(place.region));
}

async function ensureSecret(context: RealizeContext, place: Place, name: string): Promise<void> {
  const client = context.sdk(SecretsManagerClient, place);
  await unlessThere(
    async () => void (await client.send(new CreateSecretCommand({ Name: name }))),
    async () => void (await client.send(new DescribeSecretCommand({ SecretId: name }))),
    "ResourceExistsException",
  );
}

export const secretsmanager: RealizerTable = {
  [SECRET]: async (context, name, inputs) => {
    const secret = optionalText(inputs, "name") ?? name;
    await Promise.all([context.place, ...placesOf(context, inputs)].map((place) => ensureSecret(context, place, secret)));
    const secretArn = arn("secretsmanager", context.place.region, `secret:${secret}`);
    return { id: secretArn, state: { name: secret, arn: secretArn } };
  },
  [SECRET_VERSION]: async (context, _name, inputs) => {
    const id = text(inputs, "secretId");
    const value = text(inputs, "secretString");
    const secret = context.registered().find((one) => one.type === SECRET && (one.id === id || one.state["name"] === id));
    const name = secret === undefined ? id : text(secret.state, "name");
    // On AWS a replica has the versions of its original, ids included; here the id follows from the value.
    const version = {
      SecretId: name,
      SecretString: value,
      ClientRequestToken: createHash("sha256").update(value).digest("hex").slice(0, 32),
    };
    const put = await context.sdk(SecretsManagerClient).send(new PutSecretValueCommand(version));
    const others = secret === undefined ? [] : placesOf(context, secret.inputs);
    await Promise.all(others.map((place) => context.sdk(SecretsManagerClient, place).send(new PutSecretValueCommand(version))));
    return { id: `${id}|${put.VersionId ?? ""}`, state: { arn: id, versionId: put.VersionId ?? "" } };
  },
};
