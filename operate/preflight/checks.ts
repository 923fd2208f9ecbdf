import { physicalName } from "../../components/settings/names";
import { reservations } from "../../components/settings/reservations";
import type { Settings } from "../../components/settings/settings";
import { zonesOf } from "../../components/settings/zones";
import type { Account, Usage } from "./account";
import type { Finding, Verdict } from "./finding";

/** What one check comes to, before it is known where it looked. */
interface Outcome {
  readonly verdict: Verdict;
  readonly found: string;
  readonly mend?: string;
}

interface Check {
  readonly what: string;
  readonly where: string;
  readonly look: () => Promise<Outcome>;
}

const ok = (found: string): Outcome => ({ verdict: "ok", found });

type SiteName = "primary" | "standby";

/** Functions of a region that must be able to run at once for it to accept, settle and watch: one of each, and the mapping's first five batches. */
const LEAST_CONCURRENCY = 25;
/** AWS leaves so many to functions that have reserved none. */
const UNRESERVED_LEAST = 100;
/** What an account has by default after its first days. */
const USUAL_CONCURRENCY = 1_000;
/** Each site has this many roles of its own. */
const ROLES = 64;
const HEALTH_CHECKS = 4;

const EVERYWHERE = "everywhere";

function room(what: string, where: string, needed: number, usage: () => Promise<Usage>, quota: string): Check {
  return {
    what,
    where,
    look: async () => {
      const { used, limit } = await usage();
      const found = `${used} of ${limit} used, ${needed} more needed`;
      return used + needed <= limit
        ? ok(found)
        : { verdict: "refused", found, mend: `have the quota "${quota}" raised to ${used + needed} or more` };
    },
  };
}

async function concurrency(settings: Settings, account: Account, site: SiteName): Promise<Outcome> {
  const { capacity, environmentSuffix: suffix, regions } = settings;
  const region = regions[site];
  const asked = reservations(settings);
  const functions = Object.keys(asked).map((name) => physicalName(["trade", site, name], suffix, 64));
  const { limit, unreserved } = await account.concurrency(region);
  const more = Object.values(asked).reduce((all, one) => all + one, 0) - (await account.reserved(region, functions));
  const left = unreserved - more;
  const found = `${limit}, of which ${unreserved} are not reserved${more > 0 ? `; this stack reserves ${more} more` : ""}`;
  const raise = (least: number) =>
    `have the quota "Concurrent executions" of Lambda raised to ${Math.max(USUAL_CONCURRENCY, limit + least - left)} or more in both regions, which readiness compares`;
  if (limit < LEAST_CONCURRENCY) return { verdict: "refused", found, mend: raise(UNRESERVED_LEAST) };
  // What is reserved already AWS has taken.
  if (more > 0 && left < UNRESERVED_LEAST)
    return {
      verdict: "refused",
      found,
      mend: `${raise(UNRESERVED_LEAST)}, or reserve less by capacity.reserve or capacity.intakeConcurrency`,
    };
  const used = Math.max(UNRESERVED_LEAST, capacity.settlementConcurrency ?? 0);
  return left < used ? { verdict: "slow", found: `${found}; ${used} would use what is left`, mend: raise(used) } : ok(found);
}

