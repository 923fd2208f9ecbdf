import * as v from "valibot";
import type { TokenRules } from "../../contract/callers";
import type { Value } from "./value";

/** Two keys of any kind, so that one can follow the other, within a function's environment. */
const MOST_TEXT = 1_600;
const SET = `a JSON Web Key Set of public RSA, EC or OKP keys, each with a kid, at most ${MOST_TEXT} characters`;

/** What only a private or a shared key has. */
const SECRET = ["d", "k", "p", "q", "dp", "dq", "qi"];

const publicKey = v.pipe(
  v.looseObject({ kty: v.picklist(["RSA", "EC", "OKP"], SET), kid: v.pipe(v.string(SET), v.minLength(1, SET)) }, SET),
  v.check((key) => !SECRET.some((member) => member in key), SET),
);

export const keySet: Value<TokenRules["keySet"]> = {
  kind: "map",
  allowed: SET,
  schema: v.pipe(
    v.string(),
    v.maxLength(MOST_TEXT, SET),
    v.parseJson(undefined, SET),
    v.object({ keys: v.pipe(v.array(publicKey, SET), v.minLength(1, SET)) }, SET),
  ),
};
