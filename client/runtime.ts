import type { Runtime } from "./types";

/** The process's own clock, chance and network. */
export const systemRuntime: Runtime = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  newKey: () => crypto.randomUUID(),
  fetch: (url, init) => fetch(url, init),
};
