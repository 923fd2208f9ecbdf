import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { REPOSITORY } from "../support/types";
import { at, isText, list, passes } from "../support/values";

/** Images are encrypted, and a tag always names the same image in both regions. */
export const registryEncryption = resourcePolicy({
  name: "registry-encryption",
  rule: "Image repositories are encrypted at rest, immutable, and scanned.",
  severity: "medium",
  mend: "set encryptionConfigurations [{ encryptionType: KMS, kmsKey }], imageTagMutability: IMMUTABLE and imageScanningConfiguration.scanOnPush: true",
  types: [REPOSITORY],
  options: { customerKey: flag(true, "Whether the key must be the customer's: kmsKey.") },
  judge: ({ props }, report, { customerKey }) => {
    const configurations = list(props.encryptionConfigurations);
    if (customerKey && configurations.length === 0) report("encryptionConfigurations is not set");
    for (const one of configurations) {
      if (customerKey && !passes(at(one, "encryptionType"), (value) => value === "KMS" || value === "KMS_DSSE"))
        report("encryptionType is not KMS");
      if (customerKey && !passes(at(one, "kmsKey"), isText)) report("kmsKey is not set");
    }
    if (!passes(props.imageTagMutability, (value) => value === "IMMUTABLE" || value === "IMMUTABLE_WITH_EXCLUSION")) {
      report("imageTagMutability is not IMMUTABLE: the same tag could be other code in the other region");
    }
    if (!passes(at(props, "imageScanningConfiguration", "scanOnPush"), (value) => value === true))
      report("imageScanningConfiguration.scanOnPush is not true");
  },
});
