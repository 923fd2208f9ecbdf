import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { BUCKET, CLUSTER, CLUSTER_INSTANCE, DB_INSTANCE, GLOBAL_CLUSTER, KEY, SECRET, TABLE, VAULT } from "../support/types";

/** Pulumi refuses to replace or delete what is protected, whatever the program says. */
export const protectedData = resourcePolicy({
  name: "protected-data",
  rule: "What holds data is protected from replacement and deletion by Pulumi.",
  severity: "critical",
  mend: "set protect: true in the resource's options; to replace it on purpose, move the data first and unprotect it by hand",
  types: [
    TABLE,
    BUCKET,
    GLOBAL_CLUSTER,
    CLUSTER,
    CLUSTER_INSTANCE,
    DB_INSTANCE,
    KEY,
    SECRET,
    VAULT,
    "aws:kinesis/stream:Stream",
    "aws:efs/fileSystem:FileSystem",
  ],
  options: { required: flag(true, "Whether it is required; a stack for development may do without.") },
  judge: ({ opts }, report, { required }) => {
    if (required && !opts.protect) report("it holds data and is not protected (protect)");
    if (opts.deleteBeforeReplace === true) report("its data would be deleted before there is a replacement (deleteBeforeReplace)");
  },
});
