import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const of = (program: Program, type: string): Registration[] => program.resources.filter((one) => one.type === type);
const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("the capacity of a region", function () {
  this.timeout(240_000);

  it("is kept free for what keeps the lease, moves it and answers for it, and for nothing that traffic calls", async () => {
    const program = await register("prod");
    for (const site of ["primary", "standby"]) {
      const reserved = of(program, FUNCTION)
        .filter(({ name }) => name.startsWith(site))
        .flatMap(({ inputs }) =>
          inputs.reservedConcurrentExecutions === undefined ? [] : [String(inputs.name).replace(/^trade-[a-z]+-(.+)-prod$/, "$1")],
        );
      expect(reserved).to.have.members(["sentinel", "lease-step", "database-step", "reconciler", "control"]);
    }
    // What the configuration's page asks for: Lambda leaves a hundred to the functions without a reserve.
    const sum = of(program, FUNCTION)
      .filter(({ name }) => name.startsWith("primary"))
      .reduce((all, { inputs }) => all + Number(inputs.reservedConcurrentExecutions ?? 0), 0);
    expect(sum).to.be.at.most(50);
    expect(of(await register("dev"), FUNCTION).filter(({ inputs }) => inputs.reservedConcurrentExecutions !== undefined)).to.deep.equal([]);
  });

  it("is bounded for settlement, or kept ready for it, and never both: AWS takes one of them", async () => {
    const settlement = (program: Program) => of(program, MAPPING).filter(({ name }) => name.includes("settlement"));
    const bounded = await register("prod", { "trade-failover:capacity.settlementConcurrency": "10" });
    expect(settlement(bounded)).to.have.length(2);
    for (const { inputs } of settlement(bounded)) {
      expect(inputs.scalingConfig).to.deep.equal({ maximumConcurrency: 10 });
      expect(inputs.provisionedPollerConfig).to.equal(undefined);
    }
    const ready = await register("prod", { "trade-failover:capacity": '{"pollersKept":true,"settlementConcurrency":45}' });
    expect(settlement(ready)).to.have.length(2);
    for (const { inputs } of settlement(ready)) {
      expect(inputs.provisionedPollerConfig).to.deep.equal({ minimumPollers: 5, maximumPollers: 5 });
      expect(inputs.scalingConfig).to.equal(undefined);
    }
  });
});

describe("a stack's end", function () {
  this.timeout(240_000);

  it("is possible where nothing is protected, and takes nothing with it where data is", async () => {
    const thrownAway = await register("dev", { "trade-failover:deletionProtection": "false" });
    const kept = await register("prod");
    for (const type of ["aws:s3/bucket:Bucket", "aws:backup/vault:Vault"]) {
      expect(of(thrownAway, type)).to.have.length.above(1);
      for (const { name, inputs } of of(thrownAway, type)) expect(inputs.forceDestroy, name).to.equal(true);
      for (const { name, inputs } of of(kept, type)) expect(inputs.forceDestroy, name).to.equal(false);
    }
    // A secret that waits for its deletion keeps its name from the next stack of the suffix.
    for (const { inputs } of of(thrownAway, "aws:secretsmanager/secret:Secret")) expect(inputs.recoveryWindowInDays).to.equal(0);
    for (const { inputs } of of(kept, "aws:secretsmanager/secret:Secret")) expect(inputs.recoveryWindowInDays).to.equal(30);
  });

  it("leaves no name to anybody else: buckets carry the account", async () => {
    for (const { inputs } of of(await register("prod"), "aws:s3/bucket:Bucket")) expect(inputs.bucket).to.match(/-123456789012-prod$/);
  });
});
