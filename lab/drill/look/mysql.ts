import { createConnection, type RowDataPacket } from "mysql2/promise";
import { ANSWER_MS, CONNECT_MS, type Look } from "./look";

export const mysqlLook: Look = {
  open: async ({ engine: _, ...address }) => {
    const connection = await createConnection({ ...address, connectTimeout: CONNECT_MS, typeCast: (field) => field.string() });
    // Without a listener a server that dies would end the drill.
    connection.on("error", () => undefined);
    return {
      query: async (sql) => {
        const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: ANSWER_MS });
        return Array.isArray(rows) ? rows : [];
      },
      end: () => connection.end(),
    };
  },
  state: `select @@read_only as reader,
                 coalesce(nullif(substring_index(if(@@read_only, @@gtid_slave_pos, @@gtid_binlog_pos), '-', -1), ''), 0) as position,
                 if(@@read_only, (select ms from lab.lag), null) as behind,
                 (select count(*) from information_schema.tables where table_schema = database() and table_name in ('ledger_fence', 'trades')) as tables`,
  snapshot: ["set transaction isolation level repeatable read", "start transaction with consistent snapshot, read only"],
  settledAt: "unix_timestamp(settled_at) * 1000",
};
