/**
 * DESIGN: infrastructure code never fights the runtime. The program runs again on a state as it is after a failover, in every assignment of the
 * ledger's roles; what it asks for, with its ignored properties, must be what is there.
 */
import { expect } from "chai";
import { changesAfter, CLUSTER, type Roles, type RuntimeChange } from "../support/after-failover";
import { register, type Program, type Registration, type States } from "../support/registrations";

const UPGRADED = "16.11";
const WEIGHTED = { "trade-failover:routing": "weighted" };
const WORLDS: readonly (readonly [string, Roles, Record<string, string>])[] = [
  ["the home primary writes again, after a failover and a switchover", { primary: "writer", standby: "reader" }, WEIGHTED],
  ["the home standby writes", { primary: "reader", standby: "writer" }, {}],
  [
    "the home standby writes, the old writer is being rebuilt outside of the global cluster",
    { primary: "rebuilding", standby: "writer" },
    {},
  ],
];
/** What can't be made again. */
const HOLDS_DATA = [
  "aws:dynamodb/table:Table",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:s3/bucket:Bucket",
  "aws:kms/key:Key",
  "aws:secretsmanager/secret:Secret",
];

const keyOf = ({ type, name }: { readonly type: string; readonly name: string }): string => `${type}/${name}`;

/**
 * The engine's rule for ignored properties: the old input stands, and the bridge leaves the property out of its diff. Otherwise the provider
 * compares what it has read with what it is given, or with its default where it is given nothing.
 */
function asksFor(change: RuntimeChange, inputs: Readonly<Record<string, unknown>>, ignored: readonly string[]): unknown {
  if (ignored.includes(change.property)) return change.value;
  const given = inputs[change.property];
  if (given !== undefined) return given;
  return change.unset === "computed" ? change.value : change.unset;
}

const statesOf = (changes: readonly RuntimeChange[]): States => {
  const states: Record<string, Record<string, unknown>> = {};
  for (const change of changes) (states[keyOf(change)] ??= {})[change.property] = change.value;
  return states;
};

describe("the program never fights the runtime", function () {
  this.timeout(240_000);

  for (const [world, roles, config] of WORLDS) {
    describe(`when ${world}`, () => {
      let first: Program;
      let second: Program;
      let changes: readonly RuntimeChange[];
      const inputsOf = (program: Program, key: string): Record<string, unknown> =>
        program.resources.find((one) => keyOf(one) === key)?.inputs ?? {};
      const ignoredBy = (key: string): readonly string[] => second.options.get(key)?.ignoreChanges ?? [];

      before(async () => {
        first = await register("prod", config);
        changes = changesAfter(first.resources, roles, UPGRADED);
        second = await register("prod", config, statesOf(changes));
      });

      it("registers the same resources: nothing is made and nothing deleted", () => {
        const names = (program: Program): string[] => program.resources.map(keyOf).sort();
        expect(names(second)).to.deep.equal(names(first));
      });

      it("asks for the same of every resource, but for what it ignores", () => {
        const asked = (program: Program, one: Registration): string => {
          const ignored = ignoredBy(keyOf(one));
          return JSON.stringify(Object.entries(inputsOf(program, keyOf(one))).filter(([property]) => !ignored.includes(property)));
        };
        for (const one of first.resources) expect(asked(second, one), keyOf(one)).to.equal(asked(first, one));
      });

      it("asks for no replacement, promotion, detachment, version, secret, poller or traffic", () => {
        expect(changes).to.have.length.above(8);
        for (const change of changes) {
          const key = keyOf(change);
          const asked = asksFor(change, inputsOf(second, key), ignoredBy(key));
          expect(asked, `${change.consequence}: ${change.property} of ${key}`).to.deep.equal(change.value);
        }
      });

      it("would do so if it did not ignore those properties", () => {
        const harmful = changes.filter((change) => {
          const asked = asksFor(change, inputsOf(second, keyOf(change)), []);
          return JSON.stringify(asked) !== JSON.stringify(change.value);
        });
        const kinds = new Set(harmful.map(({ consequence }) => consequence));
        expect([...kinds]).to.include.members(["changes the version", "writes the old secret", "starts the poller", "moves traffic"]);
        expect([...kinds]).to.include(roles.primary === "rebuilding" ? "fails the update" : "promotes the copy");
        if (roles.primary !== "writer") expect([...kinds]).to.include("replaces the cluster");
      });
    });
  }

  it("keeps what holds data from being deleted, by the engine as well", async () => {
    const { resources, options } = await register("prod");
    const data = resources.filter(({ type }) => HOLDS_DATA.includes(type));
    expect(new Set(data.map(({ type }) => type))).to.have.length(HOLDS_DATA.length);
    expect(data.filter((one) => options.get(keyOf(one))?.protect !== true).map(keyOf)).to.deep.equal([]);
  });

  it("asks AWS for nothing that a failover changes, and writes no runtime state", async () => {
    const { resources, calls } = await register("prod");
    const PURE = ["aws:index/getCallerIdentity:getCallerIdentity", "aws:secretsmanager/getRandomPassword:getRandomPassword"];
    expect(calls.filter((call) => !PURE.includes(call))).to.deep.equal([]);
    expect(resources.filter(({ type }) => /tableItem|globalTable|tableReplica|clusterEndpoint/i.test(type))).to.deep.equal([]);
  });

  it("leaves the ledger's version to its upgrades: another one in the configuration asks for nothing of a ledger that is there", async () => {
    const { resources, options } = await register("prod");
    const versioned = resources.filter(({ type, inputs }) => type.startsWith("aws:rds/") && "engineVersion" in inputs);
    expect(versioned.filter(({ type }) => type === CLUSTER)).to.have.length(2);
    for (const one of versioned) expect(options.get(keyOf(one))?.ignoreChanges, keyOf(one)).to.include("engineVersion");
    const configured = await register("prod", {
      "trade-failover:database": '{"version":"17.4","minCapacity":2,"maxCapacity":64,"backupRetentionDays":35}',
    });
    const asked = (program: readonly Registration[], one: Registration): unknown => {
      const ignored = options.get(keyOf(one))?.ignoreChanges ?? [];
      const inputs = program.find((other) => keyOf(other) === keyOf(one))?.inputs ?? {};
      return Object.fromEntries(Object.entries(inputs).filter(([property]) => !ignored.includes(property)));
    };
    const ledger = resources.filter(({ type }) => type.startsWith("aws:rds/"));
    expect(ledger).to.have.length.above(8);
    for (const one of ledger) expect(asked(configured.resources, one), keyOf(one)).to.deep.equal(asked(resources, one));
  });
});
