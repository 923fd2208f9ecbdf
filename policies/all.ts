/** The pack's policies, by subject. */
import type { Policies } from "@pulumi/policy";
import { requiredTags } from "./tagging/required-tags";
import { tagsReachCopies } from "./tagging/tags-reach-copies";
import { environmentSuffix } from "./naming/environment-suffix";
import { allowedRegions } from "./providers/allowed-regions";
import { explicitProvider } from "./providers/explicit-provider";
import { apiTransport } from "./encryption/api-transport";
import { archiveEncryption } from "./encryption/archive-encryption";
import { bucketEncryption } from "./encryption/bucket-encryption";
import { bucketTransport } from "./encryption/bucket-transport";
import { databaseEncryption } from "./encryption/database-encryption";
import { databaseTransport } from "./encryption/database-transport";
import { destinationTransport } from "./encryption/destination-transport";
import { keyRotation } from "./encryption/key-rotation";
import { logGroupEncryption } from "./encryption/log-group-encryption";
import { parameterEncryption } from "./encryption/parameter-encryption";
import { queueEncryption } from "./encryption/queue-encryption";
import { queueTransport } from "./encryption/queue-transport";
import { registryEncryption } from "./encryption/registry-encryption";
import { secretEncryption } from "./encryption/secret-encryption";
import { streamEncryption } from "./encryption/stream-encryption";
import { tableEncryption } from "./encryption/table-encryption";
import { topicEncryption } from "./encryption/topic-encryption";
import { topicTransport } from "./encryption/topic-transport";
import { vaultEncryption } from "./encryption/vault-encryption";
import { volumeEncryption } from "./encryption/volume-encryption";
import { accessTrails } from "./exposure/access-trails";
import { apiAuthorization } from "./exposure/api-authorization";
import { openResourcePolicy } from "./exposure/open-resource-policy";
import { openSecurityGroup } from "./exposure/open-security-group";
import { publicAddress } from "./exposure/public-address";
import { publicBucket } from "./exposure/public-bucket";
import { publicDatabase } from "./exposure/public-database";
import { publicFirewall } from "./exposure/public-firewall";
import { balancerTiming } from "./failover/balancer-timing";
import { invertedStatement } from "./privilege/inverted-statement";
import { managedPolicies } from "./privilege/managed-policies";
import { passRole } from "./privilege/pass-role";
import { plainSecrets } from "./privilege/plain-secrets";
import { roleTrust } from "./privilege/role-trust";
import { wildcardAction } from "./privilege/wildcard-action";
import { wildcardResource } from "./privilege/wildcard-resource";
import { alarmActions } from "./resilience/alarm-actions";
import { alarmMissingData } from "./resilience/alarm-missing-data";
import { backupCopies } from "./resilience/backup-copies";
import { bucketReplication } from "./resilience/bucket-replication";
import { deadLetters } from "./resilience/dead-letters";
import { deletionProtection } from "./resilience/deletion-protection";
import { heartbeatAlarms } from "./resilience/heartbeat-alarms";
import { logRetention } from "./resilience/log-retention";
import { pointInTimeRecovery } from "./resilience/point-in-time-recovery";
import { queueConsumers } from "./resilience/queue-consumers";
import { regionalParity } from "./resilience/regional-parity";
import { secretReplication } from "./resilience/secret-replication";
import { tableReplication } from "./resilience/table-replication";
import { zoneRedundancy } from "./resilience/zone-redundancy";
import { boundedSteps } from "./failover/bounded-steps";
import { healthChecks } from "./failover/health-checks";
import { noDataDeletion } from "./failover/no-data-deletion";
import { noPromotion } from "./failover/no-promotion";
import { protectedData } from "./failover/protected-data";
import { rtoBudget } from "./failover/rto-budget";
import { runtimeState } from "./failover/runtime-state";
import { staticStability } from "./failover/static-stability";
import { strongConsistency } from "./failover/strong-consistency";
import { taskImages } from "./failover/task-images";
import { taskRoles } from "./privilege/task-roles";
import { deploymentRollback } from "./resilience/deployment-rollback";

export const policies: Policies = [
  // tagging
  requiredTags,
  tagsReachCopies,
  // naming
  environmentSuffix,
  // providers
  allowedRegions,
  explicitProvider,
  // encryption
  apiTransport,
  archiveEncryption,
  bucketEncryption,
  bucketTransport,
  databaseEncryption,
  databaseTransport,
  destinationTransport,
  keyRotation,
  logGroupEncryption,
  parameterEncryption,
  queueEncryption,
  queueTransport,
  registryEncryption,
  secretEncryption,
  streamEncryption,
  tableEncryption,
  topicEncryption,
  topicTransport,
  vaultEncryption,
  volumeEncryption,
  // exposure
  accessTrails,
  apiAuthorization,
  openResourcePolicy,
  openSecurityGroup,
  publicAddress,
  publicBucket,
  publicDatabase,
  publicFirewall,
  // privilege
  invertedStatement,
  managedPolicies,
  passRole,
  plainSecrets,
  roleTrust,
  taskRoles,
  wildcardAction,
  wildcardResource,
  // resilience
  alarmActions,
  alarmMissingData,
  backupCopies,
  bucketReplication,
  deadLetters,
  deletionProtection,
  deploymentRollback,
  heartbeatAlarms,
  logRetention,
  pointInTimeRecovery,
  queueConsumers,
  regionalParity,
  secretReplication,
  tableReplication,
  zoneRedundancy,
  // failover
  balancerTiming,
  boundedSteps,
  healthChecks,
  noDataDeletion,
  noPromotion,
  protectedData,
  rtoBudget,
  runtimeState,
  staticStability,
  strongConsistency,
  taskImages,
];
