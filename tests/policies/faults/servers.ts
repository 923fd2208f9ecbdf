import { changed, missing, rewritten, type Fault } from "./fault";

/** What breaks, or opens, the servers of a site. */
export const serverFaults: readonly Fault[] = [
  changed("clients are kept for an hour, as AWS does by itself", "balancer-timing", "primary-servers-balancer", "clientKeepAlive", 3_600),
  changed(
    "a server that goes is waited for as long as AWS does by itself",
    "balancer-timing",
    "standby-servers-targets",
    "deregistrationDelay",
  ),
  changed("a dead server is asked for minutes", "balancer-timing", "primary-servers-targets", "healthCheck.unhealthyThreshold", 10),
  changed("a new server gets its share slowly", "balancer-timing", "primary-servers-targets", "slowStart", 120),
  changed("a listener takes old TLS", "api-transport", "primary-servers-https", "sslPolicy", "ELBSecurityPolicy-2016-08"),
  changed("plain HTTP is answered", "api-transport", "standby-servers-http", "defaultActions", [
    { type: "forward", targetGroupArn: "arn" },
  ]),
  changed("the load balancer logs nothing", "access-trails", "primary-servers-balancer", "accessLogs.enabled", false),
  changed(
    "the load balancer can be deleted by a slip",
    "deletion-protection",
    "primary-servers-balancer",
    "enableDeletionProtection",
    false,
  ),
  missing("the load balancer has no firewall", "public-firewall", "standby-servers-firewall-balancer"),
  rewritten("an image by its tag", "task-images", "primary-servers-task", "containerDefinitions", /@sha256:[0-9a-f]{64}/, ":latest"),
  rewritten(
    "the standby's image from the primary's registry",
    "task-images",
    "standby-servers-task",
    "containerDefinitions",
    "ecr.us-west-2",
    "ecr.us-east-1",
  ),
  rewritten(
    "a container that may write",
    "task-roles",
    "primary-servers-task",
    "containerDefinitions",
    '"readonlyRootFilesystem":true',
    '"readonlyRootFilesystem":false',
  ),
  rewritten("a container that is root", "task-roles", "primary-servers-task", "containerDefinitions", '"user":"65532"', '"user":"root"'),
  changed("tasks without a role of their own", "task-roles", "standby-servers-task", "taskRoleArn"),
  changed("a failed deployment stays", "deployment-rollback", "primary-servers-service", "deploymentCircuitBreaker.rollback", false),
  changed("an update takes servers away first", "deployment-rollback", "primary-servers-service", "deploymentMinimumHealthyPercent", 50),
  changed("tasks that the internet reaches", "public-address", "primary-servers-service", "networkConfiguration.assignPublicIp", true),
  changed("one task alone", "zone-redundancy", "standby-servers-service", "desiredCount", 1),
  changed("tags that can be moved", "registry-encryption", "service-image-standby", "imageTagMutability", "MUTABLE"),
  changed("images that nobody scans", "registry-encryption", "service-image-primary", "imageScanningConfiguration.scanOnPush", false),
  changed("tasks of another size in the standby", "regional-parity", "standby-servers-task", "cpu", "256"),
];
