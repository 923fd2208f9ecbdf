import * as v from "valibot";
import { key, optionalKey } from "../key";
import { flag, integer, oneOf, text } from "../value";

/** A zone that is there, by its id; or by its name, looked up, or made by the stack. */
export type HostedZone = { readonly id: string } | { readonly name: string; readonly make: boolean };

const domain = (example: string) =>
  text(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, `a lower-case domain name such as ${example}`);
const withDomain = { key: "domainName" };

/** Route 53's own range. */
const weight = integer(0, 255);
const whenWeighted = { key: "routing", is: ["weighted"] };
const AFTERWARDS = "Afterwards it belongs to whoever runs the stack: no update sets it back.";

/** The public name and the zone that it is in: one does not go without the other. */
export const PUBLIC_NAME = v.pipe(
  v.object({
    domainName: optionalKey(domain("trades.example.com"), {
      what: "Public name of the API. Without it there is no DNS layer and clients use both endpoints.",
    }),
    hostedZoneId: optionalKey(text(/^Z[A-Z0-9]{5,31}$/, "the id of a Route 53 hosted zone, such as Z0123456789ABC"), {
      what: "Hosted zone that holds domainName. With a domainName this or hostedZoneName is required.",
      onlyWith: withDomain,
    }),
    hostedZoneName: optionalKey(domain("example.com"), {
      what: "Name of the hosted zone that holds domainName, looked up, or made with createHostedZone.",
      onlyWith: withDomain,
    }),
    createHostedZone: key(flag, {
      default: false,
      what: "Makes the zone hostedZoneName. Its name servers (an output) must be delegated to while the first update waits for the certificates.",
      onlyWith: { key: "hostedZoneName" },
    }),
    routing: key(oneOf("failover", "weighted", "latency"), {
      default: "failover",
      what: "How the public name chooses a region. The lease and the checks win over weights and latency.",
      onlyWith: withDomain,
    }),
    weights: v.pipe(
      v.object({
        primary: key(weight, {
          default: 100,
          what: `Weight of the primary's record at the first deployment. ${AFTERWARDS}`,
          onlyWith: whenWeighted,
        }),
        standby: key(weight, {
          default: 0,
          what: `Weight of the standby's record at the first deployment; 0 is used when the primary is down. ${AFTERWARDS}`,
          onlyWith: whenWeighted,
        }),
      }),
      v.forward(
        v.partialCheck(
          [["primary"], ["standby"]],
          ({ primary, standby }) => primary > 0 || standby > 0,
          () => "above 0, because weights.standby is 0: Route 53 would lead to both alike",
        ),
        ["primary"],
      ),
    ),
  }),
  v.title("The public name"),
  v.forward(
    v.partialCheck(
      [["domainName"], ["hostedZoneId"], ["hostedZoneName"]],
      ({ domainName, hostedZoneId, hostedZoneName }) =>
        domainName === undefined || hostedZoneId !== undefined || hostedZoneName !== undefined,
      ({ input }) => `the id of the hosted zone that holds ${input.domainName}, or hostedZoneName`,
    ),
    ["hostedZoneId"],
  ),
  v.forward(
    v.partialCheck(
      [["hostedZoneId"], ["hostedZoneName"]],
      ({ hostedZoneId, hostedZoneName }) => hostedZoneId === undefined || hostedZoneName === undefined,
      ({ input }) => `nothing, because hostedZoneId is ${input.hostedZoneId}`,
    ),
    ["hostedZoneName"],
  ),
  v.forward(
    v.partialCheck(
      [["domainName"], ["hostedZoneName"]],
      // The public name's records are CNAMEs, which a zone's own name can't have.
      ({ domainName, hostedZoneName }) =>
        domainName === undefined || hostedZoneName === undefined || domainName.endsWith(`.${hostedZoneName}`),
      ({ input }) => `a zone above ${input.domainName}`,
    ),
    ["hostedZoneName"],
  ),
  v.transform(({ domainName, hostedZoneId: id, hostedZoneName: name, createHostedZone: make, routing, weights }) => {
    const hostedZone: HostedZone | undefined = id !== undefined ? { id } : name !== undefined ? { name, make } : undefined;
    return { domainName, hostedZone, routing, weights };
  }),
);