function ofRegion(settings: Settings, account: Account, site: SiteName): readonly Check[] {
  const { database, network, api, regions } = settings;
  const region = regions[site];
  const cidr = { primary: network.primaryCidr, standby: network.standbyCidr }[site];
  return [
    { what: "concurrent functions", where: region, look: () => concurrency(settings, account, site) },
    {
      what: "availability zones",
      where: region,
      look: async () => {
        const there = await account.zones(region);
        const wanted = zonesOf(region, network.zones);
        const away = wanted.filter((zone) => !there.includes(zone));
        return away.length === 0
          ? ok(wanted.join(", "))
          : {
              verdict: "refused",
              found: `no ${away.join(", ")} among ${there.join(", ")}`,
              mend: "set network.zones to what is there, use another region, or ask AWS for the zone",
            };
      },
    },
    room(`networks (${cidr})`, region, 1, () => account.vpcs(region), "VPCs per Region"),
    room("database clusters", region, 1, () => account.clusters(region), "DB clusters"),
    ...(settings.domainName === undefined ? [] : [room("certificates", region, 1, () => account.certificates(region), "ACM certificates")]),
    {
      what: `${database.engine} ${database.version}`,
      where: region,
      look: async () => {
        const there = await account.engineVersions(region, database.engine, database.version);
        return there.includes(database.version)
          ? ok("offered, also for a global database")
          : {
              verdict: "refused",
              found: "not offered for a global database",
              mend: `set database.version to one of both regions: ${there.join(", ") || "none of this major version here"}`,
            };
      },
    },
    {
      what: "RDS Data API",
      where: region,
      look: async () =>
        (await account.hasDataApi(region))
          ? ok("has an endpoint")
          : { verdict: "refused", found: "no endpoint", mend: "use a region that has the Data API for Aurora PostgreSQL" },
    },
    {
      what: "AWS Backup takes part in",
      where: region,
      look: async () => {
        const taken = await account.backedUp(region);
        const missing = ["Aurora", "DynamoDB", "S3"].filter((service) => taken[service] !== true);
        return missing.length === 0
          ? ok("Aurora, DynamoDB, S3")
          : {
              verdict: "slow",
              found: `not in ${missing.join(", ")}: their backups would not be made`,
              mend: `aws backup update-region-settings --region ${region} --resource-type-opt-in-preference ${missing.map((one) => `${one}=true`).join(",")}`,
            };
      },
    },
    {
      what: "API Gateway's log role",
      where: region,
      look: () => logRole(api.ownsLogRole, settings.environmentSuffix, () => account.apiLogRole(region)),
    },
  ];
}

async function logRole(owns: boolean, suffix: string, look: () => Promise<string | undefined>): Promise<Outcome> {
  const role = await look();
  if (owns && role !== undefined && !role.endsWith(`-${suffix}`))
    return {
      verdict: "refused",
      found: `${role}, of another stack or hand`,
      mend: "set api.ownsLogRole to false: this stack would take the setting from its owner",
    };
  if (!owns && role === undefined)
    return {
      verdict: "refused",
      found: "none",
      mend: "set api.ownsLogRole to true, or have the stack that owns it set it: stages with access logs are refused without",
    };
  return ok(role ?? "none yet; this stack sets it");
}

const SERVICE_LINKED: Readonly<Record<string, string>> = {
  AWSServiceRoleForDynamoDBReplication: "replication.dynamodb.amazonaws.com",
  AWSServiceRoleForRDS: "rds.amazonaws.com",
  AWSServiceRoleForBackup: "backup.amazonaws.com",
};

const serviceLinked = (account: Account): readonly Check[] =>
  Object.entries(SERVICE_LINKED).map(([name, service]) => ({
    what: name,
    where: EVERYWHERE,
    look: async () =>
      (await account.hasRole(name))
        ? ok("there")
        : {
            verdict: "slow",
            found: "not there: AWS makes it at the first use, which may fail once",
            mend: `aws iam create-service-linked-role --aws-service-name ${service}`,
          },
  }));

