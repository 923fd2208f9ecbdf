import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ORDER } from "../../handlers/trade/order";
import { register, type Program } from "../support/registrations";

const root = join(__dirname, "../..");
const documented = readFileSync(join(root, "docs/EVENTS.md"), "utf8");
const rows = (heading: string): string[] => {
  const section = documented.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? "");
};

describe("docs/EVENTS.md", function () {
  this.timeout(240_000);
  let program: Program;

  before(async () => {
    program = await register("prod");
  });

  it("names each event that the machines and the processor tell, and no other", () => {
    const told = new Set<string>();
    for (const { inputs } of program.resources.filter(({ type }) => type === "aws:sfn/stateMachine:StateMachine")) {
      for (const [, name] of String(inputs.definition).matchAll(/"DetailType":"([^"]+)"/g)) told.add(name ?? "");
    }
    const processor = readFileSync(join(root, "contract/events.ts"), "utf8");
    for (const [, name] of processor.matchAll(/"(Trade [A-Z][a-z]+)"/g)) told.add(name ?? "");
    expect(told.size).to.be.at.least(8);
    expect([...documented.matchAll(/^\| `((?:Trade|Failover|Switchover|Readiness) [^`]+)`/gm)].map(([, name]) => name)).to.have.members([
      ...told,
    ]);
  });

  it("names each member of a trade's event", () => {
    const model = readFileSync(join(root, "handlers/core/model.ts"), "utf8");
    const membersOf = (name: string): string[] => {
      const body = new RegExp(`export interface ${name}\\b[^{]*\\{([^}]*)\\}`).exec(model)?.[1] ?? "";
      return [...body.matchAll(/readonly (\w+)\??:/g)].map(([, member]) => member ?? "");
    };
    const all = new Set([...Object.keys(ORDER.entries), ...["Trade", "Settlement"].flatMap(membersOf)]);
    expect(rows("`detail` of a trade's event")).to.have.members([...all, "epoch"]);
  });
});
