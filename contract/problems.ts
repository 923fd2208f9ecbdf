/** Problem types (RFC 9457) that a client tells apart; every other problem is `about:blank`, and its status says it. */

/**
 * The gateway's and not the trade API's: a signature, a key, a limit, a stage that is not there. The other region may know better, so a client takes
 * such an answer for final only when both regions give it.
 */
export const GATEWAY_PROBLEM = "/problems/gateway";
