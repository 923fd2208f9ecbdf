import { conditionOn, statementsOf } from "../support/documents";
import { IDENTITY_TYPES, identityDocuments } from "../support/identities";
import { resourcePolicy } from "../support/policy";

/** A caller who may pass any role to any service has the rights of the strongest role. */
export const passRole = resourcePolicy({
  name: "pass-role",
  rule: "A role is passed on only by name, and only to a named service.",
  severity: "critical",
  mend: "name the role's ARN as the resource and add the condition StringEquals iam:PassedToService",
  types: IDENTITY_TYPES,
  options: {},
  judge: (resource, report) => {
    for (const document of identityDocuments(resource)) {
      for (const statement of statementsOf(document)) {
        if (!statement.allows || !statement.actions.some((action) => action.toLowerCase() === "iam:passrole")) continue;
        if (statement.resources.some((one) => one.includes("*"))) report("it may pass every role on");
        if (conditionOn(statement, "iam:PassedToService").length === 0)
          report("it may pass the role to every service (no iam:PassedToService)");
      }
    }
  },
});
