import * as pulumi from "@pulumi/pulumi";
import { isServed } from "../../../contract/placement";
import { allow, document, type Statement } from "../policy-documents";
import type { SiteContext } from "../site-context";

export type Service = "dynamodb" | "s3" | "sqs" | "events" | "logs" | "ecr.api" | "ecr.dkr";

/** What pulls an image. */
const PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"];

/**
 * The policy of a service's endpoint: who passes it reaches this stack's things with it, and no others. What each caller may do there is its role's
 * business.
 */
export function ownThings(service: Service, context: SiteContext): pulumi.Output<string> {
  const { region, accountId, settings } = context;
  const { environmentSuffix: suffix, compute } = settings;
  const served = isServed(compute);
  const own = (resource: string, of: string = service) => pulumi.interpolate`arn:aws:${of}:${region}:${accountId}:${resource}`;
  const ours = (...statement: Parameters<typeof allow>): Statement => ({
    ...allow(...statement),
    Principal: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
  });
  const images = () => [ours(PULL, own("repository/*", "ecr")), ours("ecr:GetAuthorizationToken", "*")];
  const statements: Readonly<Record<Service, () => readonly Statement[]>> = {
    dynamodb: () => [
      ours(
        ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query", ...(served ? ["dynamodb:BatchGetItem"] : [])],
        [`table/trade-*-${suffix}`, `table/trade-*-${suffix}/index/*`].map((resource) => own(resource)),
      ),
    ],
    s3: () => [
      // A bucket's ARN names no account: another's bucket may be called so too.
      {
        ...ours(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::trade-*-${suffix}/*`),
        Condition: { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } },
      },
      // ECR hands out an image's layers from a bucket of its own, by addresses that it signs itself.
      ...(compute === "fargate"
        ? [{ ...allow("s3:GetObject", `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`), Principal: "*" }]
        : []),
      // Amazon Linux hands out its packages from a bucket of each region, to anybody.
      ...(compute === "autoscaling"
        ? [{ ...allow("s3:GetObject", `arn:aws:s3:::al2023-repos-${region}-de612dc2/*`), Principal: "*" }]
        : []),
    ],
    sqs: () => [
      ours(
        ["sqs:SendMessage", "sqs:GetQueueAttributes", ...(served ? ["sqs:ReceiveMessage", "sqs:DeleteMessage"] : [])],
        own(`trade-*-${suffix}`),
      ),
    ],
    events: () => [ours("events:PutEvents", own(`event-bus/trade-*-${suffix}`))],
    logs: () => [ours(["logs:CreateLogStream", "logs:PutLogEvents"], own(`log-group:*trade-*-${suffix}:*`))],
    "ecr.api": images,
    "ecr.dkr": images,
  };
  return document(...statements[service]());
}
