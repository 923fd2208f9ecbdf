/**
 * What the provider reads of the stack's resources after a failover, by AWS's behaviour, and what it would do about each difference to the program.
 * `fact` says where the provider's source has it (hashicorp/terraform-provider-aws, which @pulumi/aws bridges).
 */
import type { Registration } from "./registrations";

export type Consequence =
  | "replaces the cluster"
  | "promotes the copy"
  | "detaches the copy"
  | "fails the update"
  | "changes the version"
  | "writes the old secret"
  | "starts the poller"
  | "moves traffic";

export interface RuntimeChange {
  readonly type: string;
  readonly name: string;
  readonly property: string;
  /** What the provider reads now. */
  readonly value: unknown;
  /** What the provider assumes of a property that the program leaves out; "computed": whatever it reads. */
  readonly unset: unknown;
  readonly consequence: Consequence;
}

export const CLUSTER = "aws:rds/cluster:Cluster";
export const GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster";
export const INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
const RECORD = "aws:route53/record:Record";

export type Role = "writer" | "reader" | "rebuilding";
/** A member's role by the home role of its site. */
export type Roles = Readonly<Record<"primary" | "standby", Role>>;

const siteOf = ({ name }: Registration): "primary" | "standby" => (name.includes("standby") ? "standby" : "primary");

/**
 * All that has changed since the first deployment when the members have these roles: the engine was upgraded, the secret rotated, the passive
 * region's poller stopped, a check disabled, the weights turned.
 */
export function changesAfter(resources: readonly Registration[], roles: Roles, upgradedTo: string): RuntimeChange[] {
  return resources.flatMap((one): RuntimeChange[] => {
    const change = (property: string, value: unknown, unset: unknown, consequence: Consequence): RuntimeChange => ({
      type: one.type,
      name: one.name,
      property,
      value,
      unset,
      consequence,
    });
    // internal/service/rds/{global_cluster,cluster,cluster_instance}.go: a changed engine_version is sent as an upgrade, down as well as up.
    const upgraded = change("engineVersion", upgradedTo, "computed", "changes the version");
    switch (one.type) {
      case GLOBAL_CLUSTER:
      case INSTANCE:
        return [upgraded];
      case CLUSTER:
        return [upgraded, ...memberChanges(change, roles[siteOf(one)], resources, roles)];
      case SECRET_VERSION:
        // internal/service/secretsmanager/secret_version.go: secret_string is ForceNew, a new version becomes the current one.
        return [change("secretString", '{"username":"ledger","password":"rotated"}', "", "writes the old secret")];
      case MAPPING:
        // internal/service/lambda/event_source_mapping.go: enabled is Default true.
        return roles[siteOf(one)] === "writer" ? [] : [change("enabled", false, true, "starts the poller")];
      case HEALTH_CHECK:
        // internal/service/route53/health_check.go: disabled is Default false; a disabled check counts as healthy.
        return [change("disabled", true, false, "moves traffic")];
      case RECORD:
        // internal/service/route53/record.go: weighted_routing_policy is updated in place.
        return one.inputs.weightedRoutingPolicies === undefined
          ? []
          : [change("weightedRoutingPolicies", [{ weight: siteOf(one) === "primary" ? 0 : 100 }], [], "moves traffic")];
      default:
        return [];
    }
  });
}

type Change = (property: string, value: unknown, unset: unknown, consequence: Consequence) => RuntimeChange;

/** internal/service/rds/cluster.go, resourceClusterUpdate, unless said otherwise. */
function memberChanges(change: Change, role: Role, resources: readonly Registration[], roles: Roles): RuntimeChange[] {
  const writer = resources.find((one) => one.type === CLUSTER && roles[siteOf(one)] === "writer");
  const source = role === "reader" ? `arn:aws:rds:us-east-1:123456789012:cluster:${String(writer?.inputs.clusterIdentifier)}` : "";
  return [
    // Optional, not Computed. Dropped: PromoteReadReplicaDBCluster. Set to something else: "promoting to standalone is not supported".
    change("replicationSourceIdentifier", source, "", "promotes the copy"),
    // Read as "" where no global cluster lists the member. Dropped: RemoveFromGlobalCluster. Set: "can't be added to an existing global cluster".
    ...(role === "rebuilding" ? [change("globalClusterIdentifier", "", "", "fails the update")] : []),
    // A member that was rebuilt has no database name of its own; the schema has ForceNew on both of these, and Computed.
    ...(role === "writer" ? [] : [change("databaseName", "", "computed", "replaces the cluster")]),
    change("masterUsername", "ledger", "computed", "replaces the cluster"),
    // Never read back: the state has what was sent. After a rotation the program has the new one: ModifyDBCluster, against the rotation's own.
    change("masterPassword", "generated", "", "writes the old secret"),
  ];
}
