/** Every type of resource that becomes real in a region's emulator. What is not in here is recorded only (`recorded.ts`). */
import type { RealizerTable } from "../context";
import { apigateway } from "./apigateway";
import { dynamodb } from "./dynamodb";
import { events } from "./events";
import { iam } from "./iam";
import { kms } from "./kms";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { s3 } from "./s3";
import { scheduler } from "./scheduler";
import { secretsmanager } from "./secretsmanager";
import { sfn } from "./sfn";
import { sns } from "./sns";
import { sqs } from "./sqs";
import { ssm } from "./ssm";

export const realizers: RealizerTable = {
  ...apigateway,
  ...dynamodb,
  ...events,
  ...iam,
  ...kms,
  ...lambda,
  ...logs,
  ...s3,
  ...scheduler,
  ...secretsmanager,
  ...sfn,
  ...sns,
  ...sqs,
  ...ssm,
};
