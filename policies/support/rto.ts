/** The parts of a failover's worst case, each from one registration. Where a part is known only after the update, the whole is left out. */
import type { Member } from "./resource";
import type { Stack } from "./stack";
import { limitOf } from "./state-machine";
import { FUNCTION, HEALTH_CHECK, RECORD, SCHEDULE, STATE_MACHINE } from "./types";
import { at, isAbsent, isRecord, isText, list, number, UNKNOWN, type Value } from "./values";

export interface Part {
  readonly seconds: number;
  readonly what: string;
}

export interface Delay {
  readonly member: Member;
  readonly parts: readonly Part[];
  /** Why there is no sum, where that is a fault of the registration. */
  readonly problem?: string;
}

interface DnsSettings {
  readonly checkSeconds: number;
  readonly lastRequestSeconds: number;
  readonly aggregationSeconds: number;
  readonly aliasTtlSeconds: number;
}

const ROUTED = ["failoverRoutingPolicies", "weightedRoutingPolicies", "latencyRoutingPolicies"];

function numberOr(value: Value, standard: number): number | typeof UNKNOWN | undefined {
  if (value === UNKNOWN) return UNKNOWN;
  return isAbsent(value) ? standard : number(value);
}

/** How long a check takes to turn; a calculated one as long as the slowest that it is made of. */
function checkDelay(stack: Stack, check: Member, depth = 0): Part | "open" | "broken" {
  const children = check.props.childHealthchecks;
  if (check.props.type === "CALCULATED" && depth < 3) {
    const named = list(children);
    const found = stack
      .of(HEALTH_CHECK)
      .filter((one) => check.sources("childHealthchecks").includes(one.urn) || (isText(one.props.id) && named.includes(one.props.id)))
      .map((one) => checkDelay(stack, one, depth + 1));
    if (found.includes("broken")) return "broken";
    const known = found.filter((one) => typeof one !== "string");
    if (known.length === 0 || found.includes("open")) return named.length === 0 && children !== UNKNOWN ? "broken" : "open";
    return known.reduce((worst, one) => (one.seconds > worst.seconds ? one : worst));
  }
  // Route 53's own defaults.
  const interval = numberOr(check.props.requestInterval, 30);
  const threshold = numberOr(check.props.failureThreshold, 3);
  if (interval === UNKNOWN || threshold === UNKNOWN) return "open";
  if (interval === undefined || threshold === undefined) return "broken";
  return { seconds: interval * threshold, what: `${interval} s × ${threshold} checks` };
}

/** For each public record that moves with a check: checks and their time-outs, aggregation, TTL, a client's last request. */
export function dnsDelays(
  stack: Stack,
  { checkSeconds, aggregationSeconds, aliasTtlSeconds, lastRequestSeconds }: DnsSettings,
): readonly Delay[] {
  return stack.of(RECORD).flatMap((record): readonly Delay[] => {
    if (!ROUTED.some((key) => !isAbsent(record.props[key]))) return [];
    if (isAbsent(record.props.healthCheckId))
      return [{ member: record, parts: [], problem: "it is routed and has no healthCheckId, so nothing ever moves it" }];
    const check = stack.referent(record, "healthCheckId", HEALTH_CHECK);
    if (check === undefined) return [];
    const delay = checkDelay(stack, check);
    if (delay === "broken")
      return [{ member: check, parts: [], problem: "requestInterval, failureThreshold or childHealthchecks is not readable" }];
    const alias = !isAbsent(record.props.aliases);
    const ttl = alias ? aliasTtlSeconds : numberOr(record.props.ttl, Number.NaN);
    if (delay === "open" || ttl === UNKNOWN || record.props.aliases === UNKNOWN) return [];
    if (ttl === undefined || Number.isNaN(ttl)) return [{ member: record, parts: [], problem: "it has no ttl" }];
    return [
      {
        member: record,
        parts: [
          // The fault comes just after a check: a whole interval passes until the first that fails, and it is among the intervals counted.
          delay,
          { seconds: checkSeconds, what: "the last check's time-outs" },
          { seconds: aggregationSeconds, what: "aggregation" },
          { seconds: ttl, what: alias ? "TTL of an alias" : "TTL" },
          { seconds: lastRequestSeconds, what: "a client's last request" },
        ],
      },
    ];
  });
}

