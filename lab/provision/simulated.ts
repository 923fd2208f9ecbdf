/** What of the program is emulated, and how; for the report. */
import type { Registered } from "../types";

const ALWAYS: readonly string[] = [
  "The regions are built by running the registered program itself; its API, functions, queues, tables, buses, schedules, state machines, buckets, secrets, parameters, keys and roles are created in each region's emulator (MiniStack) in the account 000000000000.",
  "Functions run the bundles that the program registered, on this machine's CPU, with SDK calls sent to their region's front. Memory limits, arm64 and VPC networking do not apply.",
  "A schedule of five minutes or less is started once as soon as its region is built, because the emulator counts a rate from the schedule's creation.",
  "Each call of a function is judged by the policies of its role, of what it calls, of keys and of endpoints, and every signed request by AWS's own model of the service; what AWS would refuse is refused, counted, and misses a goal. What state machines, schedules and rules do in a role's name is done by the emulator and not judged here. Callers of the API do not sign; where the API asks for a key, it is asked for.",
  "A topic tells the queues and functions of its own region; its subscribers in the other region and by e-mail are recorded only. Alarms see nothing and tell nobody, so no sentinel is woken by one.",
  "When a region comes back it is built again from the same registrations; functions that a deployment invokes once are not invoked again.",
];

/** Sentences on how the program became real, with the types that were recorded only. */
export function programSimulated(registered: readonly Registered[]): string[] {
  const types = [
    ...new Set(registered.filter((one) => !one.realized).map((one) => one.type.replace(/^aws:([^/]+)\/[^:]+:/, "$1."))),
  ].sort();
  const only = types.length === 0 ? [] : [`Recorded only, without behaviour of their own here: ${types.join(", ")}.`];
  return [...ALWAYS, ...only];
}
