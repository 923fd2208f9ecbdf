import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { apiCredentials } from "../../handlers/adapters/own-api";

const ENVIRONMENT = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:trade-api-key-dev-abc123";

describe("what a function sends to the region's own API", () => {
  const untouched = { ...process.env };
  let secrets: Server;
  let asked: string[];
  let answer: () => { status: number; body: unknown };

  beforeEach(async () => {
    asked = [];
    answer = () => ({ status: 200, body: { SecretString: "the-key-of-the-clients" } });
    secrets = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        asked.push((JSON.parse(body) as { SecretId: string }).SecretId);
        const { status, body: told } = answer();
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(told));
      });
    });
    await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}` });
  });
  afterEach(() => {
    secrets.closeAllConnections();
    secrets.close();
    process.env = { ...untouched };
  });

  it("is a signature where the stack has no key", async () => {
    const headers = await apiCredentials({ AWS_REGION: "us-east-1", API_KEY_SECRET_ARN: undefined })(
      "POST",
      "https://api.example/v1/trades",
      "{}",
    );
    expect(headers.authorization).to.match(/^AWS4-HMAC-SHA256 .*us-east-1\/execute-api/);
    expect(asked).to.deep.equal([]);
  });

  it("is the clients' key where it has one, and the secret is read once", async () => {
    const credentials = apiCredentials({ AWS_REGION: "us-east-1", API_KEY_SECRET_ARN: SECRET });
    expect(await credentials("POST", "https://api.example/v1/trades")).to.deep.equal({ "x-api-key": "the-key-of-the-clients" });
    await credentials("POST", "https://api.example/v1/trades");
    expect(asked).to.deep.equal([SECRET]);
  });

  it("is asked for again when the secret could not be read", async () => {
    const credentials = apiCredentials({ AWS_REGION: "us-east-1", API_KEY_SECRET_ARN: SECRET });
    answer = () => ({ status: 400, body: { __type: "AccessDeniedException" } });
    const refused = await credentials("POST", "https://api.example/v1/trades").catch((error: Error) => error.name);
    answer = () => ({ status: 200, body: { SecretString: "later" } });
    expect([refused, await credentials("POST", "https://api.example/v1/trades")]).to.deep.equal([
      "AccessDeniedException",
      { "x-api-key": "later" },
    ]);
  });
});
