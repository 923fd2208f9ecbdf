import * as v from "valibot";
import { key } from "../key";
import { flag, integer, oneOf } from "../value";
import { withFunctions } from "./servers";

export const API = v.pipe(
  v.object({
    apiAuth: key(oneOf("iam", "apiKey", "none"), {
      default: "iam",
      what: "Who may trade: iam is who signs requests (with compute lambda alone: no load balancer verifies a signature), apiKey who has the one key (the same in both regions), none anybody who reaches the API.",
    }),
    api: v.object({
      rateLimit: key(integer(1, 100_000), {
        default: 2_000,
        what: "Requests a second that a region's API takes.",
        onlyWith: withFunctions,
      }),
      burstLimit: key(integer(1, 100_000), {
        default: 4_000,
        what: "Requests above the rate that a region's API takes at once.",
        onlyWith: withFunctions,
      }),
      addressLimit: key(integer(10, 2_000_000_000), {
        default: 30_000,
        what: "Requests in five minutes that a region's API takes from one address.",
      }),
      ownsLogRole: key(flag, {
        default: true,
        what: "Whether this stack sets API Gateway's log role, of which an account and region has one. False where another stack does.",
        onlyWith: withFunctions,
      }),
    }),
  }),
  v.title("The API"),
);
