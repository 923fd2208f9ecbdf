import { resourcePolicy } from "../support/policy";
import { VAULT } from "../support/types";
import { isText, passes } from "../support/values";

/** Backups are as confidential as their source. */
export const vaultEncryption = resourcePolicy({
  name: "vault-encryption",
  rule: "Backup vaults are encrypted with the customer's key.",
  severity: "high",
  mend: "set kmsKeyArn to the key of the vault's region",
  types: [VAULT, "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"],
  options: {},
  judge: ({ type, props }, report) => {
    const key = type === VAULT ? "kmsKeyArn" : "encryptionKeyArn";
    if (!passes(props[key], isText)) report(`${key} is not set`);
  },
});
