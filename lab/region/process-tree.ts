/**
 * Everything that descends from a region's leader, by `ps`. Signals to a process group would miss PostgreSQL's workers, which make sessions of
 * their own; a walk from parent to child alone would miss what lost its parent. So both count: the group, and all below any member of it.
 */
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** ps's letters: T stopped, Z ended and not yet collected. */
  readonly state: string;
}

function processes(): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    execFile("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat="], { maxBuffer: 16 * 1024 * 1024 }, (error, text) => {
      if (error) return reject(new Error(`ps failed: ${error.message}`));
      const rows = text.split("\n").flatMap((line): Row[] => {
        const [pid, parent, group, state] = line.trim().split(/\s+/);
        return state === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), group: Number(group), state }];
      });
      resolve(rows);
    });
  });
}

/** Living members of the tree. `known`: members that were stopped before, so their numbers can't be anybody else's by now. */
async function members(leader: number, known: ReadonlySet<number>): Promise<Row[]> {
  const rows = await processes();
  const tree = new Set<number>([leader, ...known]);
  for (const row of rows) if (row.group === leader) tree.add(row.pid);
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const row of rows) if (tree.has(row.parent)) tree.add(row.pid);
  }
  return rows.filter((row) => tree.has(row.pid) && !row.state.startsWith("Z"));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const ROUNDS = 100;

/** Stops every process of the tree; done when none of them runs. Answers their pids. */
export async function stopTree(leader: number): Promise<Set<number>> {
  const known = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const tree = await members(leader, known);
    const running = tree.filter(({ state }) => !state.startsWith("T"));
    for (const { pid } of tree) known.add(pid);
    if (running.length === 0) return known;
    // A child that is made while others are being stopped shows in the next round.
    for (const { pid } of running) send(pid, "SIGSTOP");
    await pause(5);
  }
  throw new Error(`the processes of ${leader} could not all be stopped`);
}

/** Lets a stopped tree go on. */
export async function continueTree(leader: number): Promise<void> {
  for (const { pid } of await members(leader, new Set())) send(pid, "SIGCONT");
}

/** Kills every process of the tree at one moment: all are stopped first, so that none sees another die. Done when all are gone. */
export async function killTree(leader: number): Promise<void> {
  const known = await stopTree(leader);
  for (const pid of known) send(pid, "SIGKILL");
  for (let round = 0; round < ROUNDS; round++) {
    const left = (await processes()).filter(({ pid, state }) => known.has(pid) && !state.startsWith("Z"));
    if (left.length === 0) return;
    await pause(10);
  }
  throw new Error(`the processes of ${leader} could not all be killed`);
}

/** Pids of the tree that live now. */
export async function treeOf(leader: number): Promise<number[]> {
  return (await members(leader, new Set())).map(({ pid }) => pid);
}
