/** What of DNS is emulated, and how; for the report. */
export const DNS_SIMULATED: readonly string[] = [
  "Route 53 answers over real UDP from the records, health checks, intervals, thresholds and TTLs that the program registered. Health changes reach the answers at once; on AWS they propagate within seconds.",
  "Five simulated health checkers (AWS: about sixteen) probe each endpoint, each with its own phase, by AWS's rules: 4 s to connect, 2 s to answer, unhealthy at 18 % agreement or less, inverted and calculated checks, new checks healthy before inversion.",
  "Probes and requests go over plain HTTP on loopback to the region that a host name leads to; certificates and TLS are registered but not exercised.",
  "Resolvers are in two places, one near each region, and clients ask at one or the other in turn; which region is nearer is told by geography, not by AWS's measurements of latency.",
  "Clients keep DNS answers for exactly the registered TTL; resolvers that hold answers longer are not emulated.",
];
