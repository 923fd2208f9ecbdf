/** Are the two regions the same, and ready to take over from each other? Compares what was read; reads nothing itself. */

/** What was read, or why it could not be. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** One thing that both regions have: a function, a queue, a table, a cluster, a secret, a parameter, a quota. */
export interface Thing {
  /** The same in both regions. */
  readonly name: string;
  /** Must be equal in both regions. */
  readonly settings: Readonly<Record<string, string>>;
  /** Why it does not serve yet; absent when it does. Time may settle it. */
  readonly unready?: string;
}

export const COMPARED = ["functions", "queues", "tables", "clusters", "secrets", "parameters", "quotas"] as const;
export type Compared = (typeof COMPARED)[number];
export const AREAS = [...COMPARED, "health", "ledger", "replication lag", "schema"] as const;
export type Area = (typeof AREAS)[number];

export type SiteFacts = { readonly region: string } & Readonly<Record<Compared, Reading<readonly Thing[]>>> & {
    /** The deep health check of the region's own address: the reason why it is not ready, or undefined. */
    readonly health: Reading<string | undefined>;
  };

/** The global database as this region sees it. */
export interface LedgerFacts {
  readonly role: "writer" | "reader";
  /** Of this region's cluster. */
  readonly status: string;
  readonly globalStatus: string;
  readonly members: readonly { readonly region: string; readonly role: "writer" | "reader"; readonly synchronized: boolean }[];
  /** Of this region's copy, milliseconds; undefined when unknown. Read where the cluster is a reader. */
  readonly lagMs?: number;
  /** Newest version that was applied; read where the cluster is the writer, which is where the Data API answers. */
  readonly schemaVersion?: number;
}

export interface Expectations {
  readonly regions: readonly [own: string, peer: string];
  readonly maxLagMs: number;
  /** Newest version of the ledger's schema that this code brings. */
  readonly schemaVersion: number;
}

export interface Difference {
  readonly area: Area;
  readonly detail: string;
  /** Time alone may settle it: a replica that is being made, a lag that has not been measured yet. */
  readonly settling: boolean;
}

/** Everything in which two regions differ, or in which one of them does not serve. Empty: in sync. */
export function compare(own: SiteFacts, peer: SiteFacts): Difference[] {
  return [
    ...COMPARED.flatMap((area) => compareThings(area, own, peer)),
    ...[own, peer].flatMap(({ region, health }): Difference[] => {
      const reason = "problem" in health ? health.problem : health.value;
      return reason === undefined ? [] : [{ area: "health", detail: `${region} is not ready: ${reason}`, settling: true }];
    }),
  ];
}

function compareThings(area: Compared, own: SiteFacts, peer: SiteFacts): Difference[] {
  const unread = [own, peer].flatMap((site): Difference[] => {
    const reading = site[area];
    return "problem" in reading ? [{ area, detail: `${site.region} can't be read: ${reading.problem}`, settling: true }] : [];
  });
  const [ours, theirs] = [own[area], peer[area]];
  if ("problem" in ours || "problem" in theirs) return unread;
  const unready = [own, peer].flatMap((site, index) =>
    (index === 0 ? ours : theirs).value.flatMap(({ name, unready: reason }): Difference[] =>
      reason === undefined ? [] : [{ area, detail: `${name} in ${site.region}: ${reason}`, settling: true }],
    ),
  );
  const there = new Map(theirs.value.map((thing) => [thing.name, thing]));
  const here = new Set(ours.value.map(({ name }) => name));
  const alone = (name: string, is: string, isNot: string): Difference => ({
    area,
    detail: `${name} is in ${is} and not in ${isNot}`,
    settling: false,
  });
  return [
    ...unready,
    ...ours.value.flatMap((thing) => {
      const other = there.get(thing.name);
      return other ? compareSettings(area, thing, other, own.region, peer.region) : [alone(thing.name, own.region, peer.region)];
    }),
    ...theirs.value.filter(({ name }) => !here.has(name)).map(({ name }) => alone(name, peer.region, own.region)),
  ];
}

function compareSettings(area: Compared, thing: Thing, other: Thing, region: string, peerRegion: string): Difference[] {
  const keys = [...new Set([...Object.keys(thing.settings), ...Object.keys(other.settings)])].sort();
  return keys
    .filter((key) => thing.settings[key] !== other.settings[key])
    .map((key) => {
      const [here, there] = [thing.settings[key] ?? "absent", other.settings[key] ?? "absent"];
      return { area, detail: `${thing.name}: ${key} is ${here} in ${region} and ${there} in ${peerRegion}`, settling: false };
    });
}

/** What keeps the ledger from being failed over safely, as this region sees it. */
export function judgeLedger(reading: Reading<LedgerFacts>, expected: Expectations): Difference[] {
  const [own] = expected.regions;
  if ("problem" in reading) return [{ area: "ledger", detail: `can't be read in ${own}: ${reading.problem}`, settling: true }];
  const { role, status, globalStatus, members, lagMs, schemaVersion } = reading.value;
  const found: Difference[] = [];
  const add = (area: Area, detail: string, settling = true): void => void found.push({ area, detail, settling });

  if (globalStatus !== "available") add("ledger", `the global cluster is ${globalStatus}`);
  if (status !== "available") add("ledger", `the cluster in ${own} is ${status}`);
  for (const region of expected.regions) {
    const member = members.find((one) => one.region === region);
    if (!member) add("ledger", `${region} has no member of the global cluster`);
    else if (!member.synchronized) add("ledger", `the copy in ${region} is not connected to the writer`);
  }
  const writers = members.filter((member) => member.role === "writer");
  if (writers.length !== 1) add("ledger", `the global cluster has ${writers.length} writers`);

  if (role === "reader") {
    if (lagMs === undefined) add("replication lag", `of the copy in ${own} is not known yet`);
    else if (lagMs > expected.maxLagMs)
      add("replication lag", `of the copy in ${own} is ${Math.round(lagMs)} ms; allowed: ${expected.maxLagMs} ms`);
  } else if (schemaVersion !== expected.schemaVersion) {
    add("schema", `the ledger in ${own} is at version ${schemaVersion ?? "none"}, the code at ${expected.schemaVersion}`, false);
  }
  return found;
}
