import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { claimFreePorts, claimPorts, type PortBlock } from "../../lab/setup/ports";

const refusal = async (claim: Promise<PortBlock>): Promise<string> =>
  await claim.then(
    ({ base }) => `claimed from ${base} on`,
    (error: unknown) => String(error),
  );

describe("a lab's ports", () => {
  it("lie below those that the system gives to outgoing connections, and two labs never share one", async () => {
    const blocks = await Promise.all(Array.from({ length: 12 }, () => claimFreePorts(16, 29_900)));
    try {
      const bases = blocks.map(({ base }) => base).sort((a, b) => a - b);
      for (const [index, base] of bases.entries()) {
        expect(base).to.be.within(20_000, 30_000 - 17);
        expect(base - (bases[index - 1] ?? 0)).to.be.greaterThan(16);
      }
    } finally {
      for (const block of blocks) block.release();
    }
  });

  it("are refused by number while something listens there, be it another lab that has not started yet", async () => {
    const block = await claimFreePorts(16);
    expect(await refusal(claimPorts(block.base, 16))).to.include(`port ${block.base + 16} on 127.0.0.1`);
    block.release();
    const server = createServer().listen(block.base + 3, "127.0.0.1");
    await once(server, "listening");
    try {
      expect(await refusal(claimPorts(block.base, 16))).to.include(`port ${block.base + 3} on 127.0.0.1`);
    } finally {
      server.close();
    }
    const again = await claimPorts(block.base, 16);
    again.release();
  });
});
