import * as pulumi from "@pulumi/pulumi";
import type { RegionalSite } from "./regional-site";

/** What people and programs need to know of a site, as the stack's output. An output that the configuration leaves out is empty. */
export const siteOutputs = (
  { foundation, data, messaging, compute, orchestration, operatorRole, gameDay, servers }: RegionalSite,
  region: string,
  dashboardUrl: pulumi.Output<string>,
  ledgerSecretArn: pulumi.Output<string>,
) => ({
  region,
  url: foundation.entrance.url,
  apiId: foundation.entrance.api?.id ?? pulumi.output(""),
  loadBalancerArn: servers?.balancer.balancer.arn ?? pulumi.output(""),
  loadBalancerHost: servers?.balancer.balancer.dnsName ?? pulumi.output(""),
  targetGroupArn: servers?.balancer.targetGroup.arn ?? pulumi.output(""),
  /** The ECS cluster, or the Auto Scaling group. */
  serversName: servers?.fleet.name ?? pulumi.output(""),
  keyArn: foundation.key.key.arn,
  queueUrl: messaging.queue.queue.url,
  queueArn: messaging.queue.queue.arn,
  deadLetterQueueUrl: messaging.queue.deadLetters.url,
  auditBucket: data.buckets.audit.bucket.bucket,
  assetsBucket: data.buckets.assets.bucket.bucket,
  configurationBucket: data.buckets.configuration.bucket.bucket,
  backupVaultArn: foundation.vault.arn,
  vpcId: foundation.network.vpcId,
  gameDayTemplateId: gameDay?.templateId ?? pulumi.output(""),
  eventBus: messaging.bus.bus.name,
  eventBusArn: messaging.bus.bus.arn,
  ledgerClusterArn: data.ledger.cluster.arn,
  ledgerSecretArn,
  ledgerEndpoint: data.ledger.cluster.endpoint,
  ledgerReaderEndpoint: data.ledger.cluster.readerEndpoint,
  topicArn: messaging.notifications.topic.arn,
  noticesQueueUrl: messaging.notifications.notices.url,
  failoverArn: orchestration.machines.failover.arn,
  switchoverArn: orchestration.machines.switchover.arn,
  readinessArn: orchestration.machines.readiness.arn,
  parityFunction: compute.working.parity.function.name,
  operatorRoleArn: operatorRole?.arn ?? pulumi.output(""),
  dashboardUrl,
});
