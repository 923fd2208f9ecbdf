import { resourcePolicy } from "../support/policy";
import { at, isText, isTrue, list, passes } from "../support/values";

const STREAM = "aws:kinesis/stream:Stream";
const DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

/** Streams and deliveries are encrypted at rest. A delivery that reads from a stream is encrypted as the stream is. */
export const streamEncryption = resourcePolicy({
  name: "stream-encryption",
  rule: "Kinesis streams and Firehose deliveries are encrypted at rest.",
  severity: "high",
  mend: "on streams set encryptionType: KMS and kmsKeyId; on deliveries serverSideEncryption.enabled: true, with keyType CUSTOMER_MANAGED_CMK and keyArn",
  types: [STREAM, DELIVERY],
  options: {},
  judge: ({ type, props }, report) => {
    if (type === STREAM) {
      if (!passes(props.encryptionType, (value) => value === "KMS")) report("encryptionType is not KMS");
      if (!passes(props.kmsKeyId, isText)) report("kmsKeyId is not set");
      return;
    }
    if (list(props.kinesisSourceConfiguration).length > 0) return;
    const encryption = list(props.serverSideEncryption)[0];
    if (!passes(at(encryption, "enabled"), isTrue)) report("serverSideEncryption.enabled is not true");
    if (at(encryption, "keyType") === "CUSTOMER_MANAGED_CMK" && !passes(at(encryption, "keyArn"), isText)) {
      report("serverSideEncryption.keyArn is not set");
    }
  },
});
