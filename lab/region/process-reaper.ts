/**
 * Outlives the lab by a moment: told which regions run, it kills their processes when the lab is gone, however it went. The regions' own fronts
 * end when they lose the lab, but a front that is stopped can't, and one that was killed leaves orphans.
 */
import { createInterface } from "node:readline";
import { killTree } from "./process-tree";

const leaders = new Set<number>();
const lines = createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const [verb, pid] = line.split(" ");
  if (verb === "watch") leaders.add(Number(pid));
  else leaders.delete(Number(pid));
});

lines.once("close", () => {
  void Promise.allSettled([...leaders].map(killTree)).then(() => process.exit(0));
});

// Ctrl-C reaches everybody on the terminal; this one goes when its work is done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
