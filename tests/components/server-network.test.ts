import { expect } from "chai";
import { register, type Program, type Registration } from "../support/registrations";

const SITES = ["primary", "standby"] as const;
const ANYWHERE = "0.0.0.0/0";

const of = ({ resources }: Program, type: string, site = ""): Registration[] =>
  resources.filter((one) => one.type === type && one.name.includes(site));
const ids = (all: readonly Registration[]): string[] => all.map(({ name }) => `${name}-id`);

/** `caller → called : port` of every rule of a site, by the parts of the groups' names. */
function openings(program: Program, site: string): { readonly in: string[]; readonly out: string[] } {
  const groups = new Map(
    of(program, "aws:ec2/securityGroup:SecurityGroup", site).map(({ name, inputs }) => [`${name}-id`, String(inputs.name)]),
  );
  const named = (id: unknown): string => (groups.get(String(id)) ?? "").replace(`trade-${site}-`, "").replace("-fargate", "");
  const end = (inputs: Record<string, unknown>): string =>
    typeof inputs.cidrIpv4 === "string"
      ? inputs.cidrIpv4
      : inputs.referencedSecurityGroupId === undefined
        ? "a prefix list"
        : named(inputs.referencedSecurityGroupId);
  const rules = (kind: string) => of(program, `aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`, site);
  const ports = ({ fromPort, toPort, ipProtocol }: Record<string, unknown>): string =>
    `${String(ipProtocol)} ${String(fromPort)}-${String(toPort)}`;
  return {
    in: rules("Ingress")
      .map(({ inputs }) => `${end(inputs)} → ${named(inputs.securityGroupId)}: ${ports(inputs)}`)
      .sort(),
    out: rules("Egress")
      .map(({ inputs }) => `${named(inputs.securityGroupId)} → ${end(inputs)}: ${ports(inputs)}`)
      .sort(),
  };
}

describe("the network of a site with servers", function () {
  this.timeout(240_000);
  let program: Program;

  before(async () => {
    program = await register("fargate");
  });

  it("has public, private and isolated subnets in three zones, and gives no address to what is started there", () => {
    for (const region of ["use1-az", "usw2-az"]) {
      const subnets = of(program, "aws:ec2/subnet:Subnet").filter(({ inputs }) => String(inputs.availabilityZoneId).startsWith(region));
      expect(subnets).to.have.length(9);
      expect(new Set(subnets.map(({ inputs }) => inputs.availabilityZoneId)).size).to.equal(3);
      expect(subnets.some(({ inputs }) => inputs.mapPublicIpOnLaunch === true)).to.equal(false);
    }
  });

  it("opens each group to its caller only, both ends alike", () => {
    for (const site of SITES) {
      const open = openings(program, site);
      expect(open.in).to.deep.equal(
        [
          `${ANYWHERE} → balancer: tcp 443-443`,
          `${ANYWHERE} → balancer: tcp 80-80`,
          "balancer → servers: tcp 8080-8080",
          "servers → endpoints: tcp 443-443",
          "servers → ledger: tcp 5432-5432",
        ].sort(),
      );
      expect(open.out).to.deep.equal(
        [
          "balancer → servers: tcp 8080-8080",
          `servers → ${ANYWHERE}: tcp 443-443`,
          "servers → a prefix list: tcp 443-443",
          "servers → a prefix list: tcp 443-443",
          "servers → endpoints: tcp 443-443",
          "servers → ledger: tcp 5432-5432",
        ].sort(),
      );
    }
  });

  it("leads the private subnets out by a NAT gateway of their zone, the public ones by the internet gateway, the isolated ones nowhere", () => {
    for (const site of SITES) {
      const tables = of(program, "aws:ec2/routeTable:RouteTable", `${site}-network`);
      const routes = of(program, "aws:ec2/route:Route", site).filter(({ inputs }) => inputs.destinationCidrBlock === ANYWHERE);
      const way = (part: string): unknown[] =>
        ids(tables.filter(({ name }) => name.startsWith(`${site}-network-${part}`))).map((id) => {
          const route = routes.find(({ inputs }) => inputs.routeTableId === id);
          return route?.inputs.gatewayId ?? route?.inputs.natGatewayId;
        });
      expect(way("isolated")).to.deep.equal([undefined]);
      expect(way("public")).to.deep.equal([`${site}-network-out-gateway-id`]);
      expect(way("private")).to.deep.equal([1, 2, 3].map((zone) => `${site}-network-out-nat-${zone}-id`));
      const nats = of(program, "aws:ec2/natGateway:NatGateway", site);
      expect(nats.map(({ inputs }) => inputs.subnetId)).to.deep.equal([1, 2, 3].map((zone) => `${site}-network-public-${zone}-id`));
      // A subnet's routes are its own zone's.
      for (const zone of [1, 2, 3]) {
        const [association] = of(program, "aws:ec2/routeTableAssociation:RouteTableAssociation", `${site}-network-private-${zone}-routes`);
        expect(association?.inputs.routeTableId).to.equal(`${site}-network-private-${zone}-id`);
      }
    }
  });

  it("reaches the other region from every private subnet, and its tables and queue without a NAT gateway", () => {
    for (const site of SITES) {
      const peering = of(program, "aws:ec2/route:Route", `global-peering-${site}`);
      expect(peering.map(({ inputs }) => inputs.routeTableId)).to.deep.equal([1, 2, 3].map((zone) => `${site}-network-private-${zone}-id`));
      const endpoints = of(program, "aws:ec2/vpcEndpoint:VpcEndpoint", site);
      const services = (kind: string): string[] =>
        endpoints
          .filter(({ inputs }) => inputs.vpcEndpointType === kind)
          .map(({ inputs }) => String(inputs.serviceName).replace(/^com\.amazonaws\.us-(east-1|west-2)\./, ""));
      expect(services("Gateway")).to.have.members(["dynamodb", "s3"]);
      expect(services("Interface")).to.have.members(["sqs", "events", "logs", "ecr.api", "ecr.dkr"]);
      for (const { inputs } of endpoints.filter((one) => one.inputs.vpcEndpointType === "Gateway"))
        expect(inputs.routeTableIds).to.have.length(3);
    }
  });

  it("has one NAT gateway for all zones where the stack says so", async () => {
    const one = await register("fargate", { "trade-failover:network": '{"nat":"one"}' });
    for (const site of SITES) {
      expect(of(one, "aws:ec2/natGateway:NatGateway", site)).to.have.length(1);
      expect(of(one, "aws:ec2/routeTable:RouteTable", `${site}-network-private`)).to.have.length(1);
    }
  });

  it("has no function that a server does the work of", () => {
    const names = of(program, "aws:lambda/function:Function", "primary").map(({ inputs }) =>
      String(inputs.name).replace(/^trade-primary-|-fargate$/g, ""),
    );
    expect(names).to.have.members([
      "reconciler",
      "auditor",
      "bootstrap",
      "parameter-sync",
      "lease-step",
      "database-step",
      "validator",
      "sentinel",
      "readiness",
      "parity",
    ]);
    const polled = of(program, "aws:lambda/eventSourceMapping:EventSourceMapping").map(({ name }) => name);
    expect(polled, "the audit log's alone").to.have.members(["primary-record", "standby-record"]);
    expect(program.resources.filter(({ type }) => type.startsWith("aws:apigateway/"))).to.deep.equal([]);
  });
});
