/** The ledger and the journal of a deployed stack, as an auditor with credentials reads them. */
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { ExecuteStatementCommand, RDSDataClient, type Field, type SqlParameter } from "@aws-sdk/client-rds-data";
import { LEDGER_DATABASE } from "../contract/ledger";
import { limits } from "../handlers/adapters/clients";
import type { LedgerRows } from "../lab/drill/check";
import type { Site, Stack } from "../operate/stack";

const REQUEST_MS = 20_000;
const TRIES = 3;
/** The Data API answers a megabyte at most. */
const PAGE = 2_000;

/** A statement by the Data API: rows of values as text. */
async function rowsOf(site: Site, sql: string, parameters: readonly (readonly [string, string])[]): Promise<string[][]> {
  const client = new RDSDataClient({ region: site.region, ...limits(REQUEST_MS, TRIES) });
  try {
    const { records = [] } = await client.send(
      new ExecuteStatementCommand({
        resourceArn: site.ledgerClusterArn,
        secretArn: site.ledgerSecretArn,
        database: LEDGER_DATABASE,
        sql,
        parameters: parameters.map(([name, stringValue]): SqlParameter => ({ name, value: { stringValue } })),
      }),
    );
    return records.map((record) => record.map(textOf));
  } finally {
    client.destroy();
  }
}

const textOf = ({ stringValue, longValue, doubleValue, booleanValue }: Field): string =>
  String(stringValue ?? longValue ?? doubleValue ?? booleanValue ?? "");

/** Rows of accounts that begin with `prefix`, from the ledger of the region that holds the lease. */
export async function ledgerRows(site: Site, prefix: string): Promise<LedgerRows> {
  const like = ["prefix", `${prefix}%`] as const;
  const trades: LedgerRows["trades"][number][] = [];
  for (let after = ""; ; after = trades.at(-1)?.tradeId ?? "") {
    const page = await rowsOf(
      site,
      `select trade_id, account_id, symbol, side, cast(quantity as char(20)), cast(price as char(40)), outcome, cast(settled_epoch as char(20)),
              cast(settled_at as char(40)) from trades where account_id like :prefix and trade_id > :after order by trade_id limit ${PAGE}`,
      [like, ["after", after]],
    );
    for (const [tradeId = "", accountId = "", symbol = "", side = "", quantity = "", price = "", outcome = "", epoch = "", at = ""] of page)
      trades.push({
        ...{ tradeId, accountId, symbol, side, outcome },
        quantity: quantity.trim(),
        price: price.trim(),
        settledEpoch: Number(epoch),
        settledAt: Date.parse(instant(at.trim())),
      });
    if (page.length < PAGE) break;
  }
  const positions = await rowsOf(
    site,
    "select account_id, symbol, cast(quantity as char(20)), cast(notional as char(40)) from positions where account_id like :prefix",
    [like],
  );
  const restrictions = await rowsOf(site, "select account_id, symbol from restrictions", []);
  return {
    trades,
    positions: positions.map(([accountId = "", symbol = "", quantity = "", notional = ""]) => ({
      accountId,
      symbol,
      quantity: quantity.trim(),
      notional: notional.trim(),
    })),
    restrictions: restrictions.map(([accountId = "", symbol = ""]) => ({ accountId, symbol })),
  };
}

/** A database's text of a moment, which is in UTC, as ISO 8601. */
export const instant = (text: string): string => {
  const plain = text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
  return /(Z|[+-]\d\d:\d\d)$/.test(plain) ? plain : `${plain}Z`;
};

/** Which of these trades the journal holds as accepted and not settled; strongly consistent, so either region tells. */
export async function unsettled({ sites, journalTable }: Stack, tradeIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const tradeId of tradeIds) if ((await status(sites, journalTable, tradeId)) === "ACCEPTED") found.add(tradeId);
  return found;
}

async function status(sites: Stack["sites"], table: string, tradeId: string): Promise<string | undefined> {
  let failure: unknown;
  for (const { region } of sites) {
    const client = new DynamoDBClient({ region, ...limits(REQUEST_MS, TRIES) });
    try {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { tradeId: { S: tradeId } }, ConsistentRead: true }));
      return Item?.status?.S;
    } catch (error) {
      failure = error;
    } finally {
      client.destroy();
    }
  }
  throw new Error("no region can be asked for its journal", { cause: failure });
}
