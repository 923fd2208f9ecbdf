import type { Item } from "../kernel/history";
import { ServiceError } from "../kernel/host";
import type { Kernel } from "../kernel/kernel";
import type { Network } from "../kernel/network";
import type { Region } from "../kernel/region";
import { change, condition, type Placeholders } from "./expression";

export interface Index {
  readonly partition: string;
  readonly sort: string;
}

export interface TableShape {
  readonly name: string;
  readonly key: string;
  /** Strong: two of three regions acknowledge. Eventual: each region writes alone, the last writer wins. */
  readonly consistency: "strong" | "eventual";
  readonly indexes: Readonly<Record<string, Index>>;
}

interface Input {
  readonly TableName: string;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Readonly<Record<string, string>>[] }>>;
  readonly Key?: Readonly<Record<string, string>>;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly Select?: "COUNT";
  readonly ScanIndexForward?: boolean;
  readonly ExclusiveStartKey?: Item;
}

/** A write on its way into a region's indexes. */
interface Arriving {
  readonly due: number;
  /** The table's writes are numbered: what arrives after a later write of the same item is old. */
  readonly order: number;
  readonly key: string;
  readonly item: Item;
}

/** What a region's indexes show: the table as it was a little ago, or no table that ever was. */
interface View {
  readonly items: Map<string, Item>;
  readonly orders: Map<string, number>;
  arriving: Arriving[];
}

/** Two writers of one item within this time, from two regions: one is refused and must try again. */
const CONFLICT_MS = 8;
const LONG_CONFLICT_MS = 3_000;
/** A write whose outcome was not known is carried out within this time, if it is at all. */
const SURFACES_WITHIN_MS = 20_000;
/** Entries of an index arrive within this time, each by itself. */
const SCATTERED_MS = 8_000;
const failed = (): ServiceError => new ServiceError("ConditionalCheckFailedException", "The conditional request failed");

function withoutUndefined(item: Item): Item {
  for (const attribute in item) {
    if (item[attribute] === undefined) return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
  }
  return item;
}

/** A global table. Indexes are eventually consistent always; they lag by a time of their own in each region. */
export class Table {
  private made = 0;
  private readonly replicas: ReadonlyMap<string, Map<string, Item>>;
  private readonly views = new Map<string, View>();
  private readonly lastWriter = new Map<string, { readonly region: string; readonly at: number }>();
  /** Time of each item's last write, for the last writer to win. */
  private readonly stamps = new Map<string, number>();
  /** Milliseconds that indexes are behind, by region. */
  readonly indexLag = new Map<string, number>();

  constructor(
    private readonly shape: TableShape,
    private readonly regions: readonly Region[],
    private readonly kernel: Kernel,
    private readonly network: Network,
  ) {
    // A strong table is one register an item, whatever replicas it has; an eventual one is a copy in each region.
    const shared = new Map<string, Item>();
    this.replicas = new Map(regions.map(({ name }) => [name, shape.consistency === "strong" ? shared : new Map<string, Item>()]));
    for (const { name } of regions) {
      this.views.set(name, { items: new Map(), orders: new Map(), arriving: [] });
      this.indexLag.set(name, kernel.random.between(5, 400));
    }
  }

  /** Calls so far. */
  served = 0;

  serve(operation: string, input: Input, to: Region): unknown {
    this.served++;
    if (operation === "Query") return this.query(input, to);
    this.requireQuorum(to);
    if (operation === "BatchGet") return this.batchGet(input, to);
    if (operation === "Get") return { Item: this.items(to).get(this.keyOf(input)) };
    return this.write(operation, input, to);
  }

  private batchGet(input: Input, to: Region): unknown {
    const { name, key } = this.shape;
    const keys = input.RequestItems?.[name]?.Keys ?? [];
    if (keys.length > 100) throw new ServiceError("ValidationException", "Too many items requested for the BatchGetItem call");
    const items = this.items(to);
    // Some of many may be left out: they are asked for again.
    const left = keys.length > 1 && this.kernel.random.chance(0.02) ? keys.slice(-1) : [];
    const found = keys.slice(0, keys.length - left.length).flatMap((each) => items.get(String(each[key])) ?? []);
    return { Responses: { [name]: found }, UnprocessedKeys: left.length > 0 ? { [name]: { Keys: left } } : {} };
  }