/** Seconds between two starts of a schedule: `rate(1 minute)`; `undefined` for another form. */
export function periodOf(expression: Value): number | undefined {
  const match = isText(expression) ? /^rate\((\d+) (second|minute|hour|day)s?\)$/.exec(expression) : null;
  const unit = { second: 1, minute: 60, hour: 3600, day: 86_400 }[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** For each function that holds a lease: its length, the longest time that nobody looks, and the taking. */
export function fenceDelays(stack: Stack, { takeSeconds }: { readonly takeSeconds: number }): readonly Delay[] {
  return stack.of(FUNCTION).flatMap((sentinel): readonly Delay[] => {
    const variables = at(list(sentinel.props.environment)[0], "variables");
    if (!isRecord(variables) || variables.LEASE_LENGTH_SECONDS === undefined) return [];
    const length = variables.LEASE_LENGTH_SECONDS;
    const tick = variables.LEASE_RENEWAL_SECONDS;
    if (length === UNKNOWN || tick === UNKNOWN || sentinel.props.timeout === UNKNOWN) return [];
    const lease = number(length);
    const renewal = number(tick);
    // Lambda's own default is 3 seconds.
    const runs = number(sentinel.props.timeout ?? 3);
    if (lease === undefined || renewal === undefined || runs === undefined) {
      return [{ member: sentinel, parts: [], problem: "LEASE_LENGTH_SECONDS, LEASE_RENEWAL_SECONDS or timeout is not a number" }];
    }
    const schedules = schedulesOf(stack, sentinel);
    if (schedules === "open" || schedules.some(({ props }) => props.scheduleExpression === UNKNOWN)) return [];
    const periods = schedules.map(({ props }) => periodOf(props.scheduleExpression)).filter((one) => one !== undefined);
    if (periods.length === 0)
      return [{ member: sentinel, parts: [], problem: "no schedule starts it at a rate, so nobody looks at the lease" }];
    // Runs that overlap leave no gap but a tick; runs that end before the next start leave the rest of the period.
    const gap = Math.max(0, Math.min(...periods) - runs);
    return [
      {
        member: sentinel,
        parts: [
          { seconds: lease, what: "lease" },
          { seconds: gap + renewal, what: gap > 0 ? `sentinel: ${gap} s between two runs and a tick` : "sentinel's tick" },
          { seconds: takeSeconds, what: "taking the lease" },
        ],
      },
    ];
  });
}

function schedulesOf(stack: Stack, target: Member): readonly Member[] | "open" {
  const enabled = stack.of(SCHEDULE).filter(({ props }) => props.state !== "DISABLED");
  const found = enabled.filter(
    (schedule) => stack.referent(schedule, "target", FUNCTION)?.urn === target.urn || namesTarget(schedule, target),
  );
  if (found.length > 0) return found;
  const isOpen = ({ props }: Member): boolean =>
    props.target === UNKNOWN || at(list(props.target)[0], "arn") === UNKNOWN || props.scheduleExpression === UNKNOWN;
  return enabled.some(isOpen) ? "open" : [];
}

function namesTarget(schedule: Member, target: Member): boolean {
  const arn = at(list(schedule.props.target)[0], "arn");
  return isText(arn) && arn === target.props.arn;
}

/** For each failover machine: its own limit, after which it has ended one way or the other. */
export function settlementDelays(stack: Stack, pattern: RegExp): readonly Delay[] {
  return stack.of(STATE_MACHINE).flatMap((machine): readonly Delay[] => {
    const { name, definition } = machine.props;
    if (!pattern.test(isText(name) ? name : machine.name) || definition === UNKNOWN) return [];
    const limit = limitOf(definition);
    const seconds = number(limit);
    if (seconds === undefined)
      return [{ member: machine, parts: [], problem: "its definition has no TimeoutSeconds, so it may never end" }];
    return [{ member: machine, parts: [{ seconds, what: "the machine's TimeoutSeconds" }] }];
  });
}
