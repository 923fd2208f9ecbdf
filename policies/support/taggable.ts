/**
 * Types that take tags, by service: every one that pulumi-aws 7 gives a `tags` and a `tagsAll`, of the services that this kind of stack uses. A test
 * compares it with the installed provider. A name stands for its token too (`Queue` is `queue:Queue`) but where the two differ.
 */
const TAGGABLE: Readonly<Record<string, string>> = {
  acm: "Certificate",
  alb: "Listener ListenerRule LoadBalancer TargetGroup",
  apigateway: "ApiKey ClientCertificate DomainName DomainNameAccessAssociation RestApi Stage UsagePlan VpcLink",
  apigatewayv2: "Api DomainName Stage VpcLink",
  appautoscaling: "Target",
  appconfig: "Application ConfigurationProfile Deployment DeploymentStrategy Environment EventIntegration Extension",
  arcregionswitch: "Plan",
  backup: "Framework LogicallyAirGappedVault Plan ReportPlan RestoreTestingPlan Vault",
  cloudformation: "Stack StackSet",
  cloudtrail: "EventDataStore Trail",
  cloudwatch:
    "AlarmMuteRule CompositeAlarm ContributorInsightRule ContributorManagedInsightRule EventBus EventRule InternetMonitor LogAnomalyDetector LogDelivery LogDeliveryDestination LogDeliverySource LogDestination LogGroup MetricAlarm MetricStream",
  codedeploy: "Application DeploymentGroup",
  cognito: "IdentityPool UserPool",
  dax: "Cluster",
  dlm: "LifecyclePolicy",
  dynamodb: "Table TableReplica",
  ebs: "Snapshot SnapshotCopy SnapshotImport Volume VolumeCopy",
  ec2: "Ami AmiCopy AmiFromInstance CapacityBlockReservation CapacityReservation CarrierGateway CustomerGateway DedicatedHost DefaultNetworkAcl DefaultRouteTable DefaultSecurityGroup DefaultSubnet DefaultVpc DefaultVpcDhcpOptions EgressOnlyInternetGateway Eip EncryptionControl Fleet FlowLog Instance InternetGateway KeyPair LaunchTemplate LocalGatewayRouteTable LocalGatewayRouteTableVirtualInterfaceGroupAssociation LocalGatewayRouteTableVpcAssociation ManagedPrefixList NatGateway NetworkAcl NetworkInsightsAccessScope NetworkInsightsAnalysis NetworkInsightsPath NetworkInterface PlacementGroup RouteTable SecondaryNetwork SecondarySubnet SecurityGroup SpotFleetRequest SpotInstanceRequest Subnet TrafficMirrorFilter TrafficMirrorSession TrafficMirrorTarget Vpc VpcBlockPublicAccessExclusion VpcDhcpOptions VpcEncryptionControl VpcEndpoint VpcEndpointService VpcIpam VpcIpamPool VpcIpamPoolCidrAllocation VpcIpamResourceDiscovery VpcIpamResourceDiscoveryAssociation VpcIpamScope VpcPeeringConnection VpcPeeringConnectionAccepter VpnConcentrator VpnConnection VpnGateway",
  ecr: "Repository",
  ecs: "CapacityProvider Cluster Daemon DaemonTaskDefinition ExpressGatewayService Service TaskDefinition TaskSet",
  efs: "AccessPoint FileSystem",
  elasticache: "Cluster ParameterGroup ReplicationGroup ReservedCacheNode ServerlessCache SubnetGroup User UserGroup",
  fis: "ExperimentTemplate",
  globalaccelerator: "Accelerator CrossAccountAttachment CustomRoutingAccelerator",
  guardduty: "Detector Filter ipset:IPSet MalwareProtectionPlan PublishingDestination ThreatIntelSet",
  iam: "InstanceProfile OpenIdConnectProvider Policy Role SamlProvider ServerCertificate ServiceLinkedRole User VirtualMfaDevice",
  kinesis: "AnalyticsApplication FirehoseDeliveryStream Stream StreamConsumer VideoStream",
  kms: "ExternalKey Key ReplicaExternalKey ReplicaKey",
  lambda: "CapacityProvider CodeSigningConfig EventSourceMapping Function MicrovmsImage",
  lb: "Listener ListenerRule LoadBalancer TargetGroup TrustStore",
  memorydb: "Acl Cluster MultiRegionCluster ParameterGroup Snapshot SubnetGroup User",
  mq: "Broker Configuration",
  msk: "Channel Cluster Replicator ServerlessCluster VpcConnection",
  networkfirewall: "ContainerAssociation Firewall FirewallPolicy RuleGroup TlsInspectionConfiguration VpcEndpointAssociation",
  oam: "Link Sink",
  pipes: "Pipe",
  ram: "Permission ResourceShare",
  rds: "Cluster ClusterEndpoint ClusterInstance ClusterParameterGroup ClusterSnapshot ClusterSnapshotCopy CustomDbEngineVersion EventSubscription GlobalCluster Instance Integration OptionGroup ParameterGroup Proxy ProxyEndpoint ReservedInstance ShardGroup Snapshot SnapshotCopy SubnetGroup",
  resiliencehub: "ResiliencyPolicy v2policy:V2Policy v2service:V2Service v2system:V2System",
  resourcegroups: "Group",
  route53:
    "HealthCheck ProfilesAssociation ProfilesProfile ResolverEndpoint ResolverFirewallDomainList ResolverFirewallRuleGroup ResolverFirewallRuleGroupAssociation ResolverQueryLogConfig ResolverRule Zone",
  route53recoveryreadiness: "Cell ReadinessCheck RecoveryGroup ResourceSet",
  rum: "AppMonitor",
  s3: "AccessPoint Bucket BucketV2 DirectoryBucket FilesAccessPoint FilesFileSystem VectorsIndex VectorsVectorBucket",
  scheduler: "ScheduleGroup",
  schemas: "Discoverer Registry Schema",
  secretsmanager: "Secret",
  servicediscovery: "HttpNamespace PrivateDnsNamespace PublicDnsNamespace Service",
  sfn: "Activity StateMachine",
  signer: "SigningProfile",
  sns: "Topic",
  sqs: "Queue",
  ssm: "Activation Association ContactsRotation Document MaintenanceWindow Parameter PatchBaseline QuicksetupConfigurationManager",
  ssmincidents: "ReplicationSet ResponsePlan",
  synthetics: "Canary Group",
  vpc: "RouteServer RouteServerEndpoint RouteServerPeer SecurityGroupEgressRule SecurityGroupIngressRule",
  vpclattice:
    "AccessLogSubscription DomainVerification Listener ListenerRule ResourceConfiguration ResourceGateway Service ServiceNetwork ServiceNetworkResourceAssociation ServiceNetworkServiceAssociation ServiceNetworkVpcAssociation TargetGroup",
  wafv2: "IpSet RegexPatternSet RuleGroup WebAcl",
  xray: "Group SamplingRule",
};

const tokens: ReadonlySet<string> = new Set(
  Object.entries(TAGGABLE).flatMap(([service, names]) =>
    names
      .split(" ")
      .map((name) => `aws:${service}/${name.includes(":") ? name : `${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`}`),
  ),
);

/** Services whose types are all listed here. */
export const TAGGED_SERVICES: readonly string[] = Object.keys(TAGGABLE);

export function isTaggable(type: string): boolean {
  return tokens.has(type);
}
