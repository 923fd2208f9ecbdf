import type { Problems } from "./settings-reader";

/** A zone that is there, by its id; or by its name, looked up, or made by the stack. */
export type HostedZone = { readonly id: string } | { readonly name: string; readonly make: boolean };

interface PublicName {
  readonly domainName?: string;
  readonly hostedZone?: HostedZone;
}

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** The public name and the zone that it is in: one does not go without the other. */
export function readPublicName(read: Problems): PublicName {
  const domainName = read.optionalText("domainName", DOMAIN, "a lower-case domain name such as trades.example.com");
  const id = read.optionalText("hostedZoneId", /^Z[A-Z0-9]{5,31}$/, "the id of a Route 53 hosted zone, such as Z0123456789ABC");
  const name = read.optionalText("hostedZoneName", DOMAIN, "a lower-case domain name such as example.com");
  const make = read.flag("createHostedZone", false);
  if (domainName === undefined) {
    if (id !== undefined) read.add("hostedZoneId", id, "nothing, unless domainName is set");
    if (name !== undefined) read.add("hostedZoneName", name, "nothing, unless domainName is set");
    if (make) read.add("createHostedZone", "true", "false, unless domainName is set");
    return {};
  }
  if (id !== undefined && name !== undefined) read.add("hostedZoneName", name, `nothing, because hostedZoneId is ${id}`);
  if (make && name === undefined) read.add("createHostedZone", "true", "false, unless hostedZoneName says which zone to make");
  if (id !== undefined) return { domainName, hostedZone: { id } };
  if (name === undefined) {
    read.add("hostedZoneId", "", `the id of the hosted zone that holds ${domainName}, or hostedZoneName`);
    return { domainName };
  }
  // The public name's records are CNAMEs, which a zone's own name can't have.
  if (!domainName.endsWith(`.${name}`)) read.add("hostedZoneName", name, `a zone above ${domainName}`);
  return { domainName, hostedZone: { name, make } };
}
