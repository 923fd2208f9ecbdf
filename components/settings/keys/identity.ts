import * as v from "valibot";
import { key, optionalKey, requiredKey } from "../key";
import { tagMap } from "../tag-map";
import { oneOf, text } from "../value";

/** Regions between which DynamoDB offers multi-Region strong consistency; a table's three regions are of one set. */
const MRSC_SETS = [
  ["us-east-1", "us-east-2", "us-west-2"],
  ["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
  ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
] as const;

const region = {
  ...oneOf(...MRSC_SETS.flat()),
  allowed: `a region of one MRSC set (${MRSC_SETS.map((set) => set.join(", ")).join(" | ")})`,
};

/** The regions that a table of this one can have besides. */
const othersOf = (...regions: readonly string[]): readonly string[] =>
  (MRSC_SETS.find((set) => (set as readonly string[]).includes(regions[0] ?? "")) ?? []).filter((other) => !regions.includes(other));

export const IDENTITY = v.pipe(
  v.object({
    environmentSuffix: requiredKey(
      // RDS takes no two dashes in a row.
      text(/^(?=.{2,12}$)[a-z0-9]+(-[a-z0-9]+)*$/, "2 to 12 lower-case letters, digits or dashes, no dash at an end and no two in a row"),
      { what: "Ends every physical name." },
    ),
    primaryRegion: key(region, { default: "us-east-1", what: "Home region of the primary site." }),
    standbyRegion: key(region, { default: "us-east-2", what: "Home region of the standby site, of the same set." }),
    witnessRegion: optionalKey(region, {
      what: "Third vote of the strongly consistent tables. By default the first region of the set that is neither primary nor standby.",
    }),
    compute: key(oneOf("lambda", "fargate", "autoscaling"), {
      default: "lambda",
      what: "What answers clients and settles: Lambda functions behind API Gateway, or servers behind a load balancer, as Fargate tasks or as instances of an Auto Scaling group. What keeps and moves the lease are functions either way.",
    }),
    tags: key(tagMap, {
      default: "{}",
      what: "Tags for everything that takes tags, beside `Project`, `Environment`, `Site` and `ManagedBy`.",
    }),
  }),
  v.title("Names and regions"),
  v.forward(
    v.partialCheck(
      [["primaryRegion"], ["standbyRegion"]],
      ({ primaryRegion, standbyRegion }) => othersOf(primaryRegion).includes(standbyRegion),
      ({ input }) => `another region of primaryRegion's set: ${othersOf(input.primaryRegion).join(", ")}`,
    ),
    ["standbyRegion"],
  ),
  v.forward(
    v.partialCheck(
      [["primaryRegion"], ["standbyRegion"], ["witnessRegion"]],
      ({ primaryRegion, standbyRegion, witnessRegion }) =>
        witnessRegion === undefined || othersOf(primaryRegion, standbyRegion).includes(witnessRegion),
      ({ input }) => `a third region of the set: ${othersOf(input.primaryRegion, input.standbyRegion).join(", ")}`,
    ),
    ["witnessRegion"],
  ),
  v.transform(({ primaryRegion: primary, standbyRegion: standby, witnessRegion, ...others }) => ({
    ...others,
    regions: { primary, standby, witness: witnessRegion ?? othersOf(primary, standby)[0] ?? "" },
  })),
);
