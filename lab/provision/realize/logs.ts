/** CloudWatch Logs: log groups. One call, so it is made without that service's SDK client. */
import { arn, type RealizeContext, type RealizerTable } from "../context";
import { optionalNumber, optionalText, type Plain } from "../values";

/** AWS JSON 1.1 with a credential scope, which is what the region's front routes by; the emulator checks no signature. */
async function logsCall(context: RealizeContext, operation: string, body: Plain): Promise<void> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const response = await fetch(context.place.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=test/${day}/${context.place.region}/logs/aws4_request, SignedHeaders=host, Signature=lab`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  if (!response.ok && !answer.includes("ResourceAlreadyExistsException"))
    throw new Error(`${operation}: ${response.status} ${answer.slice(0, 300)}`);
}

export const logs: RealizerTable = {
  "aws:cloudwatch/logGroup:LogGroup": async (context, name, inputs) => {
    const group = optionalText(inputs, "name") ?? name;
    await logsCall(context, "CreateLogGroup", { logGroupName: group });
    const days = optionalNumber(inputs, "retentionInDays");
    if (days !== undefined && days > 0) await logsCall(context, "PutRetentionPolicy", { logGroupName: group, retentionInDays: days });
    return { id: group, state: { name: group, arn: arn("logs", context.place.region, `log-group:${group}`) } };
  },
};
