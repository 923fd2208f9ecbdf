import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServerNetwork } from "../../foundation/network/site-network";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { ApiFirewall } from "../api/api-firewall";
import { provenCertificate } from "../api/certificate";
import { PrivateBucket } from "../objects/private-bucket";

export interface LoadBalancerArgs {
  readonly context: SiteContext;
  readonly vpcId: pulumi.Input<string>;
  readonly network: ServerNetwork;
  /** The stack's public name. */
  readonly domainName: string;
  /** The site's own name below it. */
  readonly host: string;
  readonly zoneId: pulumi.Input<string>;
  /** What is registered with the target group: a task's address, or an instance. */
  readonly targetType: "ip" | "instance";
  /** The region's key, for the firewall's log. */
  readonly keyArn: pulumi.Input<string>;
}

/** TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";
/** A year: clients that came once come by HTTPS. */
const HSTS = "max-age=31536000";
/** Seconds. The servers hold an idle connection for longer, so that the one that closes it is never the one that a request is on its way to. */
const IDLE_SECONDS = 60;
/** Seconds, the least that AWS takes: a client follows the public name to the other region when its connection ends, and not before. */
const CLIENT_KEEP_ALIVE_SECONDS = 60;
/** Seconds. Longer than a request takes; a server that goes answers for five of them (service/drain.ts), and is killed after thirty. */
const DEREGISTRATION_SECONDS = 30;
/** A server is out after two checks: with their time-outs well before Route 53 gives the region up. */
const CHECK = { interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 };

/**
 * What stands before the region's servers, whichever they are: HTTPS for the public name and the site's own, plain HTTP sent there, a firewall, a
 * target group that asks each server whether it answers, and a log of who asked.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly balancer: aws.lb.LoadBalancer;
  readonly targetGroup: aws.lb.TargetGroup;
  /** A service can be registered once the balancer uses the target group. */
  readonly listener: aws.lb.Listener;

  constructor(name: string, args: LoadBalancerArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:LoadBalancer", name, {}, opts);
    const child = { parent: this };
    const { context, network, domainName, host, zoneId, keyArn } = args;
    const { deletionProtection } = context.settings;
    const logs = this.accessLogs(name, context);
    this.balancer = new aws.lb.LoadBalancer(
      `${name}-balancer`,
      {
        // With the longest suffix it is 29 characters: uncut, and so alike in both sites.
        name: siteName(context, ["lb"], 32),
        loadBalancerType: "application",
        internal: false,
        subnets: [...network.publicSubnetIds],
        securityGroups: [network.balancerSecurityGroupId],
        idleTimeout: IDLE_SECONDS,
        clientKeepAlive: CLIENT_KEEP_ALIVE_SECONDS,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "strictest",
        enableDeletionProtection: deletionProtection,
        accessLogs: { bucket: logs.bucket.id, enabled: true },
      },
      // AWS tries the bucket when it is told of it. The provider waits for ten minutes, which a balancer may take in each direction.
      { ...child, protect: deletionProtection, dependsOn: [logs], customTimeouts: { create: "30m", delete: "30m" } },
    );
    this.targetGroup = this.targets(name, args);
    this.listener = this.listeners(name, args);
    new aws.route53.Record(
      `${name}-name`,
      {
        zoneId,
        name: host,
        type: "A",
        aliases: [{ name: this.balancer.dnsName, zoneId: this.balancer.zoneId, evaluateTargetHealth: false }],
      },
      child,
    );
    new ApiFirewall(`${name}-firewall`, { context, entrance: { what: "balancer", arn: this.balancer.arn }, keyArn }, child);
    this.registerOutputs({ dnsName: this.balancer.dnsName, domainName });
  }

  /** In a bucket with S3's own key: a load balancer writes to no other. */
  private accessLogs(name: string, context: SiteContext): PrivateBucket {
    const { accountId, settings } = context;
    return new PrivateBucket(
      `${name}-access-logs`,
      {
        context,
        purpose: "balancer-logs",
        statements: (arn) => [
          {
            Sid: "AccessLogsOfLoadBalancers",
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${arn}/AWSLogs/${accountId}/*`,
            // Whether it is told AWS does not say; the path is this account's either way.
            Condition: { StringEqualsIfExists: { "aws:SourceAccount": accountId } },
          },
        ],
        lifecycle: [
          { id: "logs-end", expiration: { days: settings.logRetentionDays }, noncurrentVersionExpiration: { noncurrentDays: 1 } },
        ],
      },
      { parent: this },
    );
  }

  private targets(name: string, { context, vpcId, targetType }: LoadBalancerArgs): aws.lb.TargetGroup {
    return new aws.lb.TargetGroup(
      `${name}-targets`,
      {
        name: siteName(context, ["tg"], 32),
        vpcId,
        targetType,
        protocol: "HTTP",
        protocolVersion: "HTTP1",
        port: context.settings.servers.port,
        // Whether this server answers. Whether the region does, Route 53 asks: a fault that all servers share must not take all of them out.
        healthCheck: { enabled: true, path: "/health", protocol: "HTTP", port: "traffic-port", matcher: "200", ...CHECK },
        deregistrationDelay: DEREGISTRATION_SECONDS,
        slowStart: 0,
        loadBalancingAlgorithmType: "least_outstanding_requests",
      },
      { parent: this },
    );
  }

  private listeners(name: string, { domainName, host, zoneId }: LoadBalancerArgs): aws.lb.Listener {
    const child = { parent: this };
    const loadBalancerArn = this.balancer.arn;
    new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
      },
      child,
    );
    return new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: TLS_POLICY,
        certificateArn: provenCertificate(name, { domainName, others: { "host-proof": host }, zoneId }, child),
        routingHttpResponseStrictTransportSecurityHeaderValue: HSTS,
        defaultActions: [{ type: "forward", targetGroupArn: this.targetGroup.arn }],
      },
      child,
    );
  }
}
