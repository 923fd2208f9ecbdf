import { KEEPING_KEYS, readKeeping, type KeepingSettings } from "./keeping-settings";
import { LEDGER_KEYS, readLedger, type LedgerSettings } from "./ledger-settings";
import { contains, overlap, parseBlock } from "./address-plan";
import { rtoBudget } from "./rto-budget";
import { readPublicName, type HostedZone } from "./public-name";
import { flatten, Problems, type Raw } from "./settings-reader";

export type Routing = "failover" | "weighted" | "latency";
export type ApiAuth = "iam" | "apiKey" | "none";

/** The whole configuration of a stack, validated. Every key is declared in Pulumi.yaml with type, default and description. */
export interface Settings extends KeepingSettings {
  readonly environmentSuffix: string;
  /** What runs the handlers. */
  readonly compute: "lambda";
  readonly regions: { readonly primary: string; readonly standby: string; readonly witness: string };
  readonly network: {
    readonly primaryCidr: string;
    readonly standbyCidr: string;
    /** Availability zones of a site that have subnets. */
    readonly zones: number;
    /** Do the functions that take requests from outside run in the private subnets? */
    readonly privateFunctions: boolean;
  };
  readonly database: LedgerSettings;
  readonly routing: Routing;
  readonly domainName?: string;
  /** Where the public name's records go; undefined without a domain. */
  readonly hostedZone?: HostedZone;
  readonly rto: {
    readonly healthCheckIntervalSeconds: 10 | 30;
    readonly healthCheckThreshold: number;
    readonly recordTtlSeconds: number;
    readonly leaseLengthSeconds: number;
    readonly leaseRenewalSeconds: number;
    readonly leaseLimitSeconds: number;
  };
  readonly maxSwitchoverLagSeconds: number;
  readonly logRetentionDays: number;
  readonly alarmEmail?: string;
  readonly apiAuth: ApiAuth;
  readonly api: {
    /** Requests a second that a region takes, and how many at once above that. */
    readonly rateLimit: number;
    readonly burstLimit: number;
    /** Requests in five minutes that a region takes from one address. */
    readonly addressLimit: number;
    /** API Gateway has one role for its logs an account and region: true when this stack sets it. */
    readonly ownsLogRole: boolean;
  };
  /** Who may act as the stack's operator; nobody when undefined. */
  readonly operator?: { readonly principal: string; readonly mfa: boolean };
  readonly gameDay: {
    readonly enabled: boolean;
    /** How long an experiment lasts. */
    readonly minutes: number;
  };
  /** A plan of ARC Region switch; undefined: there is none. */
  readonly regionSwitch?: {
    /** Minutes within which ARC expects its plan to activate a region; it is what ARC's reports compare with. */
    readonly objectiveMinutes: number;
  };
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Regions between which DynamoDB offers multi-Region strong consistency; a table's three regions are of one set. */
export const MRSC_SETS: readonly (readonly string[])[] = [
  ["us-east-1", "us-east-2", "us-west-2"],
  ["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
  ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

/** What CloudWatch Logs takes, days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const RTO_GOAL_SECONDS = 60;
/** What the stack says of each thing itself. */
const OWN_TAGS = ["Project", "Environment", "Site", "ManagedBy", "Name"];

const KEYS = [
  "environmentSuffix",
  "compute",
  "primaryRegion",
  "standbyRegion",
  "witnessRegion",
  "network.primaryCidr",
  "network.standbyCidr",
  "network.zones",
  "network.privateFunctions",
  ...LEDGER_KEYS,
  "routing",
  "domainName",
  "hostedZoneId",
  "hostedZoneName",
  "createHostedZone",
  "rto.healthCheckIntervalSeconds",
  "rto.healthCheckThreshold",
  "rto.recordTtlSeconds",
  "rto.leaseLengthSeconds",
  "rto.leaseRenewalSeconds",
  "rto.leaseLimitSeconds",
  "rto.maxSwitchoverLagSeconds",
  "logRetentionDays",
  "alarmEmail",
  "apiAuth",
  "api.rateLimit",
  "api.burstLimit",
  "api.addressLimit",
  "api.ownsLogRole",
  "operatorPrincipal",
  "operatorMfa",
  ...KEEPING_KEYS,
  "gameDay.enabled",
  "gameDay.minutes",
  "regionSwitch.enabled",
  "regionSwitch.objectiveMinutes",
  "deletionProtection",
  "tags",
] as const;

/**
 * Turns the texts of a stack's configuration into settings.
 * @throws one error that lists every problem with its key, its value and what is allowed
 */
export function parseSettings(raw: Raw): Settings {
  const read = new Problems(flatten(raw, ["network", "database", "rto", "api", "audit", "backup", "gameDay", "regionSwitch"]), KEYS);
  const settings: Settings = {
    environmentSuffix: read.text(
      "environmentSuffix",
      undefined,
      // RDS takes no two dashes in a row.
      /^(?=.{2,12}$)[a-z0-9]+(-[a-z0-9]+)*$/,
      "2 to 12 lower-case letters, digits or dashes, no dash at an end and no two in a row",
    ),
    compute: read.oneOf("compute", ["lambda"], "lambda"),
    regions: readRegions(read),
    network: {
      primaryCidr: readCidr(read, "network.primaryCidr", "10.0.0.0/16"),
      standbyCidr: readCidr(read, "network.standbyCidr", "10.1.0.0/16"),
      // An Aurora cluster's subnets are in two zones at least.
      zones: read.integer("network.zones", 3, 2, 3),
      privateFunctions: read.flag("network.privateFunctions", true),
    },
    database: readLedger(read),
    routing: read.oneOf("routing", ["failover", "weighted", "latency"], "failover"),
    ...readPublicName(read),
    rto: readRto(read),
    maxSwitchoverLagSeconds: read.integer("rto.maxSwitchoverLagSeconds", 5, 1, 60),
    logRetentionDays: read.integer("logRetentionDays", 30, 1, 3653),
    alarmEmail: read.optionalText("alarmEmail", /^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address"),
    apiAuth: read.oneOf("apiAuth", ["iam", "apiKey", "none"], "iam"),
    api: {
      rateLimit: read.integer("api.rateLimit", 2_000, 1, 100_000),
      burstLimit: read.integer("api.burstLimit", 4_000, 1, 100_000),
      addressLimit: read.integer("api.addressLimit", 30_000, 10, 2_000_000_000),
      ownsLogRole: read.flag("api.ownsLogRole", true),
    },
    operator: readOperator(read),
    ...readKeeping(read),
    gameDay: { enabled: read.flag("gameDay.enabled", false), minutes: read.integer("gameDay.minutes", 10, 1, 60) },
    regionSwitch: readRegionSwitch(read),
    deletionProtection: read.flag("deletionProtection", true),
    tags: read.tags("tags", OWN_TAGS),
  };
  checkTogether(settings, read);
  read.throwIfAny();
  return settings;
}

function readRegions(read: Problems): Settings["regions"] {
  const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
  const primary = read.text("primaryRegion", "us-east-1", region, "an AWS region");
  const standby = read.text("standbyRegion", "us-east-2", region, "an AWS region");
  const set = MRSC_SETS.find((regions) => regions.includes(primary));
  const sets = MRSC_SETS.map((regions) => regions.join(", ")).join(" | ");
  if (!set) read.add("primaryRegion", primary, `a region of one MRSC set: ${sets}`);
  else if (standby === primary || !set.includes(standby)) read.add("standbyRegion", standby, `another region of the set ${set.join(", ")}`);
  const others = (set ?? []).filter((name) => name !== primary && name !== standby);
  const witness = read.text("witnessRegion", others[0] ?? "us-west-2", region, "an AWS region");
  if (set && !others.includes(witness)) read.add("witnessRegion", witness, `a third region of the set: ${others.join(", ")}`);
  return { primary, standby, witness };
}

function readOperator(read: Problems): Settings["operator"] {
  const principal = read.optionalText(
    "operatorPrincipal",
    /^arn:aws:iam::\d{12}:(user|role)\/[\w+=,.@/-]{1,512}$/,
    "the ARN of an IAM user or role",
  );
  const mfa = read.flag("operatorMfa", true);
  if (principal === undefined && !mfa) read.add("operatorMfa", "false", "nothing, unless operatorPrincipal is set");
  return principal === undefined ? undefined : { principal, mfa };
}

function readRegionSwitch(read: Problems): Settings["regionSwitch"] {
  const enabled = read.flag("regionSwitch.enabled", false);
  const objectiveMinutes = read.integer("regionSwitch.objectiveMinutes", 15, 1, 1440);
  return enabled ? { objectiveMinutes } : undefined;
}

const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

function readCidr(read: Problems, key: "network.primaryCidr" | "network.standbyCidr", byDefault: string): string {
  const cidr = read.text(key, byDefault, /./, "a block such as 10.0.0.0/16");
  const block = parseBlock(cidr);
  const isPrivate = block && PRIVATE_BLOCKS.map(parseBlock).some((outer) => outer && contains(outer, block));
  if (!isPrivate || block.prefix < 16 || block.prefix > 20)
    read.add(key, cidr, `a block from /16 to /20 within ${PRIVATE_BLOCKS.join(", ")}`);
  return cidr;
}

function readRto(read: Problems): Settings["rto"] {
  const interval = read.integer("rto.healthCheckIntervalSeconds", 10, 10, 30);
  if (interval !== 10 && interval !== 30)
    read.add("rto.healthCheckIntervalSeconds", String(interval), "10 or 30, which is what Route 53 offers");
  return {
    healthCheckIntervalSeconds: interval as 10 | 30,
    healthCheckThreshold: read.integer("rto.healthCheckThreshold", 2, 1, 10),
    recordTtlSeconds: read.integer("rto.recordTtlSeconds", 10, 1, 60),
    leaseLengthSeconds: read.integer("rto.leaseLengthSeconds", 15, 10, 60),
    leaseRenewalSeconds: read.integer("rto.leaseRenewalSeconds", 5, 1, 20),
    leaseLimitSeconds: read.integer("rto.leaseLimitSeconds", 60, 30, 600),
  };
}

/** What no key is to blame for alone. */
function checkTogether({ rto, network, logRetentionDays }: Settings, read: Problems): void {
  const [one, other] = [parseBlock(network.primaryCidr), parseBlock(network.standbyCidr)];
  // Peered networks can't share an address.
  if (one && other && overlap(one, other)) {
    const { primaryCidr, standbyCidr } = network;
    read.add("network.standbyCidr", standbyCidr, `a block that does not overlap network.primaryCidr, which is ${primaryCidr}`);
  }
  if (!RETENTION_DAYS.includes(logRetentionDays))
    read.add("logRetentionDays", String(logRetentionDays), `one of ${RETENTION_DAYS.join(", ")}`);
  if (rto.leaseRenewalSeconds * 2 > rto.leaseLengthSeconds) {
    read.add(
      "rto.leaseRenewalSeconds",
      String(rto.leaseRenewalSeconds),
      `at most half of rto.leaseLengthSeconds, which is ${rto.leaseLengthSeconds}`,
    );
  }
  if (rto.leaseLimitSeconds < rto.leaseLengthSeconds) {
    read.add("rto.leaseLimitSeconds", String(rto.leaseLimitSeconds), `at least rto.leaseLengthSeconds, which is ${rto.leaseLengthSeconds}`);
  }
  const { deadSeconds } = rtoBudget(rto);
  if (deadSeconds > RTO_GOAL_SECONDS) {
    const value = `${rto.healthCheckIntervalSeconds} s × ${rto.healthCheckThreshold}, TTL ${rto.recordTtlSeconds} s: ${deadSeconds} s at worst`;
    read.add(
      "rto.healthCheckIntervalSeconds, rto.healthCheckThreshold, rto.recordTtlSeconds",
      value,
      `together at most ${RTO_GOAL_SECONDS} s`,
    );
  }
}
