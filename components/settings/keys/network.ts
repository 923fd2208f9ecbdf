import * as v from "valibot";
import { contains, overlap, parseBlock } from "../address-plan";
import { key } from "../key";
import { checked, flag, integer, oneOf } from "../value";
import { withFunctions, withServers } from "./servers";

const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

function isSiteBlock(cidr: string): boolean {
  const block = parseBlock(cidr);
  if (!block || block.prefix < 16 || block.prefix > 20) return false;
  return PRIVATE_BLOCKS.map(parseBlock).some((outer) => outer && contains(outer, block));
}

function overlapping(one: string, other: string): boolean {
  const [first, second] = [parseBlock(one), parseBlock(other)];
  return first !== undefined && second !== undefined && overlap(first, second);
}

const siteBlock = checked(isSiteBlock, `a block from /16 to /20 within ${PRIVATE_BLOCKS.join(", ")}`);

export const NETWORK = v.pipe(
  v.object({
    network: v.pipe(
      v.object({
        primaryCidr: key(siteBlock, { default: "10.0.0.0/16", what: "Block of the primary site's VPC." }),
        standbyCidr: key(siteBlock, { default: "10.1.0.0/16", what: "Block of the standby site's VPC; does not overlap the primary's." }),
        // An Aurora cluster's subnets are in two zones at least.
        zones: key(integer(2, 3), { default: 3, what: "Availability zones of a site that have subnets." }),
        privateFunctions: key(flag, {
          default: true,
          what: "Runs the functions that take requests from outside in private subnets, which have no way out but to the services these call.",
          onlyWith: withFunctions,
        }),
        nat: key(oneOf("one", "perZone"), {
          default: "one",
          what: "NAT gateways of a site, by which servers reach the other region's queue: one for all zones, or one in each, so that a zone's loss is no other zone's.",
          onlyWith: withServers,
        }),
      }),
      v.forward(
        v.partialCheck(
          [["primaryCidr"], ["standbyCidr"]],
          // Peered networks can't share an address.
          ({ primaryCidr, standbyCidr }) => !overlapping(primaryCidr, standbyCidr),
          ({ input }) => `a block that does not overlap network.primaryCidr, which is ${input.primaryCidr}`,
        ),
        ["standbyCidr"],
      ),
    ),
  }),
  v.title("Network"),
);
