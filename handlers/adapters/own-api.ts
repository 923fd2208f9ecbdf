import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { limits } from "./clients";
import type { Environment } from "./environment";
import { requestSigner } from "./request-signing";

type Credentials = ReturnType<typeof requestSigner>;

/** The headers that this region's API asks of its callers: the clients' key where the stack has one, otherwise a signature by the function's role. */
export function apiCredentials(env: Pick<Environment<"api.invoke">, "AWS_REGION" | "API_KEY_SECRET_ARN">): Credentials {
  const keySecretArn = env.API_KEY_SECRET_ARN;
  if (keySecretArn === undefined) return requestSigner(env.AWS_REGION);
  const secrets = new SecretsManagerClient(limits(2_000));
  let known: string | undefined;
  return async () => {
    known ??= (await secrets.send(new GetSecretValueCommand({ SecretId: keySecretArn }))).SecretString;
    if (known === undefined || known === "") throw new Error(`secret ${keySecretArn} holds no key of the API`);
    return { "x-api-key": known };
  };
}
