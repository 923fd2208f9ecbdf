/**
 * The registered state machines by statelint, AWS's own rules of the language in a port that knows JSONata. What it sees and a schema does not:
 * states that nothing leads to, `States.ALL` before other errors, delays out of bounds.
 */
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEmulator } from "../../lab/setup/emulator";
import { register } from "../support/registrations";
import { EVERYTHING } from "./stacks";

describe("state machines, by statelint", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "trade-failover-statelint-"));
  let python: string;

  before(() => {
    python = ensureEmulator(() => undefined);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What it says, a line for each finding. */
  function lint(definition: string): string {
    const file = join(folder, "definition.asl.json");
    // It wants a fraction to be written as one; 2 and 2.0 are one number to AWS.
    writeFileSync(file, definition.replace(/"BackoffRate":(\d+)(?=[,}])/g, '"BackoffRate":$1.0'));
    const { stdout, stderr, error } = spawnSync(python, ["-m", "statelint", file], { encoding: "utf8" });
    if (error !== undefined) throw error;
    return `${stdout}${stderr}`.trim();
  }

  it("finds nothing", async () => {
    const { resources } = await register("prod", EVERYTHING, {}, "as on AWS");
    const machines = resources.filter(({ type }) => type === "aws:sfn/stateMachine:StateMachine");
    expect(machines).to.have.length(6);
    for (const { name, inputs } of machines) expect(lint(String(inputs.definition)), name).to.equal("");
  });

  it("would find a catch of everything before another, and a state that nothing leads to", () => {
    const task = {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: { FunctionName: "arn:aws:lambda:us-east-1:123456789012:function:step" },
      Catch: [
        { ErrorEquals: ["States.ALL"], Next: "Done" },
        { ErrorEquals: ["States.Timeout"], Next: "Done" },
      ],
      End: true,
    };
    const machine = {
      QueryLanguage: "JSONata",
      StartAt: "Step",
      States: { Step: task, Done: { Type: "Succeed" }, Lonely: { Type: "Succeed" } },
    };
    expect(lint(JSON.stringify(machine)))
      .to.match(/States.ALL can only appear in the last element/)
      .and.to.match(/Lonely/);
  });
});
