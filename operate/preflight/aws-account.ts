import { resolveNs, lookup } from "node:dns/promises";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { ACMClient, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { BackupClient, DescribeRegionSettingsCommand } from "@aws-sdk/client-backup";
import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetAccountSummaryCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeAccountAttributesCommand, DescribeDBEngineVersionsCommand, RDSClient } from "@aws-sdk/client-rds";
import {
  GetAccountLimitCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Account, DnsRecord, Usage, Zone } from "./account";

/** Where services that have one endpoint for the world are asked. */
const WORLD = "us-east-1";
const VPCS_PER_REGION = { ServiceCode: "vpc", QuotaCode: "L-F678F1CE" };
const CERTIFICATES = { ServiceCode: "acm", QuotaCode: "L-F141DD1D" };

/** Asked of the world's DNS, and not of the account. */
export interface Resolver {
  nameServers(name: string): Promise<readonly string[]>;
  resolves(host: string): Promise<boolean>;
}

export const worldsResolver: Resolver = {
  nameServers: (name) => resolveNs(name),
  resolves: async (host) => {
    try {
      await lookup(host);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === "ENOTFOUND") return false;
      throw error;
    }
  },
};

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
const withoutDot = (name: string): string => name.replace(/\.$/, "");

/** A client of a service in a region. */
export type Clients = <C>(make: new (config: { region: string; maxAttempts: number }) => C, region: string) => C;

const realClients: Clients = (make, region) => new make({ region, maxAttempts: 3 });

