/** A drill on a deployed stack: clients trade, the activity moves, everything is settled, and the clients' records are held against the ledger. */
import { join } from "node:path";
import { check, missing, type LedgerRows } from "../lab/drill/check";
import { Crowd } from "../lab/drill/clients";
import type { PublicFace } from "../lab/drill/face";
import { generated } from "../lab/drill/stream";
import { Timeline } from "../lab/drill/timeline";
import { judge } from "../lab/report/judge";
import type { ScenarioReport } from "../lab/report/model";
import type { Platform } from "../operate/platform";
import type { Site, Stack } from "../operate/stack";
import type { GameDayOptions } from "./options";
import { StackWatch } from "./watch";

export interface GameDayPorts {
  readonly platform: Platform;
  readonly face: PublicFace;
  readonly nameLeadsTo: () => Promise<string | undefined>;
  /** Rows of the drill's accounts, from the ledger of a site. */
  readonly rows: (site: Site) => Promise<LedgerRows>;
  readonly unsettled: (tradeIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly print: (line: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/** One way of the activity, and what brings it about. */
export interface Passage {
  readonly name: string;
  readonly fault: string;
  /** Begins it; resolves when it has happened. Answers why it did not, or undefined. `marked` is to be called at the moment that times count from. */
  readonly act: (active: string, marked: (detail: string) => void) => Promise<string | undefined>;
}

const FAULT_AT = 0.25;
/** The ledger's promotion takes minutes on AWS; what is not settled after that is told as pending. */
const SETTLED_MS = 20 * 60_000;
const LOOK_MS = 2_000;

/** Plays one way; the report says how it went. `run` begins the keys and accounts of its trades. */
export async function playPassage(
  { name, fault, act }: Passage,
  run: string,
  stack: Stack,
  options: GameDayOptions,
  ports: GameDayPorts,
): Promise<ScenarioReport> {
  const { platform, face, print } = ports;
  const timeline = new Timeline(({ atMs, region, event, detail }) =>
    print(`${(atMs / 1000).toFixed(1).padStart(7)} s  ${region}  ${event}: ${detail}`),
  );
  const before = await platform.lease(stack.sites[0].region).catch(() => platform.lease(stack.sites[1].region));
  if (before === undefined) throw new Error("there is no lease: the stack's first deployment has not ended");
  const crowd = new Crowd({ scenario: name, clients: options.clients, face, folder: join(options.reportDir, "records", name) });
  const watch = new StackWatch(stack, platform, timeline, ports.nameLeadsTo);
  const plan = generated({ run, scenario: name, clients: options.clients }, options.seconds, options.rate, 1);
  timeline.begin();
  await watch.begin();
  crowd.start(plan);
  let faultMs: number | undefined;
  let broken: string | undefined;
  let backlogEmptyMs: number | undefined;
  try {
    await ports.sleep(FAULT_AT * options.seconds * 1000);
    broken = await act(before.holder, (detail) => {
      faultMs = crowd.elapsed();
      timeline.note(before.holder, "fault", detail);
    });
    await crowd.drained(options.seconds * 1000 + stack.budgetSeconds * 1000);
    if (await settled(crowd, stack, ports)) backlogEmptyMs = crowd.elapsed();
  } finally {
    crowd.stop();
    await watch.end();
  }
  const records = crowd.records();
  const { holder, epoch } = watch.latest() ?? {};
  const looked = await ports.rows(siteOf(stack, holder));
  const absent = missing(records, looked);
  const unsettled = await ports.unsettled(absent);
  const ledger = absent.length === 0 ? looked : await ports.rows(siteOf(stack, holder));
  const own = ledger.trades.filter(({ accountId }) => accountId.startsWith(`${run}-${name}-`));
  const positions = ledger.positions.filter(({ accountId }) => accountId.startsWith(`${run}-${name}-`));
  const judgement = judge({
    records,
    checked: check(records, { ...ledger, trades: own, positions }, unsettled),
    ledger: { ...ledger, trades: own, positions },
    timeline: timeline.events(),
    samples: watch.samples,
    regions: stack.sites.map(({ region }) => region),
    active: before.holder,
    beganAt: crowd.beganAt,
    faultMs,
    epoch: before.epoch,
    backlogEmptyMs,
    expects: { moves: [1, 1] },
    acceptanceGoalMs: stack.budgetSeconds * 1000,
    forbidden: [],
    broken,
    refused: [],
    withoutEffect: faultMs === undefined ? "no fault was seen" : (epoch ?? 0) > before.epoch ? undefined : "the lease has not moved",
  });
  return { name, fault, ...judgement, timeline: timeline.events() };
}

/** Is every accepted trade in the ledger of whoever holds the lease? Waits for that. */
async function settled(crowd: Crowd, stack: Stack, { platform, rows, sleep }: GameDayPorts): Promise<boolean> {
  const deadline = performance.now() + SETTLED_MS;
  while (performance.now() < deadline) {
    const lease = await platform.lease(stack.sites[0].region).catch(() => platform.lease(stack.sites[1].region).catch(() => undefined));
    const ledger = await rows(siteOf(stack, lease?.holder)).catch(() => undefined);
    if (ledger !== undefined && crowd.outstanding() === 0 && missing(crowd.records(), ledger).length === 0) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

function siteOf({ sites }: Stack, region: string | undefined): Site {
  const found = sites.find((site) => site.region === region);
  if (found === undefined) throw new Error("the lease can't be read: it is not known which ledger counts");
  return found;
}
