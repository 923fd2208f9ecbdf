import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { limits } from "./clients";
import { requestSigner } from "./request-signing";

type Credentials = ReturnType<typeof requestSigner>;

/**
 * The headers that this region's API asks of its callers: the clients' key where the stack has one, otherwise a signature by the function's role.
 * @param keySecretArn secret of this region that holds the key; by default the environment's `API_KEY_SECRET_ARN`, which only such a stack sets
 */
export function apiCredentials(region: string, keySecretArn = process.env.API_KEY_SECRET_ARN): Credentials {
  if (keySecretArn === undefined || keySecretArn === "") return requestSigner(region);
  const secrets = new SecretsManagerClient(limits(2_000));
  let known: string | undefined;
  return async () => {
    known ??= (await secrets.send(new GetSecretValueCommand({ SecretId: keySecretArn }))).SecretString;
    if (known === undefined || known === "") throw new Error(`secret ${keySecretArn} holds no key of the API`);
    return { "x-api-key": known };
  };
}
