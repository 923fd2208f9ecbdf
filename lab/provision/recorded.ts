/** Resources without local behaviour: they get the state that AWS would compute, so that what refers to them can be registered. */
import { createHash } from "node:crypto";
import { arn, type Realized } from "./context";
import { optionalFlag, optionalNumber, optionalText, text, texts, type Plain } from "./values";

type Recorder = (region: string, name: string, inputs: Plain) => Realized;

/** Stable made-up id part. */
const hash = (value: string, length = 17): string => createHash("sha256").update(value).digest("hex").slice(0, length);

/** For resources named by an id of the form `vpc-0123…`. */
const numbered =
  (prefix: string, service: string, kind: string): Recorder =>
  (region, name) => {
    const id = `${prefix}-${hash(`${region}/${name}`)}`;
    return { id, state: { arn: arn(service, region, `${kind}/${id}`), ownerId: "000000000000" } };
  };

/** For resources named by the program. */
const named =
  (service: string, kind: string, key = "name"): Recorder =>
  (region, name, inputs) => {
    const own = optionalText(inputs, key) ?? name;
    return { id: own, state: { [key]: own, arn: arn(service, region, `${kind}${own}`) } };
  };

const regionalDomain = (region: string, name: string): string => `d-${hash(`${region}/${name}`, 10)}.execute-api.${region}.amazonaws.com`;

const cluster: Recorder = (region, name, inputs) => {
  const id = optionalText(inputs, "clusterIdentifier") ?? name;
  const host = (kind: string): string => `${id}.${kind}-${hash(region, 12)}.${region}.rds.amazonaws.com`;
  const secret = arn("secretsmanager", region, `secret:rds!cluster-${hash(`${region}/${id}`, 12)}`);
  return {
    id,
    state: {
      clusterIdentifier: id,
      arn: arn("rds", region, `cluster:${id}`),
      clusterResourceId: `cluster-${hash(`${region}/${id}`, 26).toUpperCase()}`,
      endpoint: host("cluster"),
      readerEndpoint: host("cluster-ro"),
      port: optionalNumber(inputs, "port") ?? 5432,
      hostedZoneId: "Z0000000000000",
      engineVersionActual: optionalText(inputs, "engineVersion") ?? "",
      ...(optionalFlag(inputs, "manageMasterUserPassword")
        ? { masterUserSecrets: [{ secretArn: secret, secretStatus: "active", kmsKeyId: "" }] }
        : {}),
    },
  };
};

const certificate: Recorder = (region, name, inputs) => {
  const certificateArn = arn("acm", region, `certificate/${hash(`${region}/${name}`, 32)}`);
  const domain = optionalText(inputs, "domainName") ?? "";
  const options = [domain, ...texts(inputs, "subjectAlternativeNames")].map((domainName) => ({
    domainName,
    resourceRecordName: `_${hash(domainName, 16)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${hash(`${domainName}!`, 16)}.acm-validations.aws.`,
  }));
  return { id: certificateArn, state: { arn: certificateArn, domainValidationOptions: options, status: "ISSUED" } };
};

