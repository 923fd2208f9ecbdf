import type { ServerResponse } from "node:http";
import { answer } from "../request";
import type { GatewayResponse } from "../../types";
import type { Refusal } from "./admission";
import type { Refused } from "./signature";

interface Words {
  readonly status: number;
  readonly error: string;
  readonly message: string;
}

/** Status and words of AWS's own. */
const AWS: Readonly<Record<Refusal, Words>> = {
  THROTTLED: { status: 429, error: "TooManyRequestsException", message: "Too Many Requests" },
  INTEGRATION_FAILURE: { status: 504, error: "InternalServerErrorException", message: "Internal server error" },
};

/** Answers as the gateway does by itself: in the stack's response of that type or class, with AWS's words in it. */
export function refuse(response: ServerResponse, refusal: Refusal | Refused, registered: readonly GatewayResponse[]): void {
  const type = typeof refusal === "string" ? refusal : refusal.type;
  const { status, error, message } = typeof refusal === "string" ? AWS[refusal] : { ...refusal, status: 403 };
  const own =
    registered.find((one) => one.type === type) ?? registered.find((one) => one.type === (status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"));
  const body = (own?.template ?? '{"message":$context.error.messageString}').replace(
    "$context.error.messageString",
    JSON.stringify(message),
  );
  answer(response, Number(own?.status ?? status), body, { "content-type": "application/json", "x-amzn-errortype": error, ...own?.headers });
}
