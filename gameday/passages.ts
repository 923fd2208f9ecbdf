import { runMove, type MovePorts } from "../operate/move";
import type { Stack } from "../operate/stack";
import type { GameDayPorts, Passage } from "./play";

/** The planned move to the region that is not active: there, and the same back. */
export const byMove = (name: "switchover" | "way-back", stack: Stack, ports: MovePorts): Passage => ({
  name,
  fault: "No fault: the switchover was started by a person while trades flowed.",
  act: async (_active, marked) => {
    marked("a switchover is started");
    const code = await runMove({ command: "switchover", stack: stack.name, reason: `drill: ${name}`, dryRun: false }, stack, ports);
    return code === 0 ? undefined : "the switchover did not come to a good end";
  },
});

const PATIENCE_MS = 15 * 60_000;
const LOOK_MS = 1_000;
const ANSWER_MS = 3_000;

/** A person breaks the active region, and the system acts by itself. Times count from the moment at which the region does not call itself ready any more. */
export const experiment = (stack: Stack, { platform, print, sleep }: Pick<GameDayPorts, "platform" | "print" | "sleep">): Passage => ({
  name: "experiment",
  fault: "A person broke the active region, as the runbook's game day says.",
  act: async (active, marked) => {
    const url = stack.sites.find(({ region }) => region === active)?.url ?? "";
    print(`\nStart the experiment in ${active} now (docs/RUNBOOK.md, "A game day"). Waiting until ${url}/health/ready is not 200 …\n`);
    if (!(await comes(async () => !(await isReady(url)), sleep))) return `${active} stayed ready for ${PATIENCE_MS / 60_000} minutes`;
    marked(`${active} is not ready any more`);
    const other = stack.sites.find(({ region }) => region !== active)?.region ?? "";
    const moved = await comes(async () => (await platform.lease(other).catch(() => undefined))?.holder === other, sleep);
    if (!moved) return `${other} has not taken over: end the experiment`;
    const ended = await comes(async () => await isReady(url), sleep);
    return ended ? undefined : `${active} has not come back`;
  },
});

async function comes(holds: () => Promise<boolean>, sleep: (ms: number) => Promise<void>): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}
