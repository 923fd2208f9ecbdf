import { texts } from "../support/config";
import { conditionOn, documentOf, statementsOf, type Statement } from "../support/documents";
import { resourcePolicy } from "../support/policy";
import { ROLE } from "../support/types";

function problem(statement: Statement, confused: readonly string[]): string | undefined {
  if (!statement.allows) return undefined;
  if (statement.principals.includes("*")) return "everybody may assume it";
  if (statement.notPrincipals.length > 0) return "everybody but some may assume it (NotPrincipal)";
  if (statement.principals.some((one) => one.startsWith("Federated:")) && statement.condition === undefined) {
    return "every user of the identity provider may assume it (no condition)";
  }
  const service = statement.principals.find((one) => confused.includes(one.replace("Service:", "")));
  const tied = [...conditionOn(statement, "aws:SourceAccount"), ...conditionOn(statement, "aws:SourceArn")].length > 0;
  return service !== undefined && !tied ? `${service.slice(8)} may assume it on anybody's behalf (no aws:SourceAccount)` : undefined;
}

/** Who may become the role. */
export const roleTrust = resourcePolicy({
  name: "role-trust",
  rule: "A role is assumed only by who is named, and by services only on this account's behalf.",
  severity: "critical",
  mend: "name the principal in assumeRolePolicy, and add the condition aws:SourceAccount for services that act for many accounts",
  types: [ROLE],
  options: {
    confusedDeputies: texts(
      ["states.amazonaws.com", "scheduler.amazonaws.com", "pipes.amazonaws.com", "backup.amazonaws.com", "fis.amazonaws.com"],
      "Services that must be tied to this account by aws:SourceAccount or aws:SourceArn. (Lambda and EC2 do not send them.)",
    ),
  },
  judge: ({ props }, report, { confusedDeputies }) => {
    const document = documentOf(props.assumeRolePolicy);
    if (document.state === "broken") report("assumeRolePolicy is not a policy document");
    for (const statement of statementsOf(document)) {
      const found = problem(statement, confusedDeputies);
      if (found !== undefined) report(found);
    }
  },
});
