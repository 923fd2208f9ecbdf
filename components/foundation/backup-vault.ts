import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { siteName, type SiteContext } from "./site-context";

export interface BackupVaultArgs {
  readonly context: SiteContext;
  readonly keyArn: pulumi.Input<string>;
}

/** How long a lock that nobody can take away can still be taken away after it was put on, days. */
const DAYS_TO_THINK = 7;

export const vaultName = (context: Pick<SiteContext, "site" | "settings">): string => siteName(context, ["backups"], 50);

/** Where the region's backups are kept, and the copies of the other region's, encrypted with this region's key; locked where the stack says so. */
export class BackupVault extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly vaultName: pulumi.Output<string>;

  constructor(name: string, { context, keyArn }: BackupVaultArgs, opts: pulumi.ComponentResourceOptions) {
    super("trade-failover:components:BackupVault", name, {}, opts);
    const { retentionDays, vaultLock } = context.settings.backup;
    const protect = context.settings.deletionProtection;
    const vault = new aws.backup.Vault(
      `${name}-vault`,
      { name: vaultName(context), kmsKeyArn: keyArn, forceDestroy: !protect },
      { parent: this, protect },
    );
    if (vaultLock !== "none") {
      new aws.backup.VaultLockConfiguration(
        `${name}-lock`,
        {
          backupVaultName: vault.name,
          minRetentionDays: retentionDays,
          ...(vaultLock === "compliance" ? { changeableForDays: DAYS_TO_THINK } : {}),
        },
        { parent: this, protect },
      );
    }
    this.arn = vault.arn;
    this.vaultName = vault.name;
    this.registerOutputs({ arn: this.arn });
  }
}
