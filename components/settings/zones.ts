/**
 * Zones of each region by their ids, the first three that every account can use: a zone's name (`us-east-1a`) is another place in another account, and
 * in the oldest regions one zone takes no new resources. They are fixed, so that a new zone of AWS's never moves a subnet.
 */
const IDS: Readonly<Record<string, readonly string[]>> = {
  "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
  "us-east-2": ["use2-az1", "use2-az2", "use2-az3"],
  "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3"],
  "eu-west-1": ["euw1-az1", "euw1-az2", "euw1-az3"],
  "eu-west-2": ["euw2-az1", "euw2-az2", "euw2-az3"],
  "eu-west-3": ["euw3-az1", "euw3-az2", "euw3-az3"],
  "eu-central-1": ["euc1-az1", "euc1-az2", "euc1-az3"],
  "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4"],
  "ap-northeast-2": ["apne2-az1", "apne2-az2", "apne2-az3"],
  "ap-northeast-3": ["apne3-az1", "apne3-az2", "apne3-az3"],
};

/** Ids of the zones that a site's subnets lie in. */
export const zonesOf = (region: string, count: number): string[] => (IDS[region] ?? []).slice(0, count);
