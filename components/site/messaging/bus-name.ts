import { siteName, type SiteContext } from "../../foundation/site-context";

/** Of the region's bus. Queues that take what its rules could not deliver are made before it. */
export const busName = (context: Pick<SiteContext, "site" | "settings">): string => siteName(context, ["events"], 256);