  /** An item as an onlooker outside of time would see it. */
  peek(key: string): Item | undefined {
    return this.items(this.regions[0] as Region).get(key);
  }

  all(region = this.regions[0] as Region): ReadonlyMap<string, Item> {
    return this.items(region);
  }

  seed(key: string, item: Item): void {
    for (const region of this.regions) this.items(region).set(key, item);
  }

  private items(region: Region): Map<string, Item> {
    return this.replicas.get(region.name) ?? this.replicas.values().next().value ?? new Map<string, Item>();
  }

  /** Two of three regions must be there, each reachable by the one that is asked, and that one must be one of them. */
  private requireQuorum(to: Region): void {
    if (this.shape.consistency === "eventual") return;
    if (!this.hasQuorum(to)) {
      this.kernel.strike("quorum-refused");
      throw new ServiceError("InternalServerError", "no quorum", true);
    }
  }

  hasQuorum(to: Region): boolean {
    if (to.health !== "up") return false;
    for (const other of this.regions) if (other !== to && this.network.connected(to.name, other)) return true;
    return false;
  }

  private keyOf(input: Input): string {
    const key = (input.Key ?? input.Item)?.[this.shape.key];
    if (typeof key !== "string") throw new ServiceError("ValidationException", `the key ${this.shape.key} is missing`);
    return key;
  }

  private write(operation: string, input: Input, to: Region, again = true): unknown {
    const key = this.keyOf(input);
    const { now, random, habits } = this.kernel;
    const items = this.items(to);
    const before = items.get(key);
    const placeholders: Placeholders = { names: input.ExpressionAttributeNames ?? {}, values: input.ExpressionAttributeValues ?? {} };
    const strong = this.shape.consistency === "strong";
    if (strong && again && this.kernel.habit("late-writes", 0.05)) {
      // Still under way when its caller is told that nobody knows: carried out later, if its condition holds then.
      if (random.chance(0.7)) this.kernel.after(random.between(20, SURFACES_WITHIN_MS), () => this.surface(operation, input, to));
      throw new ServiceError("InternalServerError", "the outcome is not known", true);
    }
    const conflictMs = CONFLICT_MS + (habits["long-conflicts"] ?? 0) * LONG_CONFLICT_MS;
    const last = this.lastWriter.get(key);
    if (strong && last && last.region !== to.name && now - last.at < conflictMs && random.chance(0.7)) {
      this.kernel.strike("write-conflict");
      throw new ServiceError("ReplicatedWriteConflictException", "one or more items were being written in another region");
    }
    if (input.ConditionExpression !== undefined && !condition(input.ConditionExpression)(before, placeholders)) throw failed();
    const after =
      operation === "Put" ? (input.Item as Item) : change(input.UpdateExpression ?? "")(before ?? { [this.shape.key]: key }, placeholders);
    this.put(to, key, after);
    if (strong) this.lastWriter.set(key, { region: to.name, at: now });
    else this.replicate(to, key, after);
    if (to.ambiguous > 0 && random.chance(to.ambiguous)) {
      this.kernel.strike("answer-unknown");
      throw new ServiceError("InternalServerError", "the outcome is not known", true);
    }
    return { Attributes: after };
  }

