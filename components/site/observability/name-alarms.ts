import { siteName, type SiteContext } from "../../foundation/site-context";

/** Route 53's checks of the public name, each with an alarm in the one region that has their metrics. */
export const NAME_CHECKS = ["primary", "standby"] as const;

export const nameAlarm = (context: Pick<SiteContext, "site" | "settings">, check: (typeof NAME_CHECKS)[number]): string =>
  siteName(context, ["name", check], 255);
