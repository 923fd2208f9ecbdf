import type { ServerResponse } from "node:http";
import { answer } from "../request";
import type { Refusal } from "./admission";

/** One registered gateway response. */
export interface GatewayResponse {
  readonly type: string;
  readonly status?: string;
  readonly template?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Status and words of AWS's own where the stack registers none. */
const BY_DEFAULT: Readonly<Record<Refusal, { readonly status: number; readonly message: string }>> = {
  THROTTLED: { status: 429, message: "Too Many Requests" },
  INTEGRATION_FAILURE: { status: 504, message: "Internal server error" },
};

/** Answers as the gateway does by itself: with the stack's response of that type, else with AWS's. */
export function refuse(response: ServerResponse, refusal: Refusal, registered: readonly GatewayResponse[]): void {
  const { status, message } = BY_DEFAULT[refusal];
  const own = registered.find(({ type }) => type === refusal);
  const body = (own?.template ?? '{"message":$context.error.messageString}').replace(
    "$context.error.messageString",
    JSON.stringify(message),
  );
  const headers = { "content-type": "application/json", "x-amzn-errortype": "LimitExceededException", ...own?.headers };
  answer(response, Number(own?.status ?? status), body, headers);
}
