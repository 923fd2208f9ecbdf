import aslValidator from "asl-validator";
import { expect } from "chai";
import { CHECKS } from "../../handlers/core/readiness-run";
import { failbackDefinition } from "../../components/orchestration/failback";
import { failoverDefinition } from "../../components/orchestration/failover";
import { readinessDefinition, READINESS_CHECKS } from "../../components/orchestration/readiness";
import type { Bindings, State } from "../../components/orchestration/steps";

const fn = (name: string): string => `arn:aws:lambda:us-east-2:123456789012:function:${name}`;
const TO: Bindings<string> = {
  leaseStep: fn("lease-step"),
  databaseStep: fn("database-step"),
  reconciler: fn("reconciler"),
  validator: fn("validator"),
  readiness: fn("readiness"),
  topicArn: "arn:aws:sns:us-east-2:123456789012:alerts",
  busName: "events",
};
const MACHINES: Readonly<Record<string, State>> = {
  failover: failoverDefinition(TO),
  failback: failbackDefinition(TO),
  readiness: readinessDefinition(TO),
};

/** Every state of a machine, those in branches and maps included. */
function statesOf(machine: State): [string, Record<string, unknown>][] {
  return Object.entries((machine.States ?? {}) as Record<string, Record<string, unknown>>).flatMap(([name, state]) => [
    [name, state] as [string, Record<string, unknown>],
    ...((state.Branches as State[] | undefined) ?? []).flatMap(statesOf),
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor as State) : []),
  ]);
}

for (const [name, machine] of Object.entries(MACHINES)) {
  describe(`the ${name} machine`, () => {
    it("is valid Amazon States Language", () => {
      const { isValid, errors } = aslValidator(JSON.parse(JSON.stringify(machine)) as object);
      expect(errors).to.deep.equal([]);
      expect(isValid).to.equal(true);
    });

    it("bounds every task in time and retries it with backoff and jitter", () => {
      for (const [state, { Type, TimeoutSeconds, Retry }] of statesOf(machine)) {
        if (Type !== "Task") continue;
        expect(TimeoutSeconds, state).to.be.within(1, 120);
        expect(Retry, state).to.have.nested.property("[0].JitterStrategy", "FULL");
      }
      expect(machine.TimeoutSeconds).to.be.at.most(3600);
    });

    it("catches what still fails, tells people, and then fails", () => {
      const top = Object.entries((machine.States ?? {}) as Record<string, Record<string, unknown>>);
      for (const [state, { Type, Catch }] of top) {
        if (["Task", "Parallel", "Map"].includes(String(Type)))
          expect(Catch, state).to.have.nested.property("[0].ErrorEquals[0]", "States.ALL");
      }
      expect(top.map(([state]) => state)).to.include.members(["NotifyFailure", "Failed"]);
    });

    it("names every state once, branches included", () => {
      const names = statesOf(machine).map(([state]) => state);
      expect(new Set(names).size).to.equal(names.length);
    });

    it("calls nothing outside of its own region", () => {
      expect(JSON.stringify(machine)).to.not.match(/us-east-1|route53|aws-sdk/);
    });
  });
}

describe("the readiness machine", () => {
  it("runs every check that readiness needs", () => {
    expect([...READINESS_CHECKS]).to.deep.equal([...CHECKS]);
  });
});

describe("the failback machine", () => {
  it("hands the lease over from the epoch that it has checked, so that a second try takes it from nobody else", () => {
    const states = MACHINES.failback?.States as Record<string, { Assign?: Record<string, string>; Arguments?: { Payload: unknown } }>;
    expect(states.CheckTarget?.Assign?.expectedEpoch).to.contain("$states.result.Payload.epoch");
    expect(states.HandOver?.Arguments?.Payload).to.deep.equal({ action: "take", expectedEpoch: "{% $expectedEpoch %}" });
  });
});

describe("the failover machine", () => {
  it("takes the lease before anything else, and reconciles only behind a raised fence", () => {
    expect(MACHINES.failover?.StartAt).to.equal("TakeLease");
    const states = MACHINES.failover?.States as Record<string, { Choices?: { Condition: string; Next: string }[]; Default?: string }>;
    expect(states.Moved?.Choices).to.deep.equal([{ Condition: "{% $states.input[0].raised %}", Next: "Reconcile" }]);
    expect(states.Moved?.Default).to.equal("NotifyFailure");
  });
});
