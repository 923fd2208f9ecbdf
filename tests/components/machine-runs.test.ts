import { expect } from "chai";
import type { State } from "../../components/site/orchestration/steps";
import type { MachineDefinition } from "../../emulation/states-language/definition";
import { machines } from "../../simulation/machines";
import { runMachine } from "../support/machine-run";

const MACHINES = machines(60);

type Answers = (functionName: string, payload: Record<string, unknown>) => unknown;

const working: Answers = (functionName, { action }) => {
  if (functionName === "lease-step") return { taken: true, epoch: 7 };
  if (functionName === "reconciler") return { done: true };
  if (action === "checkTarget") return { ready: true, epoch: 6 };
  if (action === "raiseFence") return { raised: true };
  if (action === "confirmTraffic") return { confirmed: true };
  if (action === "syntheticTrade") return { settled: true };
  return { state: "writer" };
};

interface Run {
  readonly states: readonly string[];
  /** What people were told, and what the bus was. */
  readonly messages: string[];
  readonly events: string[];
  readonly error?: string;
  /** By the machine's own clock, in which calls take no time. */
  readonly seconds: number;
}

/** The machine as registered, run at once; a function's failure is a rejection of `answers`. */
async function run(machine: State, answers: Answers, topicFails = false): Promise<Run> {
  const messages: string[] = [];
  const events: string[] = [];
  const definition = JSON.parse(JSON.stringify(machine)) as MachineDefinition;
  const { ended, states, ms } = await runMachine(definition, { reason: "test" }, (resource, input) => {
    if (resource.endsWith("sns:publish")) {
      if (topicFails) return { error: "SNS.InternalError", cause: "no" };
      messages.push((input as { Message: string }).Message);
      return { result: { MessageId: "m-1" } };
    }
    if (resource.endsWith("events:putEvents")) {
      events.push((input as { Entries: { Detail: { summary: string } }[] }).Entries[0]?.Detail.summary ?? "");
      return { result: { FailedEntryCount: 0 } };
    }
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: Record<string, unknown> };
    try {
      return { result: { Payload: answers(FunctionName, Payload) } };
    } catch (error) {
      return { error: "Lambda.Unknown", cause: (error as Error).message };
    }
  });
  return { states, messages, events, seconds: ms / 1_000, ...("error" in ended ? { error: ended.error } : {}) };
}

const fail = (): never => {
  throw new Error("the validator is broken");
};

describe("a failover whose observer is broken", () => {
  it("promotes the ledger and reconciles all the same", async () => {
    const { states, error } = await run(MACHINES.failover, (name, payload) =>
      payload.action === "confirmTraffic" ? fail() : working(name, payload),
    );
    expect(error).to.equal(undefined);
    expect(states).to.include.members(["RaiseFence", "TrafficSeen", "Reconcile", "Completed"]);
  });

  it("does so too when the observer's answer is not an answer", async () => {
    const { states } = await run(MACHINES.failover, (name, payload) => (payload.action === "confirmTraffic" ? {} : working(name, payload)));
    expect(states).to.include.members(["Reconcile", "Completed"]);
  });

  for (const budgetSeconds of [32, 60, 300])
    it(`looks after the public name for all of a budget of ${budgetSeconds} s, and not for long after it`, async () => {
      const never: Answers = (name, payload) => (payload.action === "confirmTraffic" ? { confirmed: false } : working(name, payload));
      const { states, seconds } = await run(machines(budgetSeconds).failover, never);
      expect(seconds).to.be.within(budgetSeconds, budgetSeconds + 3);
      expect(states).to.include("Completed");
    });

  it("does not let a ledger that can't be fenced pass for promoted", async () => {
    const { states } = await run(MACHINES.failover, (name, payload) => (payload.action === "raiseFence" ? fail() : working(name, payload)));
    expect(states).to.not.include("Reconcile");
    expect(states.at(-1)).to.equal("Failed");
  });
});

describe("the notices of a move", () => {
  for (const [name, machine] of [
    ["failover", MACHINES.failover],
    ["switchover", MACHINES.switchover],
  ] as const) {
    const broken: Answers = (fn, payload) => (fn === "reconciler" ? fail() : working(fn, payload));

    it(`give programs the reason that people were given (${name} that fails)`, async () => {
      const { messages, events } = await run(machine, broken);
      expect(messages).to.have.length(1);
      expect(messages[0]).to.contain("the validator is broken");
      expect(events).to.deep.equal(messages);
    });

    it(`give programs the reason although the topic took nothing (${name} that fails)`, async () => {
      const { events } = await run(machine, broken, true);
      expect(events.join()).to.contain("the validator is broken");
    });
  }
});
