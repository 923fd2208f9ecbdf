import { statementsOf } from "../support/documents";
import { IDENTITY_TYPES, identityDocuments } from "../support/identities";
import { resourcePolicy } from "../support/policy";

/** A grant of `*` or `service:*` allows what nobody thought of. */
export const wildcardAction = resourcePolicy({
  name: "wildcard-action",
  rule: "No role is allowed a wildcard of actions.",
  severity: "critical",
  mend: "name the actions that the code calls, one by one",
  types: IDENTITY_TYPES,
  options: {},
  judge: (resource, report) => {
    for (const document of identityDocuments(resource)) {
      if (document.state === "broken") report("its policy is not a policy document");
      for (const { allows, actions } of statementsOf(document)) {
        const wild = allows ? actions.filter((action) => action.includes("*") || action.includes("?")) : [];
        if (wild.length > 0) report(`it is allowed ${wild.join(", ")}`);
      }
    }
  },
});
