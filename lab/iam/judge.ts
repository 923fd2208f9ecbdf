/** Judges the calls of the program's functions by the roles that it registered for them. */
import { ACCOUNT, arn } from "../provision/context";
import { evaluate, type Caller, type Statement, type Verdict } from "./evaluate";
import type { AccessFacts, Identity } from "./facts";
import { needsOf, type Call, type Need } from "./needs";

/** ARN whose policy governs the resource: that of an object is its bucket's. */
const ownerOf = (resource: string): string => (resource.startsWith("arn:aws:s3:::") ? (resource.split("/")[0] ?? resource) : resource);

export class AccessJudge {
  constructor(private readonly facts: AccessFacts) {}

  callerOf(accessKeyId: string): Identity | undefined {
    return this.facts.callers[accessKeyId];
  }

  /** The first thing that the function may not do of what the call asks for; undefined if it may. */
  refusal(who: Identity, call: Call): Verdict | undefined {
    if (who.isPrivate) {
      const outside = this.byEndpoint(who, call);
      if (outside !== undefined) return outside;
    }
    return needsOf(call, this.facts)
      .map((need) => this.may(who, need, call.region))
      .find(({ allowed }) => !allowed);
  }

  /** Why who signed a token with this key may not connect to the database as this user. */
  connectRefusal(accessKeyId: string, { region, database, user }: { region: string; database: string; user: string }): string | undefined {
    const who = this.callerOf(accessKeyId);
    if (who === undefined) return "the token's key belongs to nobody here";
    const need = { action: "rds-db:connect", resource: arn("rds-db", region, `dbuser:${database}/${user}`) };
    const { allowed, message } = this.may(who, need, region);
    return allowed ? undefined : message;
  }

  /** May the function do this one thing? */
  may(who: Identity, need: Need, region: string): Verdict {
    const { roleArn, sessionArn, functionArn } = who;
    return this.ask({ roleArn, sessionArn }, need, region, functionArn === undefined ? {} : { "lambda:SourceFunctionArn": functionArn });
  }

  /** May this role, or a service that has taken it, do this one thing? */
  ask(caller: Caller, { action, resource, keys = {} }: Need, region: string, more: Need["keys"] = {}): Verdict {
    const context = contextOf(caller, region, { ...more, ...keys });
    return evaluate({ action, resource, context }, caller, this.facts.roles[caller.roleArn] ?? [], this.facts.own[ownerOf(resource)]);
  }

  /** What has an endpoint is reached by it, under its policy, and all else by a NAT gateway, if there is one. What a service does on the caller's behalf is its own affair. */
  private byEndpoint(who: Identity, call: Call): Verdict | undefined {
    const statements = this.facts.endpoints[who.region]?.[call.service];
    if (statements === undefined || call.region !== who.region) {
      if (who.hasWayOut) return undefined;
      return {
        allowed: false,
        message: `User: ${who.sessionArn} does not reach ${call.service} in ${call.region}: its subnets have no endpoint for it`,
      };
    }
    const asked = needsOf(call, this.facts).filter(({ action }) => action.startsWith(`${call.service}:`));
    return asked
      .map(({ action, resource, keys }) => throughEndpoint(who, { action, resource: whole(resource), keys }, call.region, statements))
      .find(({ allowed }) => !allowed);
  }
}

/** An endpoint's policy names secrets by a pattern. On AWS their ARNs end in six characters of Secrets Manager's own, which the lab's lack. */
const whole = (resource: string): string =>
  /^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/.test(resource) ? `${resource}-AbCdEf` : resource;

function throughEndpoint(who: Identity, { action, resource, keys }: Need, region: string, policy: readonly Statement[]): Verdict {
  const verdict = evaluate({ action, resource, context: contextOf(who, region, keys) }, who, [], policy);
  return verdict.allowed
    ? verdict
    : { allowed: false, message: verdict.message.replace(/ because .*/, ` because no VPC endpoint policy allows the ${action} action`) };
}

function contextOf({ roleArn }: Pick<Caller, "roleArn">, region: string, keys: Need["keys"] = {}): Map<string, string | readonly string[]> {
  const all: Readonly<Record<string, string | readonly string[]>> = {
    "aws:PrincipalArn": roleArn,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:ResourceAccount": ACCOUNT,
    "aws:PrincipalIsAWSService": "false",
    "aws:RequestedRegion": region,
    // The lab speaks plain HTTP on loopback; on AWS these calls are made over TLS.
    "aws:SecureTransport": "true",
    "kms:CallerAccount": ACCOUNT,
    ...keys,
  };
  return new Map(Object.entries(all).map(([key, value]) => [key.toLowerCase(), value]));
}
