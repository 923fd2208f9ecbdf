import { resourcePolicy } from "../support/policy";

/** With two regions, a resource on a default provider lands in whichever region the environment names. */
export const explicitProvider = resourcePolicy({
  name: "explicit-provider",
  rule: "Every AWS resource is given its provider explicitly.",
  severity: "high",
  mend: "pass the site's provider to the component (or resource), and set pulumi:disable-default-providers: [aws]",
  types: ["aws:"],
  options: {},
  judge: ({ provider }, report) => {
    if (provider === undefined) report("it has no provider");
    else if (/^default(_|$)/.test(provider.name)) report(`it falls on the default provider "${provider.name}"`);
  },
});
