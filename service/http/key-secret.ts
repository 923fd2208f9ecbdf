import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { limits } from "../../handlers/adapters/clients";

/** Reads the key that clients send from the region's own copy of the stack's secret. */
export function keySecret(arn: string): () => Promise<string> {
  const secrets = new SecretsManagerClient(limits(2_000));
  return async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString === undefined || SecretString === "") throw new Error(`secret ${arn} holds no key of the API`);
    return SecretString;
  };
}
