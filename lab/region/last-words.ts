import { existsSync, readFileSync } from "node:fs";

const LAST_LINES = 15;

/** The end of a process's log, for the error that tells of its end: the log itself goes with the lab. */
export function lastWords(logFile: string): string {
  const text = existsSync(logFile) ? readFileSync(logFile, "utf8").trim() : "";
  return text === "" ? "; it wrote nothing" : `; its last words:\n${text.split("\n").slice(-LAST_LINES).join("\n")}`;
}
