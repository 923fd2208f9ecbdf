import { expect } from "chai";
import { policies } from "../../policies/all";
import { encryptionCases } from "./cases/encryption";
import { exposureCases } from "./cases/exposure";
import { failoverCases } from "./cases/failover";
import { houseCases } from "./cases/house";
import { privilegeCases } from "./cases/privilege";
import { resilienceCases } from "./cases/resilience";
import { transportCases } from "./cases/transport";
import { serverCases } from "./cases/servers";
import type { Case } from "./cases/case";
import { PackServer, type Violation } from "./pack-server";
import type { Recorded } from "./recorded";
import { set, UNKNOWN_TEXT } from "./world";

const cases: readonly Case[] = [
  ...houseCases,
  ...encryptionCases,
  ...transportCases,
  ...exposureCases,
  ...privilegeCases,
  ...resilienceCases,
  ...failoverCases,
  ...serverCases,
];

describe("each policy", function () {
  this.timeout(120_000);
  let pack: PackServer;

  before(async () => {
    pack = await PackServer.start();
  });
  after(() => pack.stop());

  async function judge({ policy, config }: Case, all: readonly Recorded[]): Promise<readonly Violation[]> {
    await pack.configure(config ?? {});
    return (await pack.judge(all)).filter((one) => one.policy === policy);
  }
  const says = (found: readonly Violation[]): readonly string[] => found.map(({ message }) => message);

  it("has cases", () => {
    const untested = policies.map(({ name }) => name).filter((name) => !cases.some(({ policy }) => policy === name));
    expect(untested).to.deep.equal([]);
  });

  for (const one of cases) {
    describe(one.policy, () => {
      it("is content with a good stack", async () => {
        expect(says(await judge(one, one.good))).to.deep.equal([]);
      });

      for (const { on, path, bad, wrong, unknownAt } of one.fields) {
        for (const value of bad) {
          it(`${on} ${path} = ${JSON.stringify(value) ?? "nothing"} is a violation`, async () => {
            const found = await judge(one, set(one.good, on, path, value));
            expect(found, "violations").to.not.be.empty;
            expect(found[0]?.message).to.match(/To mend it: /);
          });
        }
        const isOption = path.startsWith("opts.");
        if (wrong !== null && !isOption) {
          it(`${on} ${path} of a wrong type is a violation`, async () => {
            expect(await judge(one, set(one.good, on, path, wrong ?? { unexpected: true }))).to.not.be.empty;
          });
        }
        if (unknownAt !== null && !isOption) {
          it(`${on} ${unknownAt ?? path} that is not known yet is none`, async () => {
            expect(says(await judge(one, set(one.good, on, unknownAt ?? path, UNKNOWN_TEXT)))).to.deep.equal([]);
          });
        }
      }
    });
  }
});
