import { texts } from "../support/config";
import { stackPolicy } from "../support/policy";
import type { Member } from "../support/resource";
import type { Stack } from "../support/stack";
import { isText, isTrue, UNKNOWN } from "../support/values";

const METHOD = "aws:apigateway/method:Method";
const RESOURCE = "aws:apigateway/resource:Resource";
const ROUTE = "aws:apigatewayv2/route:Route";

/** A resource's path, from its parents' parts; `UNKNOWN` where a part is, `undefined` where there is none. */
function pathOf(stack: Stack, resource: Member): string | typeof UNKNOWN | undefined {
  const part = resource.props.pathPart;
  if (!isText(part)) return part === UNKNOWN ? UNKNOWN : undefined;
  const parent = stack.referent(resource, "parentId", RESOURCE);
  if (parent === undefined) return `/${part}`;
  const before = pathOf(stack, parent);
  return typeof before === "string" ? `${before}/${part}` : before;
}

/** Every path but the health checks' requires a known caller. */
export const apiAuthorization = stackPolicy({
  name: "api-authorization",
  rule: "Every method of an API asks who is calling, but on the paths of health checks.",
  severity: "critical",
  mend: "set authorization to AWS_IAM (or an authorizer), or apiKeyRequired: true; paths that health checkers call are listed in the policy's configuration",
  options: {
    openPaths: texts(["/health", "/health/ready", "/control/active"], "Paths that anybody may GET."),
    selfVerified: texts([], "Paths whose function verifies by itself who is calling, such as a token's signature."),
  },
  judge: (stack, report, { openPaths, selfVerified }) => {
    for (const method of stack.of(METHOD)) {
      const { authorization, apiKeyRequired, httpMethod } = method.props;
      if (authorization === UNKNOWN || apiKeyRequired === UNKNOWN || httpMethod === UNKNOWN || httpMethod === "OPTIONS") continue;
      if (isText(authorization) && authorization !== "NONE") continue;
      if (isTrue(apiKeyRequired)) continue;
      const resource = stack.referent(method, "resourceId", RESOURCE);
      const path = resource === undefined ? undefined : pathOf(stack, resource);
      const isGet = httpMethod === "GET";
      const isUnseen = path === UNKNOWN || (path === undefined && method.props.resourceId === UNKNOWN);
      if (isUnseen && (isGet || selfVerified.length > 0)) continue;
      if (typeof path === "string" && (selfVerified.includes(path) || (isGet && openPaths.includes(path)))) continue;
      report(
        `${isText(httpMethod) ? httpMethod : "a method"} ${typeof path === "string" ? path : "on an unnamed path"} asks for no authorisation`,
        method,
      );
    }
    for (const route of stack.of(ROUTE)) {
      const { routeKey, authorizationType } = route.props;
      if (authorizationType === UNKNOWN || routeKey === UNKNOWN) continue;
      if (isText(authorizationType) && authorizationType !== "NONE") continue;
      if (isText(routeKey) && openPaths.some((path) => routeKey === `GET ${path}`)) continue;
      report(`${isText(routeKey) ? routeKey : "a route"} asks for no authorisation`, route);
    }
  },
});
