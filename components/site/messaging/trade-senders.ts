import * as pulumi from "@pulumi/pulumi";
import type { CapabilityName } from "../../../contract/environment";
import { tradeService, type Uses } from "../../../contract/functions";
import { API_FUNCTIONS, SETTLING_FUNCTIONS, WORK_FUNCTIONS, type Compute } from "../../../contract/placement";
import type { Statement } from "../../foundation/policy-documents";
import { peerSite, siteName, type SiteContext } from "../../foundation/site-context";

/** Who works for a site, by the parts of the role's name. */
const workers = (compute: Compute): readonly (readonly [role: readonly string[], work: Uses])[] => {
  const named = (functions: Readonly<Record<string, Uses>>) => Object.entries(functions).map(([name, work]) => [[name], work] as const);
  const server = { fargate: "task", autoscaling: "instance" } as const;
  return [
    ...(compute === "lambda"
      ? named({ ...API_FUNCTIONS, ...SETTLING_FUNCTIONS })
      : [[["service", server[compute]], tradeService] as const]),
    ...named(WORK_FUNCTIONS),
  ];
};

/** Roles that put trades into a site's queue: those of the site that send to it, and those of the other that hand over to it. */
export function tradeSenders({ settings, site, accountId }: SiteContext): readonly pulumi.Output<string>[] {
  const who = (at: SiteContext["site"], capability: CapabilityName) =>
    workers(settings.compute)
      .filter(([, { uses }]) => uses.some(({ name }) => name === capability))
      .map(([role]) => siteName({ site: at, settings }, role, 64));
  const path = settings.roles.path ?? "/";
  return [...who(site, "queue.send"), ...who(peerSite(site), "queue.handOver")].map(
    (role) => pulumi.interpolate`arn:aws:iam::${accountId}:role${path}${role}`,
  );
}

/** Nobody else's message is a trade, whatever an account's other policies allow. */
export const refuseOtherSenders = (context: SiteContext, queueArn: pulumi.Input<string>): Statement => ({
  Sid: "RefuseOtherSenders",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:SendMessage",
  Resource: queueArn,
  Condition: { ArnNotEquals: { "aws:PrincipalArn": tradeSenders(context) } },
});
