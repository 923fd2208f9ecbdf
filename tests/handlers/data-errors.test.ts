import { RDSDataClient } from "@aws-sdk/client-rds-data";
import { expect } from "chai";
import { dataApi } from "../../handlers/adapters/data-api";
import { ledgerEngine } from "../../handlers/adapters/ledger-engine";

describe("refused data, as the Data API words it", () => {
  const { isDataError } = dataApi(new RDSDataClient({ region: "us-east-1" }), { resourceArn: "c", secretArn: "s", database: "d" });
  const told = (message: string, name = "DatabaseErrorException") => isDataError(Object.assign(new Error(message), { name }));

  it("is told from a database that can't be reached, for either engine", () => {
    for (const refused of [
      "ERROR: numeric field overflow; SQLState: 22003",
      "ERROR: no such desk; SQLState: P0001",
      "Out of range value for column 'price' at row 1; Error code: 1264; SQLState: 22003",
      "Database error code: 1264. Message: Out of range value for column 'price' at row 1",
      "Database error code: 3819. Message: Check constraint 'trade_price' is violated.",
      "no such desk; SQLState: 45000",
    ])
      expect(told(refused), refused).to.equal(true);
    for (const other of [
      "ERROR: cannot execute INSERT in a read-only transaction; SQLState: 25006",
      "Database error code: 1290. Message: The MySQL server is running with the --read-only option",
      "Database error code: 1213. Message: Deadlock found when trying to get lock",
      "Duplicate entry 'a' for key 'trades.PRIMARY'; Error code: 1062; SQLState: 23000",
    ])
      expect(told(other), other).to.equal(false);
    expect(told("SQLState: 22003", "StatementTimeoutException")).to.equal(false);
  });

  it("an engine that there is none of is named with those there are", () => {
    expect(() => ledgerEngine("oracle")).to.throw('LEDGER_ENGINE is "oracle"; allowed: aurora-postgresql | aurora-mysql');
  });
});
