import * as v from "valibot";
import type { TokenRules } from "../../../contract/callers";
import { callerMap, misnamed } from "../caller-map";
import { key, optionalKey, type Condition } from "../key";
import { keySet } from "../key-set";
import { flag, integer, oneOf, text } from "../value";
import { withFunctions } from "./servers";

const withTokens: Condition = { key: "apiAuth", is: ["jwt"] };

interface TokenKeys {
  readonly tokenIssuer?: string;
  readonly tokenAudience?: string;
  readonly tokenKeySet?: TokenRules["keySet"];
}

/** Undefined: not all of it is given. */
const tokensOf = ({ tokenIssuer: issuer, tokenAudience: audience, tokenKeySet: keys }: TokenKeys): TokenRules | undefined =>
  issuer === undefined || audience === undefined || keys === undefined ? undefined : { issuer, audience, keySet: keys };

export const API = v.pipe(
  v.object({
    apiAuth: key(oneOf("iam", "apiKey", "jwt", "none"), {
      default: "iam",
      what: "What callers bring: iam a signature (with compute lambda alone: no load balancer verifies one), apiKey a key of their own (the same in both regions), jwt a token, none nothing: anybody who reaches the API may trade.",
    }),
    callers: key(callerMap, {
      default: "{}",
      what: 'Who may trade for which accounts, such as `{desk: ["desk-*", "house"]}`. A caller is the ARN of a role or user (iam), the name of a key that the stack makes (apiKey) or the subject of a token (jwt). By default nobody but the platform\'s own canaries.',
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
      tokenIssuer: optionalKey(text(/^\S{1,255}$/, "up to 255 characters without spaces"), {
        what: "`iss` of the tokens that count.",
        onlyWith: withTokens,
      }),
      tokenAudience: optionalKey(text(/^\S{1,255}$/, "up to 255 characters without spaces"), {
        what: "`aud` of the tokens that count.",
        onlyWith: withTokens,
      }),
      tokenKeySet: optionalKey(keySet, {
        what: "Public keys that tokens are verified with, as a JSON Web Key Set. They are held in the functions: a failover asks no issuer. A new key is one more, and an update, before the issuer uses it.",
        onlyWith: withTokens,
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
  v.forward(
    v.partialCheck(
      [["apiAuth"], ["callers"]],
      ({ apiAuth, callers }) => misnamed(Object.keys(callers), apiAuth) === undefined,
      ({ input }) => misnamed(Object.keys(input.callers), input.apiAuth) ?? "",
    ),
    ["callers"],
  ),
  v.forward(
    v.partialCheck(
      [["apiAuth"], ["api"]],
      ({ apiAuth, api }) => apiAuth !== "jwt" || tokensOf(api) !== undefined,
      () => "a value, and one of api.tokenAudience and api.tokenKeySet, because apiAuth is jwt",
    ),
    ["api", "tokenIssuer"],
  ),
  v.transform(({ apiAuth, callers, api }) => ({ apiAuth, callers, api, tokens: tokensOf(api) })),
);
