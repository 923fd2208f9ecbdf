import { PolicyPack } from "@pulumi/policy";
import { policies } from "./all";

// Starts the pack's server as soon as it is imported.
new PolicyPack("trade-failover", {
  displayName: "Regional failover",
  description: "Refuses a stack that would not survive a region's loss, leaks, or breaks the house rules.",
  provider: "aws",
  enforcementLevel: "mandatory",
  policies,
});
