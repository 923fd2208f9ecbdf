/** An IPv4 block: its first address as a number, and how many leading bits are fixed. */
export interface Block {
  readonly first: number;
  readonly prefix: number;
}

/** Subnets of one site, one a zone and tier, as CIDR texts. */
export interface AddressPlan {
  /** For load balancers and the NAT gateway of the server topologies; not made where nothing needs them. */
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** A VPC's block has 16 parts. Part 0 is for the public subnets, 1 to 7 for private ones, 8 for isolated ones, 9 to 15 are free. */
const PART_BITS = 4;
const PUBLIC_PART = 0;
const FIRST_PRIVATE_PART = 1;
const ISOLATED_PART = 8;

/** Undefined: not a CIDR block in its normal form (`10.0.0.0/16`; `10.0.0.1/16` has address bits beyond its prefix). */
export function parseBlock(cidr: string): Block | undefined {
  const [, ...texts] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = texts.map(Number);
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return first % sizeOf(prefix) === 0 ? { first, prefix } : undefined;
}

/** Do the two have an address in common? Peered networks must not. */
export const overlap = (one: Block, other: Block): boolean =>
  one.first < other.first + sizeOf(other.prefix) && other.first < one.first + sizeOf(one.prefix);

export const contains = (outer: Block, inner: Block): boolean =>
  inner.first >= outer.first && inner.first + sizeOf(inner.prefix) <= outer.first + sizeOf(outer.prefix);

/**
 * Cuts a site's block (/16 to /20) into subnets for up to seven zones. Of a /16, private subnets are /20 (hosts live there), public and isolated ones
 * /24; of a smaller block they shrink with it.
 */
export function addressPlan(cidr: string, zones: number): AddressPlan {
  const block = parseBlock(cidr);
  if (!block) throw new Error(`"${cidr}" is no CIDR block`);
  const part = (index: number): Block => slice(block, PART_BITS, index);
  const each = (of: (zone: number) => Block): string[] => Array.from({ length: zones }, (_, zone) => text(of(zone)));
  return {
    public: each((zone) => slice(part(PUBLIC_PART), PART_BITS, zone)),
    private: each((zone) => part(FIRST_PRIVATE_PART + zone)),
    isolated: each((zone) => slice(part(ISOLATED_PART), PART_BITS, zone)),
  };
}

const sizeOf = (prefix: number): number => 2 ** (32 - prefix);

/** The `index`-th of the 2^bits equal parts of a block. */
const slice = ({ first, prefix }: Block, bits: number, index: number): Block => ({
  first: first + index * sizeOf(prefix + bits),
  prefix: prefix + bits,
});

const text = ({ first, prefix }: Block): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${prefix}`;
