import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";

/** A line of the record: an event as the region's bus told it. */
export interface RecordLine {
  readonly "detail-type": string;
  readonly region: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A region's audit log, as an auditor reads it. */
export class AuditBucket {
  private readonly client: S3Client;

  constructor(
    { region, endpoint }: { readonly region: string; readonly endpoint: string },
    private readonly bucket: string,
  ) {
    this.client = new S3Client({ region, endpoint, forcePathStyle: true, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  }

  private async lines(folder: string): Promise<readonly RecordLine[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: `${folder}/` }));
    const texts = Contents.map(async ({ Key }) => {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    });
    return (await Promise.all(texts)).flatMap((text) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RecordLine),
    );
  }

  /** What is kept is gathered for a minute: undefined after one and a half. */
  async find(folder: string, wanted: (line: RecordLine) => boolean): Promise<RecordLine | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const found = (await this.lines(folder)).find(wanted);
      if (found !== undefined || attempt >= 90) return found;
      await sleep(1_000);
    }
  }
}
