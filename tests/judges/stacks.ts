/** What is off by default, on: so that what it registers is judged, too. */
export const EVERYTHING: Readonly<Record<string, string>> = {
  "trade-failover:gameDay": '{"enabled":true}',
  "trade-failover:regionSwitch": '{"enabled":true}',
  "trade-failover:notices": JSON.stringify({ chatUrl: "https://chat.example.com/hooks/T0", pagerDutyKey: "0123456789abcdef".repeat(2) }),
  "trade-failover:sessions": '{"required":true}',
  "trade-failover:operatorPrincipal": "arn:aws:iam::123456789012:role/trading/operators",
};
