import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { setTimeout as sleep } from "node:timers/promises";

/** Parameter Store of a region, as an operator sees it. */
export class RegionsParameters {
  private readonly client: SSMClient;

  constructor({ region, endpoint }: { readonly region: string; readonly endpoint: string }) {
    this.client = new SSMClient({ region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  }

  async put(name: string, value: string): Promise<void> {
    await this.client.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true }));
  }

  async remove(name: string): Promise<void> {
    await this.client.send(new DeleteParameterCommand({ Name: name }));
  }

  async get(name: string): Promise<string | undefined> {
    const answer = await this.client.send(new GetParameterCommand({ Name: name })).catch(() => undefined);
    return answer?.Parameter?.Value;
  }

  /** The value once it is `wanted`, or what it is after ten seconds. */
  async becomes(name: string, wanted: string | undefined): Promise<string | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const value = await this.get(name);
      if (value === wanted || attempt >= 40) return value;
      await sleep(250);
    }
  }
}
