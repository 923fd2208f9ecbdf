import { text } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { FUNCTION, TASK_DEFINITION } from "../support/types";
import { at, isRecord, isText, json, list, type Value } from "../support/values";

const ACCESS_KEY = "aws:iam/accessKey:AccessKey";
const KEY_ID = /\b(AKIA|ASIA)[A-Z0-9]{16}\b/;

/** Names and values of a function's or container's environment. */
function variables(type: string, props: Value): readonly (readonly [string, Value])[] {
  if (type === FUNCTION) {
    const all = at(list(at(props, "environment"))[0], "variables");
    return isRecord(all) ? Object.entries(all) : [];
  }
  return list(json(at(props, "containerDefinitions"))).flatMap((container) =>
    list(at(container, "environment")).flatMap((one) => {
      const name = at(one, "name");
      return isText(name) ? [[name, at(one, "value")] as const] : [];
    }),
  );
}

/** Anyone who may describe the function can read its environment, and access keys of users never expire. */
export const plainSecrets = resourcePolicy({
  name: "plain-secrets",
  rule: "No secret stands in an environment, and nobody has a key that never expires.",
  severity: "high",
  mend: "hand over the secret's ARN and read it from Secrets Manager at run time; let people and machines assume roles instead of having access keys",
  types: [FUNCTION, TASK_DEFINITION, ACCESS_KEY],
  options: {
    secretNames: text(
      "(password|passwd|secret|private_?key|api_?key|credential)",
      "What the name of a secret matches, a regular expression.",
    ),
    references: text(
      "(_ARN|_NAME|_ID|_URL|_PATH|_PARAMETER)$",
      "What the name of a mere reference to a secret matches, a regular expression.",
    ),
  },
  judge: ({ type, props }, report, { secretNames, references }) => {
    if (type === ACCESS_KEY) return report("it is a key that never expires");
    for (const [name, value] of variables(type, props)) {
      if (!isText(value)) continue;
      if (KEY_ID.test(value)) report(`${name} holds an access key`);
      else if (new RegExp(secretNames, "i").test(name) && !new RegExp(references, "i").test(name)) report(`${name} is named like a secret`);
    }
    return undefined;
  },
});
