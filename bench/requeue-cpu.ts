import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { journal } from "../handlers/adapters/journal";
import { tableClient } from "../handlers/adapters/table";
import { ownQueue } from "../handlers/adapters/trade-queue";
import { tradeOf } from "../handlers/core/messages";

/** Milliseconds of CPU that a trade costs on one core of this machine: signing, HTTP, JSON and checksums are most of it. */
export interface RequeueCpu {
  readonly readMs: number;
  readonly sendMs: number;
  /** Trades of a page of one shard. */
  readonly page: number;
}

const WARM_PAGES = 4;
const PAGES = 10;

/** The reconciler's own adapters and SDK against an endpoint on this machine: one page after the other of one shard, read and queued. */
export async function measureRequeueCpu(): Promise<RequeueCpu> {
  const untouched = { ...process.env };
  const endpoint = fork(join(__dirname, "requeue-endpoint.ts"));
  try {
    const [port] = (await once(endpoint, "message")) as [number];
    Object.assign(process.env, {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    });
    const store = journal(tableClient(), "journal");
    const queue = ownQueue({ TRADE_QUEUE_URL: `http://127.0.0.1:${port}/1/trades` } as Parameters<typeof ownQueue>[0]);
    const [part] = store.apart((await store.pending("now")).cursor ?? "");
    if (part === undefined) throw new Error("the endpoint has no backlog");
    const spent = { readMs: 0, sendMs: 0, trades: 0 };
    for (let page = 0; page < WARM_PAGES + PAGES; page++) {
      const begun = process.cpuUsage();
      const { entries } = await store.pending("now", part);
      const read = process.cpuUsage(begun);
      await queue.send(entries.map(tradeOf));
      const all = process.cpuUsage(begun);
      if (page < WARM_PAGES) continue;
      const readMs = (read.user + read.system) / 1000;
      spent.readMs += readMs;
      spent.sendMs += (all.user + all.system) / 1000 - readMs;
      spent.trades += entries.length;
    }
    return { readMs: spent.readMs / spent.trades, sendMs: spent.sendMs / spent.trades, page: spent.trades / PAGES };
  } finally {
    endpoint.disconnect();
    process.env = untouched;
  }
}
