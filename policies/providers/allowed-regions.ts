import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { SECRET, TABLE } from "../support/types";
import { at, isAbsent, isText, list, UNKNOWN, type Value } from "../support/values";

/** Regions between which data may be strongly consistent. A stack is in one of these sets. */
const SETS = [
  ["us-east-1", "us-east-2", "us-west-2"],
  ["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
  ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

/** Nothing is made, and nothing replicated, outside of the allowed regions, or in another part of the world. */
export const allowedRegions = resourcePolicy({
  name: "allowed-regions",
  rule: "Providers, resources and replicas are in allowed regions only, and a stack in one set of them.",
  severity: "high",
  mend: "set the region of the provider to an allowed one, or allow the region in the policy's configuration",
  types: ["pulumi:providers:aws", "aws:"],
  options: { regions: texts(SETS.flat(), "Region codes in which something may be.") },
  judge: ({ type, props, provider }, report, { regions }) => {
    const home = SETS.find((set) => isText(provider?.region) && set.includes(provider.region)) ?? regions;
    const allowed = regions.filter((one) => home.includes(one));
    const check = (what: string, region: Value): void => {
      if (region === UNKNOWN) return;
      if (!isText(region)) report(`${what} is not set`);
      else if (!allowed.includes(region)) report(`${what} is ${region}; allowed: ${allowed.join(", ")}`);
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
