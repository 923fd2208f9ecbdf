import { zipSync, type Zippable } from "fflate";

/** The format's first day: equal files give equal bytes. */
const MADE = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file, readable by all. */
const MODE = (0o100644 << 16) >>> 0;

/** Names to contents → a function package's bytes. Stored and not packed: the emulator unpacks it at once, and nothing travels. */
export function zip(files: ReadonlyMap<string, Buffer>): Buffer {
  const entries: Zippable = {};
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    entries[name] = [content, { level: 0, mtime: MADE, os: UNIX, attrs: MODE }];
  return Buffer.from(zipSync(entries));
}