const RECORDERS: Readonly<Record<string, Recorder>> = {
  "aws:rds/cluster:Cluster": cluster,
  "aws:rds/globalCluster:GlobalCluster": (_region, name, inputs) => {
    const id = optionalText(inputs, "globalClusterIdentifier") ?? name;
    // A global cluster belongs to no region.
    return {
      id,
      state: {
        globalClusterIdentifier: id,
        arn: arn("rds", "", `global-cluster:${id}`),
        globalClusterResourceId: `cluster-${hash(id, 16)}`,
      },
    };
  },
  "aws:rds/clusterInstance:ClusterInstance": (region, name, inputs) => {
    const id = optionalText(inputs, "identifier") ?? name;
    return {
      id,
      state: {
        identifier: id,
        arn: arn("rds", region, `db:${id}`),
        endpoint: `${id}.${hash(region, 12)}.${region}.rds.amazonaws.com`,
        dbiResourceId: `db-${hash(id, 26)}`,
        writer: false,
      },
    };
  },
  "aws:rds/subnetGroup:SubnetGroup": named("rds", "subgrp:"),
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": named("rds", "cluster-pg:"),
  "aws:rds/parameterGroup:ParameterGroup": named("rds", "pg:"),
  "aws:ec2/vpc:Vpc": (region, name, inputs) => {
    const vpc = numbered("vpc", "ec2", "vpc")(region, name, inputs);
    const part = (prefix: string): string => `${prefix}-${hash(`${vpc.id}/${prefix}`)}`;
    return {
      id: vpc.id,
      state: {
        ...vpc.state,
        mainRouteTableId: part("rtb"),
        defaultRouteTableId: part("rtb"),
        defaultSecurityGroupId: part("sg"),
        defaultNetworkAclId: part("acl"),
      },
    };
  },
  "aws:ec2/subnet:Subnet": numbered("subnet", "ec2", "subnet"),
  "aws:ec2/securityGroup:SecurityGroup": numbered("sg", "ec2", "security-group"),
  "aws:ec2/routeTable:RouteTable": numbered("rtb", "ec2", "route-table"),
  "aws:ec2/internetGateway:InternetGateway": numbered("igw", "ec2", "internet-gateway"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (region, name, inputs) => {
    const endpoint = numbered("vpce", "ec2", "vpc-endpoint")(region, name, inputs);
    return { id: endpoint.id, state: { ...endpoint.state, prefixListId: `pl-${hash(text(inputs, "serviceName"), 8)}` } };
  },
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": numbered("pcx", "ec2", "vpc-peering-connection"),
  // The accepter's id is that of the connection it accepts.
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": (_region, _name, inputs) => ({
    id: text(inputs, "vpcPeeringConnectionId"),
    state: {},
  }),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": numbered("sgr", "ec2", "security-group-rule"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": numbered("sgr", "ec2", "security-group-rule"),
  "aws:ec2/flowLog:FlowLog": numbered("fl", "ec2", "vpc-flow-log"),
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": (region, name, inputs) => ({
    id: optionalText(inputs, "certificateArn") ?? hash(`${region}/${name}`),
    state: { certificateArn: optionalText(inputs, "certificateArn") ?? "" },
  }),
  "aws:apigateway/domainName:DomainName": (region, name, inputs) => {
    const domain = optionalText(inputs, "domainName") ?? name;
    return {
      id: domain,
      state: {
        arn: arn("apigateway", region, `/domainnames/${domain}`, ""),
        regionalDomainName: regionalDomain(region, name),
        regionalZoneId: `ZAPI${hash(region, 9).toUpperCase()}`,
        cloudfrontDomainName: "",
        domainNameId: hash(`${region}/${domain}`, 10),
      },
    };
  },
  "aws:lb/listener:Listener": numbered("listener", "elasticloadbalancing", "listener"),
  "aws:ecs/cluster:Cluster": named("ecs", "cluster/"),
  "aws:ecs/taskDefinition:TaskDefinition": (region, name, inputs) => {
    const family = optionalText(inputs, "family") ?? name;
    return { id: family, state: { family, revision: 1, arn: arn("ecs", region, `task-definition/${family}:1`) } };
  },
  "aws:ecr/repository:Repository": (region, name, inputs) => {
    const own = optionalText(inputs, "name") ?? name;
    const host = `000000000000.dkr.ecr.${region}.amazonaws.com`;
    return { id: own, state: { name: own, arn: arn("ecr", region, `repository/${own}`), repositoryUrl: `${host}/${own}` } };
  },
  "aws:ec2/launchTemplate:LaunchTemplate": (region, name, inputs) => {
    const made = numbered("lt", "ec2", "launch-template")(region, name, inputs);
    return { ...made, state: { ...made.state, latestVersion: 1 } };
  },
  "aws:route53/zone:Zone": (_region, name, inputs) => {
    const id = `Z${hash(name, 13).toUpperCase()}`;
    const servers = [1, 2, 3, 4].map((number) => `ns-${number}.awsdns.test`);
    return {
      id,
      state: {
        name: optionalText(inputs, "name") ?? name,
        zoneId: id,
        arn: `arn:aws:route53:::hostedzone/${id}`,
        nameServers: servers,
        primaryNameServer: servers[0],
      },
    };
  },
  "aws:route53/healthCheck:HealthCheck": (_region, name) => {
    const digest = hash(name, 32);
    const id = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20)].join("-");
    return { id, state: { arn: `arn:aws:route53:::healthcheck/${id}` } };
  },
  "aws:route53/record:Record": (_region, name, inputs) => ({
    id: [
      optionalText(inputs, "zoneId") ?? "",
      optionalText(inputs, "name") ?? name,
      optionalText(inputs, "type") ?? "",
      optionalText(inputs, "setIdentifier") ?? "",
    ].join("_"),
    state: { fqdn: optionalText(inputs, "name") ?? name },
  }),
  "aws:lb/loadBalancer:LoadBalancer": (region, name, inputs) => {
    const own = optionalText(inputs, "name") ?? name;
    const suffix = `app/${own}/${hash(`${region}/${own}`, 16)}`;
    const balancer = arn("elasticloadbalancing", region, `loadbalancer/${suffix}`);
    return {
      id: balancer,
      state: {
        name: own,
        arn: balancer,
        arnSuffix: suffix,
        dnsName: `${own}-${hash(region, 10)}.${region}.elb.amazonaws.com`,
        zoneId: `ZELB${hash(region, 9).toUpperCase()}`,
      },
    };
  },
  "aws:lb/targetGroup:TargetGroup": (region, name, inputs) => {
    const own = optionalText(inputs, "name") ?? name;
    const suffix = `targetgroup/${own}/${hash(`${region}/${own}`, 16)}`;
    const group = arn("elasticloadbalancing", region, suffix);
    return { id: group, state: { name: own, arn: group, arnSuffix: suffix } };
  },
  "aws:ec2/eip:Eip": (region, name, inputs) => {
    const address = numbered("eipalloc", "ec2", "elastic-ip")(region, name, inputs);
    return { id: address.id, state: { ...address.state, allocationId: address.id } };
  },
  "aws:ec2/natGateway:NatGateway": numbered("nat", "ec2", "natgateway"),
  "aws:wafv2/webAcl:WebAcl": (region, name, inputs) => {
    const own = optionalText(inputs, "name") ?? name;
    const id = hash(`${region}/${own}`, 8);
    return { id, state: { name: own, arn: arn("wafv2", region, `regional/webacl/${own}/${id}`), capacity: 1 } };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("cloudwatch", "alarm:"),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": named("cloudwatch", "alarm:", "alarmName"),
  "aws:cloudwatch/eventApiDestination:EventApiDestination": named("events", "api-destination/"),
  "aws:cloudwatch/dashboard:Dashboard": (_region, name, inputs) => {
    const own = optionalText(inputs, "dashboardName") ?? name;
    return { id: own, state: { dashboardArn: `arn:aws:cloudwatch::000000000000:dashboard/${own}` } };
  },
};

/** Computed state of a resource that is recorded only. Unknown types get an id and an ARN from their type and name. */
export function recorded(type: string, region: string, name: string, inputs: Plain): Realized {
  const recorder = RECORDERS[type];
  if (recorder !== undefined) return recorder(region, name, inputs);
  const [, moduleName = "", kind = ""] = /^aws:([^/]+)\/([^:]+):/.exec(type) ?? [];
  const own = optionalText(inputs, "name") ?? optionalText(inputs, "bucket") ?? name;
  return {
    id: own,
    state: { ...(inputs["name"] === undefined ? { name: own } : {}), arn: arn(moduleName, region, `${kind.toLowerCase()}/${own}`) },
  };
}
