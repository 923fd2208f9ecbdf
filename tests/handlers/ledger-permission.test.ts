import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ledgerPermission } from "../../handlers/adapters/ledger";

const ENV = { LEDGER_CLUSTER_ARN: "cluster", LEDGER_SECRET_ARN: "secret", LEDGER_DATABASE: "trades", LEDGER_ENGINE: "aurora-postgresql" };

/** What the permission looks like when the Data API answers this. */
async function told(status: number, error: string | undefined): Promise<string> {
  const untouched = { ...process.env };
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const headers = { "content-type": "application/json", ...(error === undefined ? {} : { "x-amzn-errortype": error }) };
      response.writeHead(status, headers).end(JSON.stringify(error === undefined ? { records: [] } : { message: "no" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: "us-east-2",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: url,
  });
  try {
    const ask = ledgerPermission(ENV as unknown as Parameters<typeof ledgerPermission>[0], 1_000);
    return await ask().then(
      () => "may",
      (reason: unknown) => (reason as Error).name,
    );
  } finally {
    server.closeAllConnections();
    server.close();
    process.env = untouched;
  }
}

describe("the permission to ask the ledger", () => {
  it("is there where the Data API answers, and where it has no writer to answer with, as in the passive region", async () => {
    expect(await told(200, undefined)).to.equal("may");
    for (const error of ["BadRequestException", "DatabaseNotFoundException", "ServiceUnavailableError", "StatementTimeoutException"])
      expect(await told(error === "ServiceUnavailableError" ? 503 : 400, error), error).to.equal("may");
  });

  it("is gone where the Data API says so", async () => {
    for (const error of ["AccessDeniedException", "ForbiddenException"]) expect(await told(403, error)).to.equal(error);
  });
});
