import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { SECRET, TABLE } from "../support/types";
import { at, isAbsent, isText, list, UNKNOWN, type Value } from "../support/values";

/** Nothing is made, and nothing replicated, outside of the allowed regions. */
export const allowedRegions = resourcePolicy({
  name: "allowed-regions",
  rule: "Providers, resources and replicas are in allowed regions only.",
  severity: "high",
  mend: "set the region of the provider to an allowed one, or allow the region in the policy's configuration",
  types: ["pulumi:providers:aws", "aws:"],
  options: { regions: texts(["us-east-1", "us-east-2", "us-west-2"], "Region codes in which something may be.") },
  judge: ({ type, props, provider }, report, { regions }) => {
    const check = (what: string, region: Value): void => {
      if (region === UNKNOWN) return;
      if (!isText(region)) report(`${what} is not set`);
      else if (!regions.includes(region)) report(`${what} is ${region}; allowed: ${regions.join(", ")}`);
    };
    if (type === "pulumi:providers:aws") return check("the provider's region", props.region);
    if (provider !== undefined) check("the provider's region", provider.region);
    // Since version 7 a resource can leave its provider's region.
    if (!isAbsent(props.region)) check("the resource's region", props.region);
    if (type === TABLE) {
      for (const replica of list(props.replicas)) check("a replica's region", at(replica, "regionName"));
      for (const witness of list(props.globalTableWitness)) check("the witness's region", at(witness, "regionName"));
    }
    if (type === SECRET) for (const replica of list(props.replicas)) check("a replica's region", at(replica, "region"));
  },
});
