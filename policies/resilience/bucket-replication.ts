import { flag, isExcepted, reasons } from "../support/config";
import { stackPolicy, type ReportOn } from "../support/policy";
import type { Member } from "../support/resource";
import type { Stack } from "../support/stack";
import { BUCKET } from "../support/types";
import { at, isAbsent, isText, list, passes, UNKNOWN, type Value } from "../support/values";

const VERSIONING = ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"];
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

const isEnabled = (value: Value): boolean => value === "Enabled";

function judgeRules(stack: Stack, bucket: Member, configuration: Member, timeControl: boolean, report: ReportOn): void {
  const rules = list(configuration.props.rules);
  const enabled = rules.filter((rule) => passes(at(rule, "status"), isEnabled));
  if (enabled.length === 0) report("no rule of its replication is enabled (status)", configuration);
  for (const rule of enabled) {
    const destination = list(at(rule, "destination"))[0];
    if (!passes(at(destination, "bucket"), isText)) report("a rule has no destination bucket", configuration);
    const arn = at(destination, "bucket");
    const target = isText(arn) ? stack.of(BUCKET).find(({ props }) => props.arn === arn) : undefined;
    if (target !== undefined && target.region === bucket.region) report("it replicates to a bucket of its own region", configuration);
    if (timeControl && !passes(at(list(at(destination, "replicationTime"))[0], "status"), isEnabled)) {
      report("replicationTime is not Enabled: how far the copy lags is nobody's promise", configuration);
    }
    if (timeControl && !passes(at(list(at(destination, "metrics"))[0], "status"), isEnabled))
      report("metrics is not Enabled: nobody sees the lag", configuration);
    const whole = list(at(rule, "filter"))[0];
    const prefix = at(whole, "prefix");
    if (rules.length === 1 && !isAbsent(prefix) && prefix !== UNKNOWN)
      report("its only rule replicates a part of the bucket (filter.prefix)", configuration);
  }
}

/** A bucket in one region is lost with it. */
export const bucketReplication = stackPolicy({
  name: "bucket-replication",
  rule: "Every bucket is versioned and replicated to another region, within a promised time.",
  severity: "critical",
  mend: "add BucketVersioning with status Enabled and a BucketReplicationConfig to the other region's bucket with replicationTime and metrics",
  options: {
    timeControl: flag(true, "Whether Replication Time Control and its metrics are required."),
    exempt: reasons(
      { "*access-logs*": "logs of accesses are read where they were written" },
      "Resource names of buckets that need no copy, each with the reason.",
    ),
  },
  judge: (stack, report, { timeControl, exempt }) => {
    for (const bucket of stack.of(BUCKET)) {
      if (isExcepted(exempt, bucket.name)) continue;
      const versioning = VERSIONING.flatMap((type) => stack.attached(bucket, type, "bucket"));
      if (versioning.length === 0 && !VERSIONING.some((type) => stack.mayBeAttached(bucket, type, "bucket")))
        report("it is not versioned", bucket);
      for (const one of versioning) {
        if (!passes(at(list(one.props.versioningConfiguration)[0], "status"), isEnabled))
          report("its versioning is not Enabled (status)", one);
      }
      const configurations = stack.attached(bucket, REPLICATION, "bucket");
      if (configurations.length === 0 && !stack.mayBeAttached(bucket, REPLICATION, "bucket")) report("it is not replicated", bucket);
      for (const configuration of configurations) judgeRules(stack, bucket, configuration, timeControl, report);
    }
  },
});
