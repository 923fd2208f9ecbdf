/** What may be done to the lab from the live page. Plain data: the page draws its buttons from it, and the server takes nothing else. */

export interface Action {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** Is it done to a region? */
  readonly regional: boolean;
}

export const ACTIONS = [
  { name: "kill", label: "Kill", help: "SIGKILL to every process of the region: the crash", regional: true },
  { name: "hang", label: "Hang", help: "SIGSTOP to every process of the region: it neither answers nor refuses", regional: true },
  { name: "cut", label: "Cut off", help: "Cuts every link between the region and the others; its clients still reach it", regional: true },
  { name: "kill-database", label: "Kill database", help: "SIGKILL to the region's database alone", regional: true },
  { name: "slow", label: "Slow down", help: "Every request to the region takes three seconds longer", regional: true },
  {
    name: "deny",
    label: "Take the ledger away",
    help: "No function of the region is allowed any call of the ledger's API, as by an organization's policy",
    regional: true,
  },
  {
    name: "heal",
    label: "Heal",
    help: "Undoes what was done to the region: wakes it, mends its links, starts again what was killed, gives permissions back",
    regional: true,
  },
  {
    name: "failover",
    label: "Fail over to here",
    help: "Starts this region's failover machine, as a person would: the other region is not asked",
    regional: true,
  },
  {
    name: "switchover",
    label: "Switch over to here",
    help: "Starts this region's switchover machine: refused unless both regions are well",
    regional: true,
  },
  { name: "stop-witness", label: "Stop the witness", help: "The third voter of journal and lease goes away", regional: false },
  { name: "start-witness", label: "Start the witness", help: "The third voter comes back", regional: false },
  {
    name: "check",
    label: "Check every trade",
    help: "Stops the stream, waits until all is settled, and compares the clients' records with the ledger",
    regional: false,
  },
] as const satisfies readonly Action[];

export type ActionName = (typeof ACTIONS)[number]["name"];

/** Trades a second; 0 stops the stream. */
export const RATES = [0, 5, 20, 50] as const;

export type Order = { readonly action: ActionName; readonly region?: string } | { readonly action: "rate"; readonly rate: number };

/** What the page asked for. @throws an error that names what is wrong and what is allowed */
export function orderOf(body: unknown, regions: readonly string[]): Order {
  const { action, region, rate } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (action === "rate") {
    if (!RATES.some((one) => one === rate)) throw new Error(`rate ${JSON.stringify(rate)}: allowed: ${RATES.join(", ")}`);
    return { action, rate: rate as number };
  }
  const known = ACTIONS.find(({ name }) => name === action);
  if (known === undefined)
    throw new Error(`action ${JSON.stringify(action)}: allowed: rate, ${ACTIONS.map(({ name }) => name).join(", ")}`);
  if (!known.regional) return { action: known.name };
  if (typeof region !== "string" || !regions.includes(region))
    throw new Error(`region ${JSON.stringify(region)}: allowed: ${regions.join(", ")}`);
  return { action: known.name, region };
}
