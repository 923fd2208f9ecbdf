import { expect } from "chai";
import { policies } from "../../policies/all";
import { houseFaults } from "./faults/house";
import { serverFaults } from "./faults/servers";
import { survivalFaults } from "./faults/survival";
import { PackServer, type PackConfig, type Violation } from "./pack-server";
import { recorded, type Recorded } from "./recorded";

/** What is planted in which stack. */
const PLANTED = { prod: [...houseFaults, ...survivalFaults], fargate: serverFaults };
const faults = Object.values(PLANTED).flat();
const WHOLE = new Set(policies.flatMap((policy) => ("validateStack" in policy ? [policy.name] : [])));

/** All other policies of the stack switched off, which only saves time: that they are content is another test's matter. */
function only(wanted: string): PackConfig {
  return Object.fromEntries([...WHOLE].filter((name) => name !== wanted).map((name) => [name, "disabled"]));
}

describe("a fault planted in the program's registrations", function () {
  this.timeout(120_000);
  let pack: PackServer;

  before(async () => {
    pack = await PackServer.start();
  });
  after(() => pack.stop());

  async function found(policy: string, on: string, planted: readonly Recorded[]): Promise<readonly Violation[]> {
    await pack.configure(only(policy));
    if (WHOLE.has(policy)) return pack.analyzeStack(planted);
    const one = planted.find(({ name }) => name === on);
    return one === undefined ? [] : pack.analyze(one, planted);
  }

  it("is one of at least sixty, for all policies whose types the program has", () => {
    expect(faults.length).to.be.at.least(60);
    const without = policies.map(({ name }) => name).filter((name) => !faults.some(({ policy }) => policy === name));
    // These programs have no volume, stream or secret parameter; their cases are in the tests of each policy.
    expect(without).to.have.members(["volume-encryption", "stream-encryption", "parameter-encryption"]);
  });

  for (const [stack, planted] of Object.entries(PLANTED)) {
    describe(stack, () => {
      let all: readonly Recorded[];
      before(async () => {
        all = await recorded(stack);
      });
      for (const { what, policy, on, plant } of planted) {
        it(`${what}: ${policy}`, async () => {
          const before = (await found(policy, on, all)).filter((one) => one.policy === policy);
          expect(before, "violations before").to.be.empty;
          const after = (await found(policy, on, plant(all))).filter((one) => one.policy === policy);
          expect(after, "violations after").to.not.be.empty;
        });
      }
    });
  }
});
