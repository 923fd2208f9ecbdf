import type { Requests, Sample } from "../report/model";
import type { LabEvent } from "../types";
import type { AlarmNews } from "./alarms";

/** What the page is told each second. */
export interface News {
  readonly sample: Sample;
  /** Trades a second that are being sent. */
  readonly rate: number;
  /** Requests that ended in the last second, by region. */
  readonly requests: readonly Requests[];
  readonly totals: { readonly accepted: number; readonly unanswered: number };
  readonly alarms: readonly AlarmNews[];
  /** Events since the last news. */
  readonly events: readonly LabEvent[];
}
