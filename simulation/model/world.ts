/**
 * The whole world of the model as one plain, immutable value. Two worlds are the same state if their JSON is the same.
 * Nothing of the system is imported here: the checkers read worlds, and must share no code with what they judge.
 */
export type Region = "east" | "west";
export const REGIONS: readonly Region[] = ["east", "west"];
export const otherThan = (region: Region): Region => (region === "east" ? "west" : "east");

/** A link of a ledger's history. */
export interface Link {
  readonly seq: number;
  readonly id: string;
}

/** One commit of a ledger: its fence row rose, trades were settled under an epoch, or its history began anew. */
export type Commit =
  | { readonly fence: number; readonly holder: Region; readonly link?: Link }
  | { readonly settled: readonly string[]; readonly epoch: number; readonly link: Link; readonly confirmed: number }
  | { readonly anew: true; readonly link: Link };

/** The head of the history that marks may stand for. */
export interface HeadItem extends Link {
  readonly epoch: number;
  readonly base: number;
  readonly doubt?: { readonly from: number; readonly to: number };
}

/** One region's copy of the ledger. Only a copy that takes writes has a log of its own; a replica is a prefix of the writer's. */
export interface Copy {
  readonly takesWrites: boolean;
  /** Left behind by a failover: it may still take writes, until Aurora rebuilds it from the new writer. */
  readonly leftBehind: boolean;
  readonly log: readonly Commit[];
}

/** A journal entry: what the protocol looks at. */
export interface Entry {
  readonly status: "ACCEPTED" | "SETTLED";
  readonly settledEpoch?: number;
  readonly settledSeq?: number;
}

export interface LeaseItem {
  readonly holder: Region;
  readonly epoch: number;
  readonly renewals: number;
  readonly promotionEpoch: number;
  /** Epoch at which a holder asked to be relieved; 0: none has. */
  readonly resignedEpoch: number;
  /** Epoch at which a watcher took it; 0: none has. */
  readonly forcedEpoch: number;
  readonly refrained: number;
}

/** A move of the global database that is under way. `askedUnder` is a history variable: the epoch of the actor that asked for it. */
export interface Move {
  readonly kind: "failover" | "switchover";
  readonly to: Region;
  readonly askedUnder: number;
}

/** A write whose caller was told "no answer" and that is still on its way. */
export interface Lingering {
  readonly actor: string;
  readonly region: Region;
  readonly epoch: number;
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface World {
  /** Discrete time, milliseconds; stands still in models without time. */
  readonly time: number;
  readonly lease: LeaseItem;
  readonly head: HeadItem;
  readonly journal: Readonly<Record<string, Entry>>;
  readonly queues: Readonly<Record<Region, readonly string[]>>;
  /** The global database's members as its control plane sees them. */
  readonly writer: Region;
  readonly move: Move | null;
  readonly copies: Readonly<Record<Region, Copy>>;
  /** Trades for which a client heard 202. */
  readonly promised: readonly string[];
  /** Executions that sentinels have started, by region and name. */
  readonly executions: readonly string[];
  readonly lingering: readonly Lingering[];
  /** How many faults of each kind may still happen. */
  readonly budget: { readonly lostAnswers: number; readonly timeouts: number; readonly staleReads: number; readonly deaths: number };
  /** Regions that have died: their actors do nothing more, and nothing answers there. */
  readonly dead: readonly Region[];
}

export const fenceOf = (log: readonly Commit[]): number => log.reduce((fence, commit) => ("fence" in commit ? commit.fence : fence), 0);
/** Region that the fence row names. */
export const fenceHolderOf = (log: readonly Commit[]): Region | undefined =>
  log.reduce<Region | undefined>((holder, commit) => ("fence" in commit ? commit.holder : holder), undefined);
export const linksOf = (log: readonly Commit[]): Link[] => log.flatMap(({ link }) => link ?? []);
/** Number of the newest link, and of the newest head that a settlement has found. */
export const seqOf = (log: readonly Commit[]): number => linksOf(log).reduce((highest, { seq }) => Math.max(highest, seq), 0);
export const confirmedOf = (log: readonly Commit[]): number =>
  log.reduce((highest, commit) => ("confirmed" in commit ? Math.max(highest, commit.confirmed) : highest), 0);
export const rowsOf = (log: readonly Commit[]): string[] => log.flatMap((commit) => ("settled" in commit ? commit.settled : []));

/** The first deployment: east holds the lease and the ledger at epoch 1. */
export function firstWorld(budget: Partial<World["budget"]> = {}): World {
  const link = { seq: 1, id: "" };
  return {
    time: 0,
    lease: { holder: "east", epoch: 1, renewals: 0, promotionEpoch: 0, resignedEpoch: 0, forcedEpoch: 0, refrained: 0 },
    head: { ...link, epoch: 1, base: 1 },
    journal: {},
    queues: { east: [], west: [] },
    writer: "east",
    move: null,
    copies: {
      east: { takesWrites: true, leftBehind: false, log: [{ fence: 1, holder: "east", link }] },
      west: { takesWrites: false, leftBehind: false, log: [] },
    },
    promised: [],
    executions: [],
    lingering: [],
    budget: { lostAnswers: 0, timeouts: 0, staleReads: 0, deaths: 0, ...budget },
    dead: [],
  };
}
