/** What is wrong in both regions at once, because both are of one account, one program and one ledger; and those who mean harm. */
import type { FaultKind } from "./kinds";
import { STRANGER } from "../traffic/callers";
import type { End, Scene } from "./scene";

/** Services that a policy, a key or a quota can take away. The journal's among them: then nobody accepts, and nobody can move the lease. */
const SERVICES = ["sqs", "events", "s3", "rds-data", "rds", "states", "cloudwatch", "dynamodb"];
/** Without these a region accepts nothing, or settles nothing, or can't see to its ledger. */
const NEEDED = ["sqs", "dynamodb", "rds-data", "rds"];
const FUNCTIONS = [
  "trade-intake",
  "trade-processor",
  "lease-step",
  "database-step",
  "reconciler",
  "validator",
  "sentinel",
  "health",
  "control",
];

const chosen = (from: readonly string[], size: number): string => from[Math.floor(size * from.length)] ?? "";

/** The same trade with another quantity. */
const altered = (body: string): string => body.replace(/"quantity":(\d+)/, (_all, digits: string) => `"quantity":${Number(digits) + 1}`);

export const COMMON_CAUSES: Readonly<
  Record<
    "permission-lost" | "quota-exhausted" | "deployment" | "restriction-changed" | "hostile-messages" | "hostile-callers",
    (scene: Scene) => End
  >
> = {
  "permission-lost": ({ world, fault, hit }) => {
    const service = chosen(SERVICES, fault.size);
    const regions = [...world.sites.values()].map(({ region }) => region);
    world.kernel.onStrike.set("call-denied", hit);
    for (const region of regions) {
      region.denied.add(service);
      if (NEEDED.includes(service)) world.kernel.observer.fit(region.name, false);
    }
    return () => {
      for (const region of regions) {
        region.denied.delete(service);
        world.kernel.observer.fit(region.name, true);
      }
    };
  },
  "quota-exhausted": ({ world, fault, hit }) => {
    const share = 0.3 + fault.size * 0.65;
    world.kernel.onStrike.set("call-throttled", hit);
    for (const { region } of world.sites.values()) region.crowded = share;
    return () => {
      for (const { region } of world.sites.values()) region.crowded = 0;
    };
  },
  deployment: ({ world, fault, hit }) => {
    // One region after the other, as an update does it; half of the versions do not start until they are rolled back.
    const sick = fault.size < 0.5 ? chosen(FUNCTIONS, fault.size * 2) : undefined;
    let over = false;
    [...world.sites.values()].forEach(({ functions }, i) =>
      world.kernel.after(i * world.kernel.random.between(0, 10_000), () => {
        if (over) return;
        functions.replace();
        if (sick !== undefined) functions.broken.add(sick);
        functions.onBroken = hit;
        if (sick === undefined) hit();
      }),
    );
    return () => {
      over = true;
      for (const { functions } of world.sites.values()) functions.broken.clear();
    };
  },
  "restriction-changed": ({ world, fault, hit }) => {
    const restricted = new Set(["alpha/KO", "beta/KO", "gamma/IBM", "delta/AMZN"].slice(0, 1 + Math.floor(fault.size * 4)));
    const change = (restrictions: ReadonlySet<string>): void => {
      const writer = world.database.memberOf(world.database.truth.writer);
      if (writer.writable && !writer.broken && writer.region.health === "up") writer.copy.restrict(restrictions);
    };
    change(restricted);
    hit();
    return () => change(new Set());
  },
  "hostile-messages": ({ world, region, fault, hit }) => {
    const { queue } = world.siteOf(region.name);
    const known = [...world.table("trade-journal").all().values()];
    const some = known[Math.floor(fault.size * known.length)];
    const { pendingShard, settledShard, status, ...trade } = some ?? {};
    void [pendingShard, settledShard, status];
    const body = JSON.stringify(trade);
    // An accepted trade that says something else; one that nobody has accepted.
    // Delivered some times already: their last delivery is not far.
    queue.add(altered(body), 8);
    queue.add(body.replace(/"tradeId":"[0-9a-f]{4}/, '"tradeId":"ffff'), 8);
    hit();
    return () => undefined;
  },
  "hostile-callers": ({ world, region, fault, hit }) => {
    const { api } = world.siteOf(region.name);
    const { epoch } = world.lease;
    const headers = (key: string): Record<string, string> => ({ "content-type": "application/json", "idempotency-key": key });
    const order = { accountId: "synthetic-mallory", symbol: "KO", side: "buy", quantity: 1, price: "1" };
    const post = (key: string, body: string): void =>
      api.request(undefined, "/trades", { method: "POST", headers: headers(key), body, signedBy: STRANGER.role }, 5_000, hit);
    // Keys that can be guessed from what anybody may read; bodies that are none; more than anybody asked for.
    for (let attempt = 0; attempt < 4; attempt++)
      for (const next of [epoch, epoch + 1]) post(`synthetic:${region.name}:${next}:${attempt}`, JSON.stringify(order));
    // Keys that others have used, or will, for a trade of its own; and its own keys for others' accounts.
    for (let n = 0; n < 40; n += 4) post(`order-${n}`, JSON.stringify({ ...order, accountId: "stranger-1" }));
    for (const { idempotencyKey, accountId } of [...world.table("trade-journal").all().values()].slice(0, 5))
      post(`hostile-${String(idempotencyKey)}`, JSON.stringify({ ...order, accountId }));
    post("hostile-1", "{");
    post("hostile-2", JSON.stringify({ ...order, more: "x".repeat(Math.floor(fault.size * 50_000)) }));
    post("hostile-3", JSON.stringify({ ...order, quantity: -1, price: "1e9" }));
    return () => undefined;
  },
} satisfies Partial<Record<FaultKind, (scene: Scene) => End>>;
