import type { CompositeShape } from "./alarm-shape";
import { AVAILABILITY_COMPOSITES } from "./availability";
import { siteName, type SiteContext } from "../../foundation/site-context";

/** What several alarms together mean. */
export const COMPOSITES: readonly CompositeShape[] = [
  ...AVAILABILITY_COMPOSITES,
  {
    name: "ledger-copy-behind",
    says: "This site is passive, and its copy of the ledger falls behind or is not measured",
    rule: { when: "AND", parts: ["passive", "replication-lag"] },
  },
  {
    name: "site-down",
    says: "This site does not answer its clients; the other site's sentinel is woken",
    rule: { when: "OR", parts: ["api-errors", "api-silent"] },
  },
  {
    name: "failover-impaired",
    says: "A failover to this site would not work as it should",
    rule: {
      when: "OR",
      parts: ["not-ready", "ledger-copy-behind", "sentinel-silent", "move-failed"],
    },
  },
];

export const compositeName = (context: Pick<SiteContext, "site" | "settings">, name: string): string => siteName(context, [name], 255);
