import { text } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { isText, passes } from "../support/values";

/** A parameter that is called a secret is one. */
export const parameterEncryption = resourcePolicy({
  name: "parameter-encryption",
  rule: "Parameters that hold secrets are SecureStrings with the customer's key.",
  severity: "high",
  mend: "set type: SecureString and keyId to the site's key, or keep the secret in Secrets Manager",
  types: ["aws:ssm/parameter:Parameter"],
  options: {
    secretNames: text(
      "(password|passwd|secret|token|credential|private-?key|api-?key)",
      "What the name of a secret matches, a regular expression.",
    ),
  },
  judge: ({ props }, report, { secretNames }) => {
    const secure = props.type === "SecureString";
    if (isText(props.name) && new RegExp(secretNames, "i").test(props.name) && !passes(props.type, (value) => value === "SecureString")) {
      report(`"${props.name}" is named like a secret and is not a SecureString (type)`);
    }
    if (!passes(props.type, (value) => value === "String" || value === "StringList" || value === "SecureString"))
      report("type is none that AWS knows");
    if (secure && !passes(props.keyId, isText)) report("keyId is not set");
  },
});
