/** What clients and canaries bring to the lab's stack, as it asks for it. */
import { sigV4aSigner } from "../../client/signing/sigv4a";
import { credentialsOf } from "../iam/facts";
import { LAB_CREDENTIALS, LAB_TRADER } from "../region/gateway/secrets";
import { SECRET_VERSION } from "../provision/realize/secretsmanager";
import { TRADER_KEY, type Provisioned } from "../provision/run-program";
import { isPlain } from "../provision/values";
import type { LabStack } from "./lab-stack";
import type { Credentials } from "./face";

type Stack = Pick<LabStack["settings"], "apiAuth" | "regions">;

/** The key that the stack has made for this caller. */
function keyOf(caller: string, { registered, outputs }: Provisioned): string {
  const arns = outputs["apiKeySecretArns"];
  const secret = registered.find(({ type, state }) => type === SECRET_VERSION && isPlain(arns) && state["arn"] === arns[caller]);
  const key = secret?.inputs["secretString"];
  if (typeof key !== "string") throw new Error(`the stack has made no key for ${caller}`);
  return key;
}

/** Of the drill's clients, who are one caller. */
export function clientCredentials(program: Provisioned, { apiAuth, regions }: Stack): Credentials {
  switch (apiAuth) {
    case "iam":
      return {
        caller: LAB_TRADER,
        sign: sigV4aSigner({ regions: [regions.primary, regions.standby], credentials: () => Promise.resolve(LAB_CREDENTIALS) }),
      };
    case "apiKey":
      return { caller: TRADER_KEY, apiKey: keyOf(TRADER_KEY, program) };
    case "none":
      return { caller: "anybody" };
    case "jwt":
      throw new Error("apiAuth is jwt, and the lab has no issuer whose tokens its clients could bring; allowed here: iam | apiKey | none");
  }
}

/** Of the platform's own canaries in a region. @param validator the function that sends them */
export function canaryCredentials(program: Provisioned, { apiAuth }: Stack, region: string, validator: string): Credentials {
  if (apiAuth === "iam") {
    const credentials = () => Promise.resolve(credentialsOf(region, validator));
    return { caller: "platform", sign: sigV4aSigner({ regions: [region], credentials }) };
  }
  return { caller: "platform", ...(apiAuth === "none" ? {} : { apiKey: keyOf("platform", program) }) };
}
