/**
 * The orchestration and lease protocol, searched to its end within small bounds: the real cores and the registered machines, every
 * interleaving, a fault at every place. docs/MODEL.md tells what is modelled and what is not.
 */
import { expect } from "chai";
import { explore } from "../../simulation/model/explore";
import { MUTATIONS } from "../../simulation/model/mutations";
import { SCENARIO_NAMES, scenarioNamed } from "../../simulation/model/scenarios";

const inLines = (trace: readonly string[]): string => trace.map((line, at) => `${at + 1}. ${line}`).join("\n");

describe("in every run within the bounds", () => {
  const searches = new Map<string, ReturnType<typeof explore>>();
  const search = (name: (typeof SCENARIO_NAMES)[number]): ReturnType<typeof explore> => {
    const begun = searches.get(name) ?? explore(scenarioNamed(name));
    searches.set(name, begun);
    return begun;
  };

  for (const name of SCENARIO_NAMES) {
    it(name, async () => {
      const found = await search(name);
      const { violation } = found;
      expect(violation?.wrong, violation && inLines(violation.trace)).to.equal(undefined);
      // A search that reaches no end, or whose faults never happen, shows nothing.
      expect(found.rests).to.be.greaterThan(0);
      expect(found.faultsSpent).to.equal(true);
      console.log(
        `      ${found.states} states, ${found.steps} steps, ${found.worlds} worlds, recovery from ${found.rests}, epochs to ${found.highestEpoch}`,
      );
    }).timeout(300_000);
  }

  it("there is enough to see: over a hundred thousand states", async () => {
    let states = 0;
    let steps = 0;
    for (const name of SCENARIO_NAMES) {
      const found = await search(name);
      states += found.states;
      steps += found.steps;
    }
    console.log(`      ${states} states and ${steps} steps in all`);
    expect(states).to.be.greaterThan(100_000);
  }).timeout(300_000);
});

describe("a counterexample is found when", () => {
  for (const { name, scenario, system, symptom } of MUTATIONS) {
    it(name, async () => {
      const { violation, states } = await explore(scenarioNamed(scenario, system));
      expect(violation?.wrong.join("; "), `${states} states, nothing wrong`).to.match(symptom);
      expect(violation?.trace.length).to.be.greaterThan(0);
      console.log(`      ${violation?.wrong[0]}, in ${violation?.trace.length} steps, among ${states} states`);
    }).timeout(300_000);
  }

  it("the same counterexample each time", async () => {
    const [mutation] = MUTATIONS;
    if (!mutation) throw new Error("there are no mutations");
    const once = await explore(scenarioNamed(mutation.scenario, mutation.system));
    const again = await explore(scenarioNamed(mutation.scenario, mutation.system));
    expect(again).to.deep.equal(once);
    console.log(inLines(once.violation?.trace ?? []).replace(/^/gm, "      "));
  });
});
