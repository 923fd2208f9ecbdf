import { expect } from "chai";
import type { MachineDefinition } from "../../emulation/states-language/definition";
import { runMachine } from "../support/machine-run";

type Given = { readonly ms?: number; readonly result?: unknown; readonly error?: string };

/** Each task's outcome is the next of those given, in the order of the tasks. */
async function run(machine: MachineDefinition, outcomes: Given[], input: unknown = {}) {
  const asked: unknown[] = [];
  const { ended, ms } = await runMachine(machine, input, (_resource, given) => {
    asked.push(given);
    const { ms: takes, result, error } = outcomes.shift() ?? {};
    return error === undefined ? { ms: takes, result } : { ms: takes, error, cause: "why" };
  });
  return { standing: ended, output: "output" in ended ? ended.output : undefined, asked, ms };
}

const task = (more: object): object => ({ Type: "Task", Resource: "r", Arguments: {}, TimeoutSeconds: 5, ...more });
const machine = (States: object, StartAt = "A"): MachineDefinition => ({ StartAt, States }) as MachineDefinition;

describe("the interpreter of state machines", () => {
  it("assigns, chooses and waits", async () => {
    const loop = machine({
      A: task({
        Arguments: { n: "{% $states.input.n %}" },
        Assign: { n: "{% $states.result.n %}" },
        Output: "{% $states.result %}",
        Next: "B",
      }),
      B: { Type: "Choice", Choices: [{ Condition: "{% $n < 2 %}", Next: "C" }], Default: "D" },
      C: { Type: "Wait", Seconds: 3, Next: "A" },
      D: { Type: "Succeed" },
    });
    const { output, asked, ms } = await run(loop, [{ result: { n: 1 } }, { result: { n: 2 } }], { n: 0 });
    expect(output).to.deep.equal({ n: 2 });
    expect(asked).to.deep.equal([{ n: 0 }, { n: 1 }]);
    expect(ms).to.equal(3_000);
  });

  it("sees variables as they were before the state that assigns them", async () => {
    const swap = machine({
      A: { Type: "Pass", Assign: { a: 1, b: 2 }, Next: "B" },
      B: { Type: "Pass", Assign: { a: "{% $b %}", b: "{% $a %}" }, Next: "C" },
      C: { Type: "Pass", Output: { a: "{% $a %}", b: "{% $b %}" }, End: true },
    });
    expect((await run(swap, [])).output).to.deep.equal({ a: 2, b: 1 });
  });

  it("retries with backoff and jitter, then catches", async () => {
    const retry = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2, JitterStrategy: "FULL" }];
    const caught = [{ ErrorEquals: ["States.ALL"], Next: "B", Output: "{% $states.errorOutput %}" }];
    const shape = machine({ A: task({ Retry: retry, Catch: caught, End: true }), B: { Type: "Succeed" } });
    const broken = { error: "Broken" };
    expect((await run(shape, [broken, broken, { result: { done: true } }])).output).to.deep.equal({ done: true });
    const failed = await run(shape, [broken, broken, broken]);
    expect(failed.output).to.deep.equal({ Error: "Broken", Cause: "why" });
    expect(failed.ms).to.equal((2_000 + 6_000) / 2);
  });

  it("runs branches with variables of their own, and fails with the first that fails", async () => {
    const branch = (end: object): object => ({ StartAt: "X", States: { X: end } });
    const parallel = (Branches: object[]): MachineDefinition => machine({ A: { Type: "Parallel", Branches, End: true } });
    const both = parallel([branch({ Type: "Pass", Output: 1, End: true }), branch({ Type: "Pass", Output: 2, End: true })]);
    expect((await run(both, [])).output).to.deep.equal([1, 2]);
    const one = parallel([branch({ Type: "Fail", Error: "E" }), branch({ Type: "Pass", Output: 2, End: true })]);
    expect((await run(one, [])).standing).to.deep.equal({ error: "E", cause: "" });
  });

  it("follows a path as JSONata does, also where it meets lists", async () => {
    const input = { trades: [{ id: 1 }, { id: 2 }], one: [{ id: 3 }], cuts: [{ length: 5 }], deep: { id: { of: 4 } }, none: null };
    const Output = {
      each: "{% $states.input.trades.id %}",
      single: "{% $states.input.one.id %}",
      whole: "{% $states.input.one %}",
      length: "{% $states.input.cuts.length %}",
      deep: "{% $states.input.deep.id.of %}",
      none: "{% $states.input.none %}",
    };
    const { output } = await run(machine({ A: { Type: "Pass", Output, End: true } }), [], input);
    expect(output).to.deep.equal({ each: [1, 2], single: 3, whole: [{ id: 3 }], length: 5, deep: 4, none: null });
  });

  it("takes nothing for an error of the expression, as Step Functions does", async () => {
    const { standing } = await run(machine({ A: { Type: "Pass", Output: "{% $states.input.missing %}", End: true } }), []);
    expect(standing).to.include({ error: "States.QueryEvaluationError" });
  });

  it("stops the siblings of a branch that fails, whatever they wait for", async () => {
    const slow = { StartAt: "S", States: { S: task({ Next: "S2" }), S2: task({ End: true }) } };
    const quick = { StartAt: "Q", States: { Q: task({ End: true }) } };
    const shape = machine({
      A: { Type: "Parallel", Branches: [slow, quick], Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], End: true },
      B: task({ Arguments: "B", End: true }),
    });
    const { asked, ms } = await run(shape, [{ ms: 9_000 }, { ms: 1_000, error: "Broken" }, { ms: 10_000, result: 1 }]);
    // The slow task's end, at 9 s, is nobody's any more: its branch goes on to nothing.
    expect(asked).to.deep.equal([{}, {}, "B"]);
    expect(ms).to.equal(11_000);
  });

  it("counts each retrier's retries for itself", async () => {
    const Retry = [
      { ErrorEquals: ["A"], MaxAttempts: 1, IntervalSeconds: 1 },
      { ErrorEquals: ["States.ALL"], MaxAttempts: 1, IntervalSeconds: 10 },
    ];
    const shape = machine({ A: task({ Retry, End: true }) });
    const { ms, output } = await run(shape, [{ error: "A" }, { error: "B" }, { result: 3 }]);
    expect([ms, output]).to.deep.equal([11_000, 3]);
    expect((await run(shape, [{ error: "A" }, { error: "A" }])).standing).to.include({ error: "A" });
  });

  it("knows what the wildcards leave out", async () => {
    const Catch = (name: string) => [{ ErrorEquals: [name], Next: "B" }];
    const shape = (name: string) =>
      machine({ A: task({ Catch: Catch(name), End: true }), B: { Type: "Pass", Output: "caught", End: true } });
    expect((await run(shape("States.ALL"), [{ error: "States.Timeout" }])).output).to.equal("caught");
    expect((await run(shape("States.TaskFailed"), [{ error: "Lambda.Unknown" }])).output).to.equal("caught");
    expect((await run(shape("States.TaskFailed"), [{ error: "States.Timeout" }])).standing).to.include({ error: "States.Timeout" });
    expect((await run(shape("States.ALL"), [{ error: "States.DataLimitExceeded" }])).standing).to.include({
      error: "States.DataLimitExceeded",
    });
  });

  it("maps over items, at most so many at once", async () => {
    const ItemProcessor = { StartAt: "X", States: { X: task({ Arguments: "{% $states.input %}", End: true }) } };
    const shape = machine({ A: { Type: "Map", Items: "{% $states.input %}", MaxConcurrency: 2, ItemProcessor, End: true } });
    const { output, ms, asked } = await run(
      shape,
      [
        { ms: 5, result: "a" },
        { ms: 5, result: "b" },
        { ms: 5, result: "c" },
      ],
      [1, 2, 3],
    );
    expect(asked).to.deep.equal([1, 2, 3]);
    expect([output, ms]).to.deep.equal([["a", "b", "c"], 10]);
  });
});
