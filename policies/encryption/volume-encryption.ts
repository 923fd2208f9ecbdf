import { resourcePolicy } from "../support/policy";
import { INSTANCE, LAUNCH_TEMPLATE } from "../support/types";
import { at, isAbsent, isTrue, list, passes } from "../support/values";

const VOLUME = "aws:ebs/volume:Volume";
const BY_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault";
const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";

/** Volumes are encrypted, including those that a launch template creates. */
export const volumeEncryption = resourcePolicy({
  name: "volume-encryption",
  rule: "Volumes and file systems are encrypted at rest, also those of launched instances.",
  severity: "high",
  mend: "set encrypted: true on the volume, on rootBlockDevice and ebsBlockDevices, and on every ebs of the launch template's blockDeviceMappings",
  types: [VOLUME, BY_DEFAULT, FILE_SYSTEM, INSTANCE, LAUNCH_TEMPLATE],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === VOLUME || type === FILE_SYSTEM) {
      if (!passes(props.encrypted, isTrue)) report("encrypted is not true");
    } else if (type === BY_DEFAULT) {
      // Absent means on.
      if (!isAbsent(props.enabled) && !passes(props.enabled, isTrue)) report("encryption by default is switched off");
    } else if (type === INSTANCE) {
      const devices = [...list(props.rootBlockDevice), ...list(props.ebsBlockDevices)];
      if (list(props.rootBlockDevice).length === 0) report("rootBlockDevice is not given, so its encryption is left to the account");
      if (!devices.every((device) => passes(at(device, "encrypted"), isTrue))) report("a block device is not encrypted");
    } else {
      const mappings = list(props.blockDeviceMappings);
      if (mappings.length === 0) report("blockDeviceMappings is not given, so the encryption of the root volume is left to the account");
      for (const mapping of mappings) {
        const ebs = list(at(mapping, "ebs"))[0];
        if (ebs !== undefined && !passes(at(ebs, "encrypted"), isTrue))
          report("a volume of the launch template is not encrypted (ebs.encrypted)");
      }
    }
  },
});
