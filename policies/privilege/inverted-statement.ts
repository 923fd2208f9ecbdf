import { statementsOf } from "../support/documents";
import { IDENTITY_TYPES, identityDocuments } from "../support/identities";
import { resourcePolicy } from "../support/policy";

/** "All but" grows with every service that AWS adds. */
export const invertedStatement = resourcePolicy({
  name: "inverted-statement",
  rule: "No statement allows all but something (NotAction, NotResource).",
  severity: "critical",
  mend: "name what is allowed; to take something away from an allowed set, deny it in a statement of its own",
  types: IDENTITY_TYPES,
  options: {},
  judge: (resource, report) => {
    for (const document of identityDocuments(resource)) {
      for (const { allows, notActions, notResources } of statementsOf(document)) {
        if (allows && notActions.length > 0) report(`it is allowed everything but ${notActions.join(", ")} (NotAction)`);
        if (allows && notResources.length > 0) report(`it is allowed an action on everything but ${notResources.join(", ")} (NotResource)`);
      }
    }
  },
});
