import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MrscNode } from "../../lab/cross-region/mrsc/node";
import { startWitness } from "../../lab/cross-region/mrsc/witness";
import { WHOLE, type AcceptorServer, type Way } from "../../lab/cross-region/mrsc/wire";
import { claimFreePorts } from "../../lab/setup/ports";

const LOST: Way = { sends: false, hears: false };
const MUTE: Way = { sends: false, hears: true };
const TABLE = {
  TableName: "lease",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  BillingMode: "PAY_PER_REQUEST",
};

describe("two replicas and a witness", () => {
  let folder: string;
  let east: MrscNode;
  let west: MrscNode;
  let witness: AcceptorServer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "mrsc-"));
    const { base } = await claimFreePorts(3);
    witness = await startWitness(join(folder, "witness"), base + 2);
    const node = (own: 0 | 1): Promise<MrscNode> =>
      MrscNode.start({
        proposer: own + 1,
        directory: join(folder, String(own)),
        port: base + own,
        peerPorts: { region: base + 1 - own, witness: base + 2 },
      });
    [east, west] = await Promise.all([node(0), node(1)]);
    for (const one of [east, west]) await one.addTable(TABLE);
  });
  afterEach(async () => {
    await Promise.all([east.close(), west.close(), witness.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const put = async (node: MrscNode, holder: string): Promise<number> =>
    (await node.handle("PutItem", { TableName: "lease", Item: { id: { S: "x" }, holder: { S: holder } } })).status;
  const holder = async (node: MrscNode): Promise<string | undefined> => {
    const { body } = await node.handle("GetItem", { TableName: "lease", Key: { id: { S: "x" } }, ConsistentRead: true });
    return (body as { Item?: { holder?: { S?: string } } }).Item?.holder?.S;
  };

  it("each go on with the witness when they do not reach each other", async () => {
    east.setWays({ region: LOST, witness: WHOLE });
    expect(await put(east, "east")).to.equal(200);
    expect(await holder(west)).to.equal("east");
    expect([await east.reaches("region"), await east.reaches("witness")]).to.deep.equal([false, true]);
  });

  it("a replica that nobody hears writes nothing, while what it hears is a vote that the others never learn of", async () => {
    east.setWays({ region: MUTE, witness: MUTE });
    expect(await put(east, "east")).to.equal(500);
    expect(await put(west, "west")).to.equal(200);
    await witness.close();
    witness = { close: () => Promise.resolve() };
    expect(await put(west, "alone")).to.equal(500);
    east.setWays({ region: WHOLE, witness: WHOLE });
    // A write that was refused for want of a quorum may have happened all the same, as on AWS.
    expect(await holder(west)).to.be.oneOf(["west", "alone"]);
  });
});