function ofTheName({ domainName, hostedZone }: Settings, account: Account): readonly Check[] {
  if (domainName === undefined || hostedZone === undefined) return [];
  const named = "name" in hostedZone ? hostedZone.name : hostedZone.id;
  const isMade = "name" in hostedZone && hostedZone.make;
  const zone = () => account.hostedZone(hostedZone);
  return [
    {
      what: `hosted zone ${named}`,
      where: EVERYWHERE,
      look: async () => {
        const found = await zone();
        if (found === undefined)
          return isMade
            ? ok("none yet; this stack makes it")
            : {
                verdict: "refused",
                found: "not in this account",
                mend: "set hostedZoneId to a zone of this account, or createHostedZone to true",
              };
        if (found.isPrivate)
          return {
            verdict: "refused",
            found: `${found.name} is private`,
            mend: "use a public zone: clients and Route 53's checkers are outside",
          };
        if (domainName !== found.name && !domainName.endsWith(`.${found.name}`))
          return {
            verdict: "refused",
            found: `${found.name}, which does not hold ${domainName}`,
            mend: "use the zone that holds domainName",
          };
        return domainName === found.name
          ? {
              verdict: "refused",
              found: `${found.name} is the public name itself`,
              mend: "use a name below the zone's: a zone's own name can't have a CNAME",
            }
          : ok(found.name);
      },
    },
    {
      what: `delegation of ${named}`,
      where: EVERYWHERE,
      look: async () => {
        const found = await zone();
        if (found === undefined)
          return isMade
            ? {
                verdict: "slow",
                found: "none yet",
                mend: "delegate to the output's name servers while the first update waits for its certificates",
              }
            : { verdict: "unknown", found: "no zone to ask for", mend: "see the hosted zone" };
        const led = await account.delegatedTo(found.name);
        const isLed = led.length > 0 && led.every((server) => found.nameServers.includes(server));
        return isLed
          ? ok(led.join(", "))
          : {
              verdict: "refused",
              found: led.length === 0 ? "nobody leads there" : `leads to ${led.join(", ")}`,
              mend: `have NS records of ${found.name} lead to ${found.nameServers.join(", ")}: certificates wait for it, and no client would come`,
            };
      },
    },
    {
      what: `record ${domainName}`,
      where: EVERYWHERE,
      look: async () => {
        const found = await zone();
        const there = found === undefined ? [] : await account.records(found.id, domainName);
        const foreign = there.filter(({ setIdentifier }) => setIdentifier !== "primary" && setIdentifier !== "standby");
        return foreign.length === 0
          ? ok(there.length === 0 ? "none yet" : "this stack's, or one like it")
          : {
              verdict: "refused",
              found: `${foreign.map(({ type }) => type).join(", ")} is there already`,
              mend: "remove it, or use another domainName: Route 53 refuses a second record of that name",
            };
      },
    },
    room("health checks", EVERYWHERE, HEALTH_CHECKS, () => account.healthChecks(), "Health checks of Route 53"),
  ];
}

/** A lock in compliance mode outlives the stack. Not asked of the account: the configuration says it. */
function locks({ audit, backup }: Settings): Outcome {
  const locked = [
    ...(audit.lockMode === "compliance" ? [`audit log for ${audit.retentionDays} days`] : []),
    ...(backup.vaultLock === "compliance" ? [`backups for ${backup.retentionDays} days`] : []),
  ];
  if (locked.length === 0) return ok("none in compliance mode");
  return {
    verdict: "lasting",
    found: `${locked.join(", ")}, in compliance mode: nobody can delete them sooner`,
    mend: "for a stack that is tried out, set audit.lockMode and backup.vaultLock to governance",
  };
}

/** Everything that the account is asked for a stack. */
export function checksFor(settings: Settings, account: Account): readonly Check[] {
  const { regions } = settings;
  const all = [regions.primary, regions.standby, regions.witness];
  return [
    ...all.map((region): Check => ({
      what: "region",
      where: region,
      look: async () =>
        (await account.isEnabled(region))
          ? ok("enabled")
          : { verdict: "refused", found: "not enabled for this account", mend: `aws account enable-region --region-name ${region}` },
    })),
    ...ofRegion(settings, account, "primary"),
    ...ofRegion(settings, account, "standby"),
    room("roles", EVERYWHERE, ROLES, () => account.roles(), "Roles per account"),
    { what: "locks", where: EVERYWHERE, look: async () => locks(settings) },
    ...serviceLinked(account),
    ...ofTheName(settings, account),
  ];
}

/** Looks everywhere at once; what the account does not tell is unknown, with the reason. */
export async function findings(checks: readonly Check[]): Promise<readonly Finding[]> {
  return await Promise.all(
    checks.map(async ({ what, where, look }) => {
      try {
        return { what, where, mend: "", ...(await look()) };
      } catch (error) {
        const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return { what, where, verdict: "unknown", found, mend: "use credentials that may ask this" } as const;
      }
    }),
  );
}
