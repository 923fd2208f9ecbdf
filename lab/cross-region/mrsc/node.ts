/**
 * A region's replica of the MRSC tables: acceptor, proposer and the local copy that queries read.
 * AWS: strongly consistent reads see the latest write of any region; queries on secondary indexes are eventually consistent; no transactions, no TTL.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Acceptor, type Ballot, type Change, type Item } from "./acceptor";
import { act, checked, failed, operate, type Response, type Table } from "./item-operations";
import { Conflict, NoQuorum, Registers } from "./registers";
import { Peer, serveAcceptor, WHOLE, type AcceptorServer, type Way } from "./wire";

export interface MrscNodeOptions {
  /** 1 or 2; the witness proposes nothing. */
  readonly proposer: number;
  readonly directory: string;
  readonly port: number;
  readonly peerPorts: { readonly region: number; readonly witness: number };
}

/** What is whole of a replica's ways to the other two voters. */
export interface Ways {
  readonly region: Way;
  readonly witness: Way;
}

const PEERS = ["region", "witness"] as const satisfies readonly (keyof Ways)[];
const PEER_DEADLINE_MS = 800;
const CATCH_UP_MS = 500;
const ITEM_OPERATIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"];
const LOCAL_OPERATIONS = ["Query", "Scan", "DescribeTable"];

interface BatchGet {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly unknown[]; readonly ConsistentRead?: boolean }>>;
}

const fault = (status: number, type: string, message: string): Response => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message },
});

// eslint-disable-next-line @typescript-eslint/no-require-imports -- dynalite has no types
const database = require("dynalite/db") as { create(options: object): LocalStore };
interface LocalStore {
  readonly options: object;
}

export class MrscNode {
  private readonly tables = new Map<string, Table>();
  private readonly local = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  private readonly learnedAt = new Map<string, Ballot>();
  private readonly seen = new Map<Peer | "own", number>();
  private readonly registers: Registers;
  private ways: Ways = { region: WHOLE, witness: WHOLE };
  private timer: NodeJS.Timeout | undefined;
  private catching = false;

  private constructor(
    private readonly acceptor: Acceptor,
    private readonly peers: readonly Peer[],
    proposer: number,
  ) {
    this.registers = new Registers(proposer, acceptor, peers, (register, ballot, item) => this.learn(register, ballot, item));
  }

  private server: AcceptorServer | undefined;

  static async start(options: MrscNodeOptions): Promise<MrscNode> {
    const acceptor = new Acceptor(join(options.directory, "mrsc.log"));
    const state: { node?: MrscNode } = {};
    const to = (peer: keyof Ways) => (): Way => state.node?.ways[peer] ?? WHOLE;
    const peers = PEERS.map((peer) => new Peer(options.peerPorts[peer], PEER_DEADLINE_MS, to(peer)));
    const node = new MrscNode(acceptor, peers, options.proposer);
    state.node = node;
    // The witness proposes nothing: whoever asks here is the other region.
    node.server = await serveAcceptor(acceptor, options.port, to("region"), (register, ballot, item) => node.learn(register, ballot, item));
    node.timer = setInterval(() => void node.catchUp(), CATCH_UP_MS);
    return node;
  }

  owns(tableName: unknown): boolean {
    return typeof tableName === "string" && this.tables.has(tableName);
  }

  /** As CreateTable's input; a table that is there stays. What the replica kept on its disk becomes readable with its table. */
  async addTable(definition: Record<string, unknown>): Promise<void> {
    const table = definition as unknown as Table;
    if (this.tables.has(table.TableName)) return;
    await act("CreateTable", this.local, structuredClone(definition));
    await sleep(20);
    this.tables.set(table.TableName, table);
    this.seen.clear();
  }

  setWays(ways: Ways): void {
    this.ways = ways;
  }

  /** Does the other voter answer? */
  async reaches(peer: keyof Ways): Promise<boolean> {
    const ask = this.peers[PEERS.indexOf(peer)]?.ask({ kind: "changes", since: Number.MAX_SAFE_INTEGER });
    return (await ask?.catch(() => undefined)) !== undefined;
  }

  /** One request of DynamoDB's API (`X-Amz-Target` without its prefix). */
  async handle(operation: string, body: Record<string, unknown>): Promise<Response> {
    if (operation === "BatchGetItem") return this.batchGet(body as unknown as BatchGet);
    const table = this.tables.get(String(body.TableName));
    if (operation.startsWith("Transact"))
      return fault(400, "ValidationException", "transactions are not supported on tables with multi-Region strong consistency");
    if (!table) return fault(400, "ResourceNotFoundException", "Requested resource not found");
    try {
      if (LOCAL_OPERATIONS.includes(operation) || (operation === "GetItem" && body.ConsistentRead !== true)) {
        return { status: 200, body: await act(operation, this.local, checked(operation, body, this.local)) };
      }
      if (!ITEM_OPERATIONS.includes(operation))
        return fault(400, "UnknownOperationException", `${operation} is not offered on MRSC tables here`);
      return await this.registers.change(this.registerOf(table, body), (item) => operate(operation, table, body, item));
    } catch (error) {
      if (error instanceof NoQuorum) return fault(500, "InternalServerError", error.message);
      if (error instanceof Conflict) return fault(400, "ReplicatedWriteConflictException", error.message);
      return failed(error);
    }
  }

