import { expect } from "chai";
import { SETTLE } from "../../handlers/trade/ledger-sql";
import { Scheduler } from "../../simulation/kernel/scheduler";
import { execute, StateError, type MachineShape, type Surface } from "../../simulation/services/asl";
import { change, condition } from "../../simulation/services/expression";
import { statement } from "../../simulation/services/statements";

const with_ = (values: Record<string, unknown>, names: Record<string, string> = {}) => ({ values, names });

describe("DynamoDB's expressions", () => {
  it("compare, look for attributes, and bind AND tighter than OR", () => {
    const met = condition("attribute_exists(a) AND (attribute_not_exists(b) OR b < :n)");
    expect(met({ a: 1 }, with_({ ":n": 2 }))).to.equal(true);
    expect(met({ a: 1, b: 1 }, with_({ ":n": 2 }))).to.equal(true);
    expect(met({ a: 1, b: 2 }, with_({ ":n": 2 }))).to.equal(false);
    expect(met(undefined, with_({ ":n": 2 }))).to.equal(false);
    const either = condition("a = :x OR a = :y AND b = :y");
    expect(either({ a: 1, b: 0 }, with_({ ":x": 1, ":y": 2 }))).to.equal(true);
    expect(either({ a: 2, b: 0 }, with_({ ":x": 1, ":y": 2 }))).to.equal(false);
  });

  it("hold no comparison with what is missing or of another type", () => {
    expect(condition("a < :n")({}, with_({ ":n": 1 }))).to.equal(false);
    expect(condition("a < :n")({ a: "0" }, with_({ ":n": 1 }))).to.equal(false);
  });

  it("set, add and remove", () => {
    const next = change("SET #s = :s, n = n + :one REMOVE gone, away")(
      { n: 4, gone: 1, away: 2, kept: 3 },
      with_({ ":s": "x", ":one": 1 }, { "#s": "status" }),
    );
    expect(next).to.deep.equal({ status: "x", n: 5, kept: 3 });
  });

  it("are refused where they are not understood", () => {
    for (const text of ["begins_with(a, :x)", "a BETWEEN :x AND :y", "a =", "a = :x b"]) expect(() => condition(text), text).to.throw();
    expect(() => change("ADD n :one")).to.throw();
    expect(() => condition("a = :x")({ a: 1 }, with_({}))).to.throw("no value for :x");
  });
});

describe("the ledger's statements", () => {
  it("are known by their clauses", () => {
    expect(statement(SETTLE)).to.include({
      kind: "settle",
      fenced: true,
      held: true,
      locked: true,
      once: true,
      byInserted: true,
      adds: true,
    });
    expect(statement(SETTLE.replace("ON CONFLICT (trade_id) DO NOTHING", ""))).to.include({ once: false });
  });

  it("are refused when a clause is one that the model does not know", () => {
    expect(() => statement(SETTLE.replace("DO NOTHING", "DO UPDATE SET price = 0"))).to.throw("does not know this statement");
    expect(() => statement("DELETE FROM trades")).to.throw("DELETE FROM trades");
  });
});

/** Runs a machine in virtual time; tasks answer from a list, an Error among them fails the task. */
async function run(machine: MachineShape, answers: unknown[], input: unknown = {}) {
  const scheduler = new Scheduler();
  const asked: unknown[] = [];
  const surface: Surface = {
    random: () => 0.5,
    enter: async () => undefined,
    wait: (ms) => new Promise((resolve) => scheduler.after(ms, resolve)),
    task: async (_resource, given) => {
      asked.push(given);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  let ended = false;
  // Begun by an event, so that all that follows is between events.
  const work = new Promise((resolve, reject) => {
    scheduler.after(0, () => {
      const running = execute(machine, input, {}, surface);
      void running.finally(() => (ended = true)).then(resolve, reject);
    });
  });
  work.catch(() => undefined);
  await scheduler.run(() => ended);
  return { output: await work, asked, ms: scheduler.now };
}

const task = (more: object): object => ({ Type: "Task", Resource: "r", Arguments: {}, TimeoutSeconds: 5, ...more });
const machine = (States: object, StartAt = "A"): MachineShape => ({ StartAt, States }) as MachineShape;

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
    const { output, asked, ms } = await run(loop, [{ n: 1 }, { n: 2 }], { n: 0 });
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
    const broken = (): StateError => new StateError("Broken", "why");
    expect((await run(shape, [broken(), broken(), { done: true }])).output).to.deep.equal({ done: true });
    const failed = await run(shape, [broken(), broken(), broken()]);
    expect(failed.output).to.deep.equal({ Error: "Broken", Cause: "why" });
    expect(failed.ms).to.equal((2_000 + 6_000) / 2);
  });

  it("runs branches with variables of their own, and fails with the first that fails", async () => {
    const branch = (end: object): object => ({ StartAt: "X", States: { X: end } });
    const parallel = (Branches: object[]): MachineShape => machine({ A: { Type: "Parallel", Branches, End: true } });
    const both = parallel([branch({ Type: "Pass", Output: 1, End: true }), branch({ Type: "Pass", Output: 2, End: true })]);
    expect((await run(both, [])).output).to.deep.equal([1, 2]);
    const one = parallel([branch({ Type: "Fail", Error: "E" }), branch({ Type: "Pass", Output: 2, End: true })]);
    let error: unknown;
    await run(one, []).catch((thrown: unknown) => (error = thrown));
    expect(error).to.be.instanceOf(StateError);
    expect((error as StateError).error).to.equal("E");
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
    let error: unknown;
    await run(machine({ A: { Type: "Pass", Output: "{% $states.input.missing %}", End: true } }), []).catch(
      (thrown: unknown) => (error = thrown),
    );
    expect((error as StateError).error).to.equal("States.QueryEvaluationError");
  });
});

describe("virtual time", () => {
  it("runs events by their time, then by their order, and every promise between two of them", async () => {
    const scheduler = new Scheduler();
    const seen: string[] = [];
    scheduler.after(2, () => void seen.push("c"));
    scheduler.after(1, () => {
      seen.push("a");
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => Promise.resolve())
        .then(() => seen.push("a, much later"));
    });
    scheduler.after(1, () => void seen.push("b"));
    await scheduler.run(() => false);
    expect(seen).to.deep.equal(["a", "a, much later", "b", "c"]);
    expect(scheduler.now).to.equal(2);
  });
});
