/** The lab's database servers and their RDS Data API, without the rest of a region: a ledger to run real statements on. */
import { createServer } from "node:http";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RDSDataClient } from "@aws-sdk/client-rds-data";
import { Pool } from "pg";
import { dataApiService } from "../../lab/region/aurora/data-api";
import { DataApiSessions } from "../../lab/region/aurora/sessions";
import type { FrontConfig } from "../../lab/region/config";
import { MariadbServer } from "../../lab/region/ledger/mariadb-server";
import { PostgresServer } from "../../lab/region/ledger/postgres-server";
import type { LedgerServer as Server } from "../../lab/region/ledger/server";
import { ensureMariadb } from "../../lab/setup/mariadb";
import { claimFreePorts } from "../../lab/setup/ports";
import { ensurePostgres } from "../../lab/setup/postgres";

const CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:ledger";

interface DataApiServer<S> {
  readonly server: S;
  readonly client: RDSDataClient;
  readonly database: { readonly resourceArn: string; readonly secretArn: string; readonly database: string };
  /** Paths of the Data API that were called since the list was last emptied. */
  readonly calls: string[];
  readonly stop: () => Promise<void>;
}

export interface LedgerServer extends Omit<DataApiServer<PostgresServer>, "server"> {
  /** Direct sessions, beside the Data API. */
  readonly pool: Pool;
  /** Transactions of the Data API that nobody has ended. */
  openTransactions(): Promise<number>;
}

type Place = Pick<FrontConfig, "site" | "region" | "directory" | "ledgerPort" | "peerLedgerLinkPort">;

async function startServer<S extends Server>(make: (place: Place) => S): Promise<DataApiServer<S>> {
  const directory = mkdtempSync(join(tmpdir(), "trade-failover-ledger-"));
  // PostgreSQL may run as another user, who must get in.
  chmodSync(directory, 0o755);
  const ports = await claimFreePorts(2);
  // Where another region's server would be, nobody listens.
  const server = make({ site: "primary", region: "us-east-1", directory, ledgerPort: ports.base, peerLedgerLinkPort: ports.base + 1 });
  // A test that hangs must not leave the server behind.
  const abandon = (): void => void server.kill();
  process.once("exit", abandon);
  await server.initialize();

  const sessions = new DataApiSessions((onLost) => server.session(onLost));
  const serve = dataApiService(sessions, () => CLUSTER);
  const calls: string[] = [];
  const api = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push(request.url ?? "");
      void serve(request, Buffer.concat(chunks), response);
    });
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const client = new RDSDataClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return {
    server,
    client,
    database: { resourceArn: CLUSTER, secretArn: "secret", database: "trading" },
    calls,
    stop: async () => {
      process.off("exit", abandon);
      client.destroy();
      api.closeAllConnections();
      api.close();
      sessions.close();
      await server.stop();
      ports.release();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const startMariadb = (): Promise<DataApiServer<MariadbServer>> => startServer((place) => new MariadbServer(place, ensureMariadb()));

export async function startLedgerServer(): Promise<LedgerServer> {
  const { server, stop, ...dataApi } = await startServer(
    (place) =>
      new PostgresServer(
        place,
        ensurePostgres(() => undefined),
      ),
  );
  const pool = new Pool({ ...server.connection, max: 24 });
  // A session that the server ends while it is idle is no fault of a test.
  pool.on("error", () => undefined);
  return {
    ...dataApi,
    pool,
    openTransactions: async () => {
      const { rows } = await pool.query<{ open: number }>(
        "select count(*)::int as open from pg_stat_activity where application_name = 'data-api' and state like 'idle in transaction%'",
      );
      return rows[0]?.open ?? 0;
    },
    stop: async () => {
      await pool.end();
      await stop();
    },
  };
}
