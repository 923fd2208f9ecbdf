import { expect } from "chai";
import { evaluate, type Statement } from "../../lab/iam/evaluate";
import { register, type Program } from "../support/registrations";

const REGIONS = { primary: "us-east-1", standby: "us-east-2" } as const;
type Site = keyof typeof REGIONS;
const ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"];
const ITEMS = ["ledger", "ledger-head", "canary-us-east-1", "canary-us-east-2"];

/** What each function may do with which item of the lease's table; a function that is not here may nothing. */
const MAY: Readonly<Record<string, (region: string) => readonly string[]>> = {
  bootstrap: () => ["GetItem ledger", "PutItem ledger", "GetItem ledger-head", "UpdateItem ledger-head"],
  control: () => ["GetItem ledger"],
  "trade-processor": () => ["GetItem ledger", "GetItem ledger-head", "UpdateItem ledger-head"],
  reconciler: () => ["GetItem ledger", "GetItem ledger-head", "UpdateItem ledger-head"],
  "parameter-sync": () => ["GetItem ledger"],
  "lease-step": () => ["GetItem ledger", "UpdateItem ledger"],
  "database-step": () => ["GetItem ledger", "UpdateItem ledger", "GetItem ledger-head", "UpdateItem ledger-head"],
  sentinel: () => ["GetItem ledger", "UpdateItem ledger", "GetItem ledger-head", "UpdateItem ledger-head"],
  readiness: (region) => ["GetItem ledger", `GetItem canary-${region}`, `PutItem canary-${region}`, `UpdateItem canary-${region}`],
};

describe("items of the lease's table", function () {
  this.timeout(240_000);
  let program: Program;
  before(async () => {
    program = await register("prod");
  });

  const allowed = (statements: readonly Statement[], site: Site, action: string, item: string | undefined): boolean => {
    const context = new Map<string, string | readonly string[]>(item === undefined ? [] : [["dynamodb:leadingkeys", [item]]]);
    const resource = `arn:aws:dynamodb:${REGIONS[site]}:123456789012:table/trade-lease-prod`;
    const caller = { roleArn: "arn:aws:iam::123456789012:role/any", sessionArn: "arn:aws:sts::123456789012:assumed-role/any/any" };
    return evaluate({ action: `dynamodb:${action}`, resource, context }, caller, statements, undefined).allowed;
  };

  for (const site of ["primary", "standby"] as const) {
    it(`are each touched by those in ${site} whose business they are, and none by a request that names no item`, () => {
      const policies = program.resources.filter(
        ({ type, name, inputs }) =>
          type === "aws:iam/rolePolicy:RolePolicy" &&
          name.startsWith(`${site}-`) &&
          String(inputs.policy).includes("table/trade-lease-prod"),
      );
      const found = policies.map(({ name, inputs }): [string, string[]] => {
        const statements = (JSON.parse(String(inputs.policy)) as { Statement: Statement[] }).Statement;
        for (const action of ACTIONS) expect(allowed(statements, site, action, undefined), `${name} ${action}`).to.equal(false);
        return [
          name,
          ITEMS.flatMap((item) => ACTIONS.filter((action) => allowed(statements, site, action, item)).map((a) => `${a} ${item}`)),
        ];
      });
      const touching = found.filter(([, may]) => may.length > 0);
      const expected = Object.entries(MAY).map(([name, may]): [string, readonly string[]] => [name, may(REGIONS[site])]);
      const short = (name: string): string => name.replace(new RegExp(`^${site}-(fn|work)-`), "").replace(/-policy$/, "");
      expect(Object.fromEntries(touching.map(([name, may]) => [short(name), [...may].sort()]))).to.deep.equal(
        Object.fromEntries(expected.map(([name, may]) => [name, [...may].sort()])),
      );
    });
  }
});
