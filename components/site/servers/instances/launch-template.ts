import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { resourceTags, siteName, type SiteContext } from "../../../foundation/site-context";
import { bootScript } from "./boot";
import type { InstanceRole } from "./instance-role";
import type { ServiceBundle } from "./service-bundle";

export interface LaunchTemplateArgs {
  readonly context: SiteContext;
  readonly role: InstanceRole;
  readonly bundle: ServiceBundle;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly logGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  /** The region's key, for the volume. */
  readonly keyArn: pulumi.Input<string>;
}

/** GiB: the system, the code, and some hours of log. */
const VOLUME = 20;

/**
 * Amazon Linux by its release, which is an image of its own in each region and stays the same one: a preview proposes a new template when the release,
 * the code or the configuration has changed, and not when AWS publishes. A parameter of AWS's ("latest") would, and AWS takes no refresh back whose
 * template names one. An image is out of date after three months and can be launched for longer.
 */
const imageId = (release: string, opts: pulumi.InvokeOptions): pulumi.Output<string> =>
  aws.ec2.getAmiOutput(
    {
      owners: ["amazon"],
      filters: [{ name: "name", values: [`al2023-ami-${release}-kernel-6.1-arm64`] }],
      includeDeprecated: true,
      mostRecent: true,
    },
    opts,
  ).id;

/** What each instance is made of. No key for SSH and no address of its own; its role's credentials only by version 2 of the metadata, and one hop far. */
export function launchTemplate(name: string, args: LaunchTemplateArgs, opts: pulumi.CustomResourceOptions): aws.ec2.LaunchTemplate {
  const { context, role, bundle, environment, logGroupName, securityGroupId, keyArn } = args;
  const { region, settings, site } = context;
  const told = { ...environment, SERVICE_VERSION: bundle.sha256 };
  const userData = pulumi
    .all([pulumi.all(told), bundle.bucket, bundle.key, logGroupName])
    .apply(([known, bucket, key, logGroup]) =>
      Buffer.from(bootScript({ region, environment: known, bundle: { bucket, key, sha256: bundle.sha256 }, logGroup })).toString("base64"),
    );
  const tags = { ...resourceTags(settings, site), Name: siteName(context, ["service"], 255) };
  return new aws.ec2.LaunchTemplate(
    `${name}-template`,
    {
      name: siteName(context, ["service"], 128),
      imageId: imageId(settings.servers.amiRelease, opts),
      instanceType: settings.servers.instanceType,
      ebsOptimized: "true",
      iamInstanceProfile: { arn: role.profile.arn },
      networkInterfaces: [
        { deviceIndex: 0, associatePublicIpAddress: "false", deleteOnTermination: "true", securityGroups: [securityGroupId] },
      ],
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: VOLUME, encrypted: "true", kmsKeyId: keyArn, deleteOnTermination: "true" },
        },
      ],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
      monitoring: { enabled: true },
      instanceInitiatedShutdownBehavior: "terminate",
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      userData,
      updateDefaultVersion: true,
    },
    // Who starts with a role that may nothing yet fails at its first call.
    { ...opts, dependsOn: [role.policy] },
  );
}
