/** SQS → audit bucket: keeps what the bus tells of acceptances, refusals and moves. */
import * as functions from "../../contract/functions";
import { auditRecord } from "../adapters/audit-log";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { keepRecord, type Told } from "../core/audit";

const audit = auditRecord(environment(functions.auditor));

export const handler = async ({ Records }: { readonly Records: readonly Told[] }) => {
  const failed = await keepRecord(Records, audit, log);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
