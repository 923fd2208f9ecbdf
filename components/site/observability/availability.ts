/**
 * Acceptance as a service level: of all trades that clients ask this region to accept in a month, the share that is not refused by a fault of ours. What
 * is wrong with the request (4xx) is no fault. The budget is what the objective leaves; an alarm is for a rate at which it would be used up too soon.
 */
import type { AlarmedSite, AlarmShape, CompositeShape } from "./alarm-shape";
import { entranceMetrics } from "./entrance-metrics";

interface Window {
  readonly seconds: number;
  /** In an alarm's name. */
  readonly name: string;
}

interface Burn {
  readonly name: string;
  readonly says: string;
  /** How many times faster than one that lasts the month. */
  readonly factor: number;
  /** The longer one shows that it matters, the shorter one that it still goes on. */
  readonly windows: readonly [long: Window, short: Window];
}

const HOUR = 3_600;

/** The pairs of the SRE workbook that people are woken for: 2 % of a month's budget in an hour, 5 % in six. */
export const BURNS: readonly Burn[] = [
  {
    name: "availability-burns-fast",
    says: "So many trades are not accepted that the month's budget would last two days",
    factor: 14.4,
    windows: [
      { seconds: HOUR, name: "1h" },
      { seconds: 300, name: "5m" },
    ],
  },
  {
    name: "availability-burns",
    says: "So many trades are not accepted that the month's budget would last five days",
    factor: 6,
    windows: [
      { seconds: 6 * HOUR, name: "6h" },
      { seconds: 1_800, name: "30m" },
    ],
  },
];

/** Below it a failure is one client's bad luck, however few others there were: the alarm on errors counts those. */
const FEWEST = 5;

const partOf = ({ name }: Burn, window: Window): string => `${name}-${window.name}`;

/** One alarm a window. By itself it tells nobody. */
export function availabilityAlarms({ context, servers }: AlarmedSite): AlarmShape[] {
  const { asked, failed } = entranceMetrics(context, servers?.balancer).acceptance;
  const budget = 100 - context.settings.alarms.availabilityPercent;
  return BURNS.flatMap((burn) =>
    burn.windows.map((window): AlarmShape => ({
      name: partOf(burn, window),
      says: `Of the trades of ${window.name} too many were not accepted`,
      on: { failed, asked, fewest: FEWEST },
      // Percent. Rounded: the objective is a decimal fraction, and what is left of it is none.
      threshold: Number((budget * burn.factor).toFixed(6)),
      periodSeconds: window.seconds,
      silence: "nobody asked",
      quiet: true,
    })),
  );
}

export const AVAILABILITY_COMPOSITES: readonly CompositeShape[] = BURNS.map((burn) => ({
  name: burn.name,
  says: burn.says,
  rule: { when: "AND", parts: burn.windows.map((window) => partOf(burn, window)) },
}));
