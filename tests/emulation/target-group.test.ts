import { expect } from "chai";
import { chooseTarget, fitsMatcher, TargetHealth, type Candidate } from "../../emulation/load-balancer/target-group";

describe("a load balancer's target group", () => {
  it("judges a target by checks in a row, each way by its own threshold", () => {
    const health = new TargetHealth({ healthy: 2, unhealthy: 3 });
    const after = (ok: boolean): string => (health.note(ok), health.state);
    expect([true, false, true, true].map(after)).to.deep.equal(["initial", "initial", "initial", "healthy"]);
    expect([false, false, true, false, false, false].map(after)).to.deep.equal([...Array<string>(5).fill("healthy"), "unhealthy"]);
    expect([true, true].map(after)).to.deep.equal(["unhealthy", "healthy"]);
    health.drain();
    expect([false, false, false].map(after), "who goes is judged no more").to.deep.equal(Array(3).fill("draining"));
  });

  const target = (state: Candidate["state"], outstanding = 0): Candidate => ({ state, outstanding });

  it("sends to healthy targets alone, in turn or to the least busy one", () => {
    const targets = [target("healthy", 2), target("unhealthy"), target("healthy", 1), target("initial"), target("draining")];
    const inTurn = [0, 1, 2].map((turn) => chooseTarget(targets, "round_robin", turn));
    expect(inTurn).to.deep.equal([targets[0], targets[2], targets[0]]);
    expect([0, 1].map((turn) => chooseTarget(targets, "least_outstanding_requests", turn))).to.deep.equal([targets[2], targets[2]]);
  });

  it("fails open to those that failed, never to those that are not judged yet or go", () => {
    const failed = target("unhealthy");
    expect(chooseTarget([target("initial"), failed, target("draining")], "round_robin", 7)).to.equal(failed);
    expect(chooseTarget([target("initial"), target("draining")], "round_robin", 0)).to.equal(undefined);
  });

  it("takes the statuses that are registered", () => {
    expect([200, 204, 299, 301].map((status) => fitsMatcher(status, "200-299"))).to.deep.equal([true, true, true, false]);
    expect([200, 201, 202].map((status) => fitsMatcher(status, "200, 202"))).to.deep.equal([true, false, true]);
  });
});
