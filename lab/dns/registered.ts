/** Reads the DNS layer from what the program registered: records, checks, and which host name leads to which region. */
import { isPlain, members, optionalFlag, optionalNumber, optionalText, text, texts, type Plain } from "../provision/values";
import type { Registered } from "../types";
import type { DnsRecord, HealthCheck, Policy } from "../../emulation/route53/routing";

/** Where a host name of AWS's leads in the lab. */
export interface Route {
  readonly region: string;
  /** The region's front. */
  readonly endpoint: string;
  /** Turns a path of the public URL into the front's. */
  path(requested: string): string;
}

/** The internet's routing: host names of AWS's regional endpoints → the lab's fronts. */
export type Routes = ReadonlyMap<string, Route>;

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, "");

function policyOf(inputs: Plain): Policy {
  const [failover] = members(inputs, "failoverRoutingPolicies");
  if (failover !== undefined) return { kind: "failover", role: failover["type"] === "PRIMARY" ? "PRIMARY" : "SECONDARY" };
  const [weighted] = members(inputs, "weightedRoutingPolicies");
  if (weighted !== undefined) return { kind: "weighted", weight: optionalNumber(weighted, "weight") ?? 0 };
  const [latency] = members(inputs, "latencyRoutingPolicies");
  if (latency !== undefined) return { kind: "latency", region: text(latency, "region") };
  return { kind: "simple" };
}

export function recordsOf(registered: readonly Registered[]): DnsRecord[] {
  return registered
    .filter((one) => one.type === "aws:route53/record:Record")
    .map(({ inputs }) => ({
      name: plainName(text(inputs, "name")),
      type: text(inputs, "type"),
      ttl: optionalNumber(inputs, "ttl") ?? 60,
      // An alias has no values of its own; its target's TTL is AWS's, 60 seconds.
      values: [...texts(inputs, "records"), ...members(inputs, "aliases").map((alias) => text(alias, "name"))].map(plainName),
      setIdentifier: optionalText(inputs, "setIdentifier") ?? "",
      policy: policyOf(inputs),
      healthCheckId: optionalText(inputs, "healthCheckId"),
    }));
}

export function checksOf(registered: readonly Registered[]): HealthCheck[] {
  return registered.filter((one) => one.type === "aws:route53/healthCheck:HealthCheck").map(checkOf);
}

function checkOf({ id, name, inputs }: Registered): HealthCheck {
  const base = {
    id,
    name,
    inverted: optionalFlag(inputs, "invertHealthcheck") ?? false,
    disabled: optionalFlag(inputs, "disabled") ?? false,
  };
  const type = text(inputs, "type");
  if (type === "CALCULATED") {
    const children = texts(inputs, "childHealthchecks");
    return { ...base, kind: "calculated", children, healthThreshold: optionalNumber(inputs, "childHealthThreshold") ?? children.length };
  }
  if (type === "CLOUDWATCH_METRIC" || type === "RECOVERY_CONTROL") return { ...base, kind: "alarm" };
  const secure = type.startsWith("HTTPS");
  return {
    ...base,
    kind: "endpoint",
    secure,
    host: plainName(optionalText(inputs, "fqdn") ?? text(inputs, "ipAddress")),
    port: optionalNumber(inputs, "port") ?? (secure ? 443 : 80),
    path: optionalText(inputs, "resourcePath") ?? "/",
    intervalSeconds: optionalNumber(inputs, "requestInterval") ?? 30,
    threshold: optionalNumber(inputs, "failureThreshold") ?? 3,
    searchString: optionalText(inputs, "searchString"),
  };
}

/** Custom domains (`d-….execute-api.…`) lead to the front's public root, default names (`<api>.execute-api.…`) to the API's stages. */
export function routesOf(registered: readonly Registered[], endpoints: ReadonlyMap<string, string>): Routes {
  const routes = new Map<string, Route>();
  for (const { type, id, region, state } of registered) {
    const endpoint = endpoints.get(region);
    if (endpoint === undefined) continue;
    if (type === "aws:apigateway/domainName:DomainName") {
      routes.set(plainName(text(state, "regionalDomainName")), { region, endpoint, path: (requested) => requested });
    } else if (type === "aws:apigateway/restApi:RestApi") {
      routes.set(`${id}.execute-api.${region}.amazonaws.com`, { region, endpoint, path: (requested) => stagePath(id, requested) });
    } else if (type === "aws:lb/loadBalancer:LoadBalancer" && isPlain(state) && typeof state["dnsName"] === "string") {
      routes.set(plainName(state["dnsName"]), { region, endpoint, path: (requested) => requested });
    }
  }
  // A site's own name leads where its record does.
  for (const { name, policy, values } of recordsOf(registered)) {
    const route = policy.kind === "simple" ? routes.get(values[0] ?? "") : undefined;
    if (route !== undefined) routes.set(name, route);
  }
  return routes;
}

/** `/v1/trades` → the path at which the emulator serves that stage. */
function stagePath(api: string, requested: string): string {
  const [, stage = "", rest = ""] = /^\/([^/?]*)(.*)$/s.exec(requested) ?? [];
  return `/restapis/${api}/${stage}/_user_request_${rest}`;
}
