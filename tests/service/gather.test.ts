import { expect } from "chai";
import { gathered } from "../../service/gather";

/** What is asked of the far end, each to be ended by the test. */
function farEnd() {
  const calls: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const act = (items: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => calls.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) }));
  return { calls, act };
}

const settledSoon = () => new Promise((resolve) => setImmediate(resolve));

describe("calls that requests share", () => {
  it("begin at once for the first, and take together what came meanwhile", async () => {
    const { calls, act } = farEnd();
    const send = gathered(10, act);
    const ends = ["a", "b", "c"].map((item) => send([item]));
    expect(calls.map(({ items }) => items)).to.deep.equal([["a"]]);
    calls[0]?.end();
    await ends[0];
    await settledSoon();
    expect(calls.map(({ items }) => items)).to.deep.equal([["a"], ["b", "c"]]);
    calls[1]?.end();
    await Promise.all(ends);
    expect(calls).to.have.length(2);
  });

  it("do not wait for one that hangs when as many have gathered as a call takes", async () => {
    const { calls, act } = farEnd();
    const send = gathered(2, act);
    const [, ...later] = ["hangs", "b", "c"].map((item) => send([item]));
    expect(calls.map(({ items }) => items)).to.deep.equal([["hangs"], ["b", "c"]]);
    calls[1]?.end();
    await Promise.all(later);
  });

  it("end for all that share one as it ends, and the next goes on", async () => {
    const { calls, act } = farEnd();
    const send = gathered(10, act);
    const told = (item: string): Promise<string> =>
      send([item]).then(
        () => "sent",
        (error: Error) => error.message,
      );
    const ends = [told("a"), told("b"), told("c")];
    calls[0]?.end();
    await settledSoon();
    calls[1]?.end(new Error("the queue is away"));
    expect(await Promise.all(ends)).to.deep.equal(["sent", "the queue is away", "the queue is away"]);
    const after = told("d");
    calls[2]?.end();
    expect(await after).to.equal("sent");
  });
});
