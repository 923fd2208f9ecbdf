/** A region that neither works nor is gone: a share of what is asked of it fails, or everything takes longer. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Disturbance } from "./config";
import { answerJson, requestId } from "./request";

const CALM: Disturbance = { failing: 0, delayMs: 0 };

export class Disturber {
  private disturbance = CALM;

  /** `random`: 0 to 1, decides which requests fail. */
  constructor(private readonly random: () => number = Math.random) {}

  set(disturbance: Disturbance): void {
    this.disturbance = disturbance;
  }

  /** Holds the request up; answers it, and says so, if it is one of those that fail. */
  async disturbs(response: ServerResponse): Promise<boolean> {
    const { failing, delayMs } = this.disturbance;
    if (delayMs > 0) await sleep(delayMs);
    if (this.random() >= failing) return false;
    answerJson(
      response,
      503,
      { __type: "ServiceUnavailable", message: "The service is unavailable. Please try again." },
      { "x-amzn-requestid": requestId(), "x-amzn-errortype": "ServiceUnavailable" },
    );
    return true;
  }
}
