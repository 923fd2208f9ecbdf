import type { Log } from "../ports";

/** One JSON object a line, as CloudWatch Logs Insights reads it. */
function write(level: "INFO" | "WARN" | "ERROR", message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const known = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? `${value.name}: ${value.message}` : value]),
  );
  console.log(JSON.stringify({ level, message, region: process.env.AWS_REGION, function: process.env.AWS_LAMBDA_FUNCTION_NAME, ...known }));
}

export const log: Log = {
  info: (message, fields) => write("INFO", message, fields),
  warn: (message, fields) => write("WARN", message, fields),
  error: (message, fields) => write("ERROR", message, fields),
};
