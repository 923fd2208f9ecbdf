import { Client } from "pg";
import { ANSWER_MS, CONNECT_MS, type Look, type TextRow } from "./look";

const AS_TEXT = { getTypeParser: () => (value: string) => value };

export const postgresLook: Look = {
  open: async ({ engine: _, ...address }) => {
    const client = new Client({
      ...address,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      application_name: "drill",
      types: AS_TEXT,
    });
    // Without a listener a server that dies would end the drill.
    client.on("error", () => undefined);
    await client.connect();
    return { query: async (sql) => (await client.query<TextRow>(sql)).rows, end: () => client.end() };
  },
  state: `select pg_is_in_recovery()::int as reader,
                 case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0' as position,
                 case when pg_is_in_recovery() then (extract(epoch from now() - pg_last_xact_replay_timestamp()) * 1000)::bigint end as behind,
                 (select count(*) from unnest(array['ledger_fence', 'trades']) as name where to_regclass(name) is not null) as tables`,
  snapshot: ["begin isolation level repeatable read read only"],
  settledAt: "extract(epoch from settled_at) * 1000",
};
