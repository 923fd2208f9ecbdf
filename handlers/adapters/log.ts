import type { Log } from "../ports";

/** One JSON object a line, as CloudWatch Logs Insights reads it; X-Ray knows the request by the trace's id. */
function write(level: "INFO" | "WARN" | "ERROR", message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const known = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? `${value.name}: ${value.message}` : value]),
  );
  const { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: name, _X_AMZN_TRACE_ID: traceId } = process.env;
  console.log(JSON.stringify({ level, message, region, function: name, traceId, ...known }));
}

export const log: Log = {
  info: (message, fields) => write("INFO", message, fields),
  warn: (message, fields) => write("WARN", message, fields),
  error: (message, fields) => write("ERROR", message, fields),
};
