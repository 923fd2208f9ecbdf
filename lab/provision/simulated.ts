/** What of the program is emulated, and how; for the report. */
import type { Registered } from "../types";
import { serversOf } from "./servers";

const ALWAYS: readonly string[] = [
  "The regions are built by running the registered program itself; its API, functions, queues, tables, buses, schedules, state machines, buckets, secrets, parameters, keys and roles are created in each region's emulator (MiniStack) in the account 000000000000.",
  "Functions run the bundles that the program registered, on this machine's CPU, with SDK calls sent to their region's front. Memory limits, arm64 and VPC networking do not apply.",
  "A schedule of five minutes or less is started once as soon as its region is built, because the emulator counts a rate from the schedule's creation.",
  "Each call of a function is judged by the policies of its role, of what it calls, of keys and of endpoints, and every signed request by AWS's own model of the service; what AWS would refuse is refused, counted, and misses a goal. What state machines, schedules and rules do in a role's name is done by the emulator and not judged here. So is every request to the API: by its signature, by the role of a function that sends it, and by the accounts of its caller. The lab's clients are one caller of its own, who has all accounts but the canaries'.",
  "A topic tells the queues and functions of its own region; its subscribers in the other region and by e-mail are recorded only. Alarms see nothing and tell nobody, so no sentinel is woken by one.",
  "When a region comes back it is built again from the same registrations; functions that a deployment invokes once are not invoked again.",
];

const FUNCTIONS_ANSWER =
  "A region takes in 80 requests a second of a kind and eight trades at once, and settles two batches at once: the lab's stack is configured so, because all regions share this machine's cores. What is above is refused as AWS refuses it.";

const SERVERS_ANSWER: readonly string[] = [
  "ECS tasks and EC2 instances are processes of this machine, as many as registered, that run the service's bundle: no image is pulled, no user data is run, and no limit of CPU or memory applies. They have the environment that is registered, but for the addresses of the lab; where that does not say how many batches a server settles at once, it is one, because all regions share this machine's cores.",
  "The load balancer is the lab's own, by the registered checks, thresholds, matcher, algorithm, idle time and deregistration delay. It speaks plain HTTP: HTTPS, its certificate and policy are registered and not exercised. Nothing scales: the registered capacity stands.",
  "A server that dies or fails its checks is replaced 35 s (task) or 90 s (instance) after it was ordered; on AWS it may take longer. What stands when a region is built, or built again, has not been waited for.",
  "Credentials of a task's or instance's role are set as environment variables, in place of the endpoint that gives them on AWS. Each call of a server is judged by that role, by the policies of endpoints, and by whether a NAT gateway leads to what has none.",
  "Servers connect to the region's database by their own driver and by a token of IAM: its signature, address, user and age are checked, and that the role may connect. There is no TLS and no RDS authority here.",
];

/** Sentences on how the program became real, with the types that were recorded only. */
export function programSimulated(registered: readonly Registered[]): string[] {
  const types = [
    ...new Set(registered.filter((one) => !one.realized).map((one) => one.type.replace(/^aws:([^/]+)\/[^:]+:/, "$1."))),
  ].sort();
  const only = types.length === 0 ? [] : [`Recorded only, without behaviour of their own here: ${types.join(", ")}.`];
  const servers = registered.some(({ region }) => serversOf(registered, region) !== undefined);
  return [...ALWAYS, ...(servers ? SERVERS_ANSWER : [FUNCTIONS_ANSWER]), ...only];
}