  /** Each item is a read of its own, as on AWS; what could not be read is given back, and an error is one of all. */
  private async batchGet({ RequestItems }: BatchGet): Promise<Response> {
    const Responses: Record<string, unknown[]> = {};
    const UnprocessedKeys: Record<string, { Keys: unknown[]; ConsistentRead?: boolean }> = {};
    let refused: Response | undefined;
    const reads = Object.entries(RequestItems).flatMap(([TableName, { Keys, ConsistentRead }]) => {
      Responses[TableName] = [];
      return Keys.map(async (Key) => {
        const { status, body } = await this.handle("GetItem", { TableName, Key, ConsistentRead });
        const { Item } = body as { Item?: unknown };
        if (status !== 200) {
          refused ??= { status, body };
          (UnprocessedKeys[TableName] ??= { Keys: [], ConsistentRead }).Keys.push(Key);
        } else if (Item !== undefined) Responses[TableName]?.push(Item);
      });
    });
    if (reads.length > 100) return fault(400, "ValidationException", "Too many items requested for the BatchGetItem call");
    await Promise.all(reads);
    const unread = Object.values(UnprocessedKeys).reduce((sum, { Keys }) => sum + Keys.length, 0);
    return refused !== undefined && unread === reads.length ? refused : { status: 200, body: { Responses, UnprocessedKeys } };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const peer of this.peers) peer.close();
    await this.server?.close();
    this.acceptor.close();
  }

  private registerOf(table: Table, body: Record<string, unknown>): string {
    const holder = (body.Key ?? body.Item ?? {}) as Record<string, unknown>;
    const key = table.KeySchema.map(({ AttributeName }) => holder[AttributeName] ?? null);
    return `${table.TableName}\n${JSON.stringify(key)}`;
  }

  private keyOf(register: string): { table: Table; key: Record<string, unknown> } | undefined {
    const [name = "", text = "[]"] = register.split("\n");
    const table = this.tables.get(name);
    if (!table) return undefined;
    const values = JSON.parse(text) as unknown[];
    return { table, key: Object.fromEntries(table.KeySchema.map(({ AttributeName }, index) => [AttributeName, values[index]])) };
  }

  /** Brings the local copy up to a chosen value. Older values are ignored. */
  private learn(register: string, ballot: Ballot, item: Item): void {
    const where = this.keyOf(register);
    if (!where || ballot <= (this.learnedAt.get(register) ?? -1)) return;
    this.learnedAt.set(register, ballot);
    const { table, key } = where;
    const done =
      item === null
        ? act("DeleteItem", this.local, { TableName: table.TableName, Key: key })
        : act("PutItem", this.local, { TableName: table.TableName, Item: item });
    done.catch((error: unknown) => console.error("mrsc: local copy", error));
  }

  /**
   * Finds what was accepted and not learned: after a restart, after a partition, or because its proposer died between the two.
   * A read through the quorum settles each such item, and makes it known.
   */
  private async catchUp(): Promise<void> {
    if (this.catching) return;
    this.catching = true;
    try {
      await this.follow("own", this.acceptor.changes(this.seen.get("own") ?? 0));
      for (const peer of this.peers) {
        const news = await peer
          .ask<ReturnType<Acceptor["changes"]>>({ kind: "changes", since: this.seen.get(peer) ?? 0 })
          .catch(() => undefined);
        // A peer that starts again counts from what its log holds: begin anew.
        if (news && news.upTo < (this.seen.get(peer) ?? 0)) this.seen.set(peer, 0);
        else if (news) await this.follow(peer, news);
      }
    } catch {
      // no quorum now: the next pass tries again
    } finally {
      this.catching = false;
    }
  }

  private async follow(source: Peer | "own", { upTo, changes }: { upTo: number; changes: readonly Change[] }): Promise<void> {
    const unknown = changes.filter(({ register, accepted }) => this.keyOf(register) && accepted > (this.learnedAt.get(register) ?? -1));
    for (let i = 0; i < unknown.length; i += 16) {
      await Promise.all(unknown.slice(i, i + 16).map(({ register }) => this.registers.change(register, () => ({ answer: undefined }))));
    }
    this.seen.set(source, upTo);
  }
}
