import { createServer } from "node:net";

/** Checks that every port is free on loopback; the error names the first one that is not. */
export async function requireFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const reason = await bindError(port);
    if (reason !== undefined)
      throw new Error(`port ${port} on 127.0.0.1 can't be used (${reason}); end what uses it, or give other ports by --port BASE`);
  }
}

function bindError(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE" ? "it is in use" : error.message));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
