/** What is kept of what the bus tells. */
import { expect } from "chai";
import { keepRecord } from "../../handlers/core/audit";
import type { AuditRecord, Log } from "../../handlers/ports";

const message = (detailType: string, id: string, time = "2030-01-01T10:00:00Z") => ({
  messageId: `message-${id}`,
  body: JSON.stringify({ id, time, "detail-type": detailType, detail: { n: id } }),
});

function setUp(refuses = false) {
  const kept: [folder: string, day: string, ids: string[]][] = [];
  const errors: unknown[] = [];
  const audit: AuditRecord = {
    keep: async (folder, day, lines) => {
      if (refuses && folder === "moves") throw new Error("SlowDown");
      kept.push([folder, day, lines.map((line) => (JSON.parse(line) as { id: string }).id)]);
    },
  };
  const log: Log = { info: () => undefined, warn: () => undefined, error: (_text, facts) => void errors.push(facts) };
  return { kept, errors, keep: (batch: Parameters<typeof keepRecord>[0]) => keepRecord(batch, audit, log) };
}

describe("the record of acceptances, refusals and moves", () => {
  it("has an object for each folder and day of a batch, whose lines are the events as they came", async () => {
    const { kept, errors, keep } = setUp();
    await keep([
      message("Order Placed", "1"),
      message("Order Refused", "2"),
      message("Order Placed", "3"),
      message("Failover Completed", "4"),
      message("Order Placed", "5", "2030-01-02T00:00:00Z"),
    ]);
    expect(kept).to.have.deep.members([
      ["acceptances", "2030-01-01", ["1", "3"]],
      ["refusals", "2030-01-01", ["2"]],
      ["moves", "2030-01-01", ["4"]],
      ["acceptances", "2030-01-02", ["5"]],
    ]);
    expect(errors).to.deep.equal([]);
  });

  it("has delivered again what could not be kept, and nothing else", async () => {
    const { kept, errors, keep } = setUp(true);
    expect(await keep([message("Order Placed", "1"), message("Switchover Failed", "2")])).to.deep.equal(["message-2"]);
    expect(kept).to.deep.equal([["acceptances", "2030-01-01", ["1"]]]);
    expect(errors).to.have.length(1);
  });

  it("leaves out what is no event of these, says so, and keeps the rest", async () => {
    const { kept, errors, keep } = setUp();
    await keep([
      { messageId: "m", body: "no JSON" },
      message("Trade Executed", "2"),
      { messageId: "n", body: "{}" },
      message("Order Placed", "1"),
    ]);
    expect(kept).to.deep.equal([["acceptances", "2030-01-01", ["1"]]]);
    expect(errors).to.deep.equal([{ messageId: "m" }, { messageId: "message-2" }, { messageId: "n" }]);
  });
});
