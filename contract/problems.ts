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

/**
 * No session, or none that this region knows as open and the caller's. Nothing of the trade was looked at. Whoever hears it opens one here and sends
 * the same Idempotency-Key again: sessions reach the other region late, and the newest are lost with the region that opened them.
 */
export const SESSION_PROBLEM = "/problems/session";