/** The account of whoever runs this, by the SDK's usual credentials. It only reads. */
export function awsAccount(clients: Clients = realClients, resolver: Resolver = worldsResolver): Account {
  const at = <C>(make: new (config: { region: string; maxAttempts: number }) => C, region = WORLD): C => clients(make, region);
  const quota = async (region: string, of: typeof VPCS_PER_REGION): Promise<number> => {
    const { Quota } = await at(ServiceQuotasClient, region).send(new GetServiceQuotaCommand(of));
    return known(Quota?.Value, `the quota ${of.QuotaCode} of ${of.ServiceCode}`);
  };
  const zoneOf = async (id: string): Promise<Zone | undefined> => {
    try {
      const { HostedZone, DelegationSet } = await at(Route53Client).send(new GetHostedZoneCommand({ Id: id }));
      return {
        id,
        name: withoutDot(known(HostedZone?.Name, `the name of the zone ${id}`)),
        isPrivate: HostedZone?.Config?.PrivateZone === true,
        nameServers: DelegationSet?.NameServers ?? [],
      };
    } catch (error) {
      if (isNamed(error, "NoSuchHostedZone")) return undefined;
      throw error;
    }
  };

  return {
    id: async () => known((await at(STSClient).send(new GetCallerIdentityCommand({}))).Account, "the account"),
    isEnabled: async (region) => {
      const { Regions } = await at(EC2Client).send(new DescribeRegionsCommand({ RegionNames: [region], AllRegions: true }));
      return Regions?.[0]?.OptInStatus !== "not-opted-in";
    },
    concurrency: async (region) => {
      const { AccountLimit } = await at(LambdaClient, region).send(new GetAccountSettingsCommand({}));
      return {
        limit: known(AccountLimit?.ConcurrentExecutions, "Lambda's limit"),
        unreserved: known(AccountLimit?.UnreservedConcurrentExecutions, "what is not reserved"),
      };
    },
    reserved: async (region, functions) => {
      const ofEach = functions.map(async (FunctionName) => {
        try {
          const { ReservedConcurrentExecutions } = await at(LambdaClient, region).send(new GetFunctionConcurrencyCommand({ FunctionName }));
          return ReservedConcurrentExecutions ?? 0;
        } catch (error) {
          if (isNamed(error, "ResourceNotFoundException")) return 0;
          throw error;
        }
      });
      return (await Promise.all(ofEach)).reduce((all, one) => all + one, 0);
    },
    zones: async (region) => {
      const filters = [
        { Name: "zone-type", Values: ["availability-zone"] },
        { Name: "state", Values: ["available"] },
      ];
      const { AvailabilityZones } = await at(EC2Client, region).send(new DescribeAvailabilityZonesCommand({ Filters: filters }));
      return (AvailabilityZones ?? []).flatMap(({ ZoneId }) => ZoneId ?? []);
    },
    vpcs: async (region) => {
      const { Vpcs } = await at(EC2Client, region).send(new DescribeVpcsCommand({ MaxResults: 1000 }));
      return { used: Vpcs?.length ?? 0, limit: await quota(region, VPCS_PER_REGION) };
    },
    clusters: async (region) => {
      const { AccountQuotas } = await at(RDSClient, region).send(new DescribeAccountAttributesCommand({}));
      const found = AccountQuotas?.find(({ AccountQuotaName }) => AccountQuotaName === "DBClusters");
      return { used: known(found?.Used, "the database clusters in use"), limit: known(found?.Max, "the quota of database clusters") };
    },
    certificates: async (region) => {
      const { CertificateSummaryList } = await at(ACMClient, region).send(new ListCertificatesCommand({ MaxItems: 1000 }));
      return { used: CertificateSummaryList?.length ?? 0, limit: await quota(region, CERTIFICATES) };
    },
    roles: async () => {
      const { SummaryMap } = await at(IAMClient).send(new GetAccountSummaryCommand({}));
      return { used: known(SummaryMap?.Roles, "the roles in use"), limit: known(SummaryMap?.RolesQuota, "the quota of roles") };
    },
    healthChecks: async (): Promise<Usage> => {
      const { Count, Limit } = await at(Route53Client).send(new GetAccountLimitCommand({ Type: "MAX_HEALTH_CHECKS_BY_OWNER" }));
      return { used: known(Count, "the health checks in use"), limit: known(Limit?.Value, "the limit of health checks") };
    },
    engineVersions: async (region, engine, version) => {
      const [major] = version.split(".");
      const { DBEngineVersions } = await at(RDSClient, region).send(
        new DescribeDBEngineVersionsCommand({ Engine: engine, DBParameterGroupFamily: `${engine}${major}`, MaxRecords: 100 }),
      );
      return (DBEngineVersions ?? []).flatMap(({ EngineVersion, SupportsGlobalDatabases }) =>
        EngineVersion !== undefined && SupportsGlobalDatabases === true ? [EngineVersion] : [],
      );
    },
    // No call of AWS tells in which regions it is; its endpoint's name does.
    hasDataApi: (region) => resolver.resolves(`rds-data.${region}.amazonaws.com`),
    backedUp: async (region) =>
      (await at(BackupClient, region).send(new DescribeRegionSettingsCommand({}))).ResourceTypeOptInPreference ?? {},
    hasRole: async (name) => {
      try {
        await at(IAMClient).send(new GetRoleCommand({ RoleName: name }));
        return true;
      } catch (error) {
        if (isNamed(error, "NoSuchEntityException")) return false;
        throw error;
      }
    },
    apiLogRole: async (region) => (await at(APIGatewayClient, region).send(new GetAccountCommand({}))).cloudwatchRoleArn,
    hostedZone: async (by) => {
      if ("id" in by) return await zoneOf(by.id);
      const { HostedZones } = await at(Route53Client).send(new ListHostedZonesByNameCommand({ DNSName: by.name }));
      const found = HostedZones?.find(({ Name, Config }) => withoutDot(Name ?? "") === by.name && Config?.PrivateZone !== true);
      return found?.Id === undefined ? undefined : await zoneOf(found.Id.replace("/hostedzone/", ""));
    },
    records: async (zoneId, name): Promise<DnsRecord[]> => {
      const { ResourceRecordSets } = await at(Route53Client).send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: name }),
      );
      return (ResourceRecordSets ?? [])
        .filter(({ Name }) => withoutDot(Name ?? "") === name)
        .map(({ Type, SetIdentifier }) => ({ type: Type ?? "?", setIdentifier: SetIdentifier }));
    },
    delegatedTo: async (name) => {
      try {
        return (await resolver.nameServers(name)).map(withoutDot);
      } catch (error) {
        if (["ENOTFOUND", "ENODATA"].includes(String((error as { code?: unknown }).code))) return [];
        throw error;
      }
    },
  };
}

/** @throws an error that says what the account did not tell */
function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the account does not tell ${what}`);
  return value;
}
