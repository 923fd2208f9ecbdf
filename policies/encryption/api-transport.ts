import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { HEALTH_CHECK, LISTENERS } from "../support/types";
import { at, isText, list, passes, type Value } from "../support/values";

const REST = "aws:apigateway/domainName:DomainName";
const HTTP = "aws:apigatewayv2/domainName:DomainName";

/** TLS 1.2 or newer: `TLS_1_2`, and the named policies whose least version is 1.2 or 1.3. */
function modern(value: Value): boolean {
  return isText(value) && (value === "TLS_1_2" || /^SecurityPolicy_TLS1[23]_/.test(value));
}

/** A listener that only sends clients to HTTPS. */
function redirects(actions: readonly Value[]): boolean {
  return (
    actions.length > 0 && actions.every((action) => passes(at(list(at(action, "redirect"))[0], "protocol"), (value) => value === "HTTPS"))
  );
}

/** Everything that clients and health checkers reach speaks TLS 1.2 or newer. */
export const apiTransport = resourcePolicy({
  name: "api-transport",
  rule: "API domains, listeners and health checks speak TLS 1.2 or newer.",
  severity: "high",
  mend: "set securityPolicy to TLS_1_2 or newer on domain names, protocol HTTPS with an allowed sslPolicy on listeners, and type HTTPS on health checks",
  types: [REST, HTTP, ...LISTENERS, HEALTH_CHECK],
  options: {
    sslPolicies: texts(
      [
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
      ],
      "Policies that a listener may have; each begins at TLS 1.2 or 1.3.",
    ),
  },
  judge: ({ type, props }, report, { sslPolicies }) => {
    if (type === REST) {
      if (!passes(props.securityPolicy, modern)) report("securityPolicy is not TLS_1_2 or newer");
    } else if (type === HTTP) {
      if (!passes(at(list(props.domainNameConfiguration)[0], "securityPolicy"), modern))
        report("domainNameConfiguration.securityPolicy is not TLS_1_2");
    } else if (type === HEALTH_CHECK) {
      const plain = (value: Value): boolean => value === "HTTP" || value === "HTTP_STR_MATCH" || value === "TCP" || !isText(value);
      if (!passes(props.type, (value) => !plain(value)))
        report("type is not HTTPS: a checker that does not speak TLS proves less than a client needs");
    } else if (props.protocol === "HTTP" || props.protocol === "TCP") {
      if (!redirects(list(props.defaultActions))) report(`protocol is ${props.protocol} and it does not redirect to HTTPS`);
    } else if (!passes(props.protocol, (value) => value === "HTTPS" || value === "TLS")) report("protocol is not HTTPS");
    else if (!passes(props.sslPolicy, (value) => isText(value) && sslPolicies.includes(value))) {
      report(`sslPolicy is not one of ${sslPolicies.slice(0, 2).join(", ")} …`);
    }
  },
});