  private surface(operation: string, input: Input, to: Region): void {
    if (!this.hasQuorum(to)) return;
    try {
      this.write(operation, input, to, false);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  private put(to: Region, key: string, after: Item): void {
    const items = this.items(to);
    const before = items.get(key);
    const kept = withoutUndefined(after);
    items.set(key, kept);
    if (this.shape.consistency === "strong") this.index(key, kept);
    else this.stamps.set(`${to.name} ${key}`, to.wall());
    this.kernel.observer.tableWritten(this.shape.name, key, before, kept);
  }

  private index(key: string, item: Item): void {
    const { kernel } = this;
    if (Object.keys(this.shape.indexes).length === 0) return;
    const order = ++this.made;
    const scattered = kernel.habits["scattered-indexes"];
    for (const [region, view] of this.views) {
      const lag = (this.indexLag.get(region) ?? 0) + (scattered === undefined ? 0 : kernel.random.next() ** 2 * scattered * SCATTERED_MS);
      view.arriving.push({ due: kernel.now + lag, order, key, item });
    }
  }

  /** Eventual: carried to the other regions later; there the write of the later clock stays. */
  private replicate(from: Region, key: string, item: Item): void {
    const stamp = from.wall();
    for (const other of this.regions) {
      if (other === from) continue;
      const arrive = (): void => {
        if (!this.network.connected(from.name, other) || from.health !== "up") return this.kernel.after(2_000, arrive);
        const stampThere = `${other.name} ${key}`;
        if ((this.stamps.get(stampThere) ?? -Infinity) > stamp) return;
        this.items(other).set(key, item);
        this.stamps.set(stampThere, stamp);
      };
      this.kernel.after(this.kernel.random.between(200, 3_000), arrive);
    }
  }

  private query(input: Input, to: Region): unknown {
    const index = this.shape.indexes[input.IndexName ?? ""];
    if (!index) throw new ServiceError("ValidationException", `there is no index ${input.IndexName}`);
    const placeholders: Placeholders = { names: input.ExpressionAttributeNames ?? {}, values: input.ExpressionAttributeValues ?? {} };
    const matches = condition(input.KeyConditionExpression ?? "");
    const found: Item[] = [];
    for (const item of this.view(to).values()) {
      if (item[index.partition] !== undefined && item[index.sort] !== undefined && matches(item, placeholders)) found.push(item);
    }
    const sort = (value: unknown): string => (typeof value === "number" ? String(value).padStart(16, "0") : String(value));
    const position = (item: Item): string => `${sort(item[index.sort])} ${String(item[this.shape.key])}`;
    const direction = input.ScanIndexForward === false ? -1 : 1;
    found.sort((a, b) => (position(a) < position(b) ? -direction : direction));
    const { ExclusiveStartKey: start } = input;
    const rest = start
      ? found.filter((item) => direction * (position(item) > position(start) ? 1 : -1) > 0 && position(item) !== position(start))
      : found;
    const most = input.Limit ?? Infinity;
    // A page ends where 1 MB of what was read ends. Its key says where, not whether there is more: a page that is full has one, be the rest empty.
    const limit = this.kernel.habit("short-pages", 0.5) ? this.kernel.random.int(1, Math.min(most, 8)) : most;
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const more = rest.length >= limit && last !== undefined;
    return {
      ...(input.Select === "COUNT" ? {} : { Items: page }),
      Count: page.length,
      LastEvaluatedKey: more
        ? { [this.shape.key]: last[this.shape.key], [index.partition]: last[index.partition], [index.sort]: last[index.sort] }
        : undefined,
    };
  }

  /** Brings the region's view up to where its lag lets it be; a region that is cut off from both others sees nothing new. */
  private view(to: Region): ReadonlyMap<string, Item> {
    const view = this.views.get(to.name);
    if (!view) throw new Error(`${this.shape.name} has no replica in ${to.name}`);
    const { now } = this.kernel;
    if (view.arriving.length === 0 || !this.hasQuorum(to)) return view.items;
    const late: Arriving[] = [];
    for (const one of view.arriving) {
      if (one.due > now) late.push(one);
      else if (one.order > (view.orders.get(one.key) ?? 0)) {
        view.items.set(one.key, one.item);
        view.orders.set(one.key, one.order);
      }
    }
    if (late.length > 0 && this.kernel.habits["scattered-indexes"] !== undefined) this.kernel.strike("scattered-indexes");
    view.arriving = late;
    return view.items;
  }
}
