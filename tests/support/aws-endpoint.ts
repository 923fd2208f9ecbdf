import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = { readonly status?: number; readonly body: unknown };

/** An endpoint for the SDK's JSON protocols; `answer` is given the operation's name and its input. Sets the environment that leads there. */
export async function awsEndpoint(
  answer: (operation: string, input: Record<string, unknown>) => Answer,
): Promise<{ readonly operations: readonly string[]; close(): void }> {
  const untouched = { ...process.env };
  const operations: string[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      operations.push(operation);
      const { status = 200, body } = answer(operation, JSON.parse(text) as Record<string, unknown>);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const close = (): void => {
    server.closeAllConnections();
    server.close();
    process.env = { ...untouched };
  };
  return { operations, close };
}
