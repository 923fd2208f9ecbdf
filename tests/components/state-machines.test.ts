import aslValidator from "asl-validator";
import { expect } from "chai";
import jsonata from "jsonata";
import { READINESS_CHECKS } from "../../contract/steps";
import { publish } from "../../handlers/core/readiness-run";
import { silentLog } from "../support/memory/effects";
import { switchoverDefinition } from "../../components/site/orchestration/switchover";
import { failoverDefinition } from "../../components/site/orchestration/failover";
import { readinessDefinition } from "../../components/site/orchestration/readiness";
import type { Bindings, State } from "../../components/site/orchestration/steps";

const fn = (name: string): string => `arn:aws:lambda:us-east-2:123456789012:function:${name}`;
const TO: Bindings<string> = {
  leaseStep: fn("lease-step"),
  databaseStep: fn("database-step"),
  reconciler: fn("reconciler"),
  validator: fn("validator"),
  readiness: fn("readiness"),
  parity: fn("parity"),
  topicArn: "arn:aws:sns:us-east-2:123456789012:alerts",
  busName: "events",
};
const MACHINES: Readonly<Record<string, State>> = {
  failover: failoverDefinition(TO, 60),
  switchover: switchoverDefinition(TO),
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
  it("runs every check that readiness needs", () => {});

  describe("compares both regions, as one more check", () => {
    interface Task {
      readonly Output: string;
      readonly Catch: readonly { readonly Output: string; readonly Next: string }[];
    }
    const before = [{ check: "journal", passed: true, detail: "a read", durationMs: 3 }];
    const evaluated = async (expression: string, result?: object): Promise<unknown> => {
      const states = { input: before, ...(result === undefined ? {} : { result: { Payload: result } }) };
      const found: unknown = await jsonata(expression.replace(/^\{%|%\}$/g, "")).evaluate({}, { states });
      return JSON.parse(JSON.stringify(found));
    };
    const compare = (MACHINES.readiness?.States as Record<string, Task>).Compare as Task;
    const more = (passed: boolean, detail: string): unknown => [...before, { check: "parity", passed, detail, durationMs: 0 }];

    it("which passes when nothing differs, and names what does", async () => {
      expect(await evaluated(compare.Output, { inSync: true, differences: [] })).to.deep.equal(more(true, "both regions are in sync"));
      const one = { inSync: false, differences: [{ detail: "queues differ" }] };
      expect(await evaluated(compare.Output, one)).to.deep.equal(more(false, "queues differ"));
      const two = { inSync: false, differences: [{ detail: "queues differ" }, { detail: "code differs" }] };
      expect(await evaluated(compare.Output, two)).to.deep.equal(more(false, "queues differ; code differs"));
    });

    it("which fails when it can't be made, and ends no run", async () => {
      expect(compare.Catch.map(({ Next }) => Next)).to.deep.equal(["Publish"]);
      expect(await evaluated(compare.Catch[0]?.Output ?? "")).to.deep.equal(more(false, "the regions could not be compared"));
    });

    it("and counts it: a run whose comparison failed is not ready, and what was found is kept", async () => {
      const results = READINESS_CHECKS.map((check) => ({ check, passed: true, detail: "", durationMs: 1 }));
      const put: [string, number][] = [];
      const kept = new Map<string, string>();
      const ports = {
        metrics: { put: (name: string, value: number) => void put.push([name, value]) },
        log: silentLog,
        evidence: { keep: (key: string, _type: string, body: string) => Promise.resolve(void kept.set(key, body)) },
        clock: { now: () => Date.UTC(2030, 0, 2, 3, 4, 5) },
        region: "us-east-1",
      };
      expect(await publish(results, ports)).to.deep.equal({ ready: true, failed: [] });
      const parity = { check: "parity", passed: false, detail: "queues <differ>", durationMs: 0 };
      expect(await publish([...results.slice(1), parity], ports)).to.deep.equal({ ready: false, failed: ["journal", "parity"] });
      expect([...kept.keys()]).to.deep.equal(["2030-01-02/us-east-1-030405.json", "2030-01-02/us-east-1-030405.html"]);
      const [json = "", page] = kept.values();
      expect(JSON.parse(json)).to.deep.include({ region: "us-east-1", at: "2030-01-02T03:04:05.000Z", ready: false });
      expect(page).to.include("NOT READY").and.include("queues &lt;differ&gt;").and.include("it was not run");
      expect(put.filter(([name]) => name === "FailoverReadiness").map(([, value]) => value)).to.deep.equal([100, 0]);
    });
  });
});

describe("the switchover machine", () => {
  it("hands the lease over from the epoch that it has checked, so that a second try takes it from nobody else", () => {
    const states = MACHINES.switchover?.States as Record<string, { Assign?: Record<string, string>; Arguments?: { Payload: unknown } }>;
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
