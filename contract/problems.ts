/** Problem types (RFC 9457) that a client tells apart; every other problem is `about:blank`, and its status says it. */

/**
 * The gateway's and not the trade API's: a signature, a key, a limit, a stage that is not there. The other region may know better, so a client takes
 * such an answer for final only when both regions give it.
 */
export const GATEWAY_PROBLEM = "/problems/gateway";

/** The caller is known, and the account is none of its own. The same in both regions: nobody need ask the other one. */
export const ACCOUNT_PROBLEM = "/problems/account";

/** Nobody knows who this is: no credentials, or none that are good here. */
export const CALLER_PROBLEM = "/problems/caller";
