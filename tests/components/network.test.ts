import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { addressPlan, contains, overlap, parseBlock, type Block } from "../../components/settings/address-plan";
import fc from "fast-check";
import { register, type Program, type Registration } from "../support/registrations";

const block = (cidr: string): Block => parseBlock(cidr) ?? { first: NaN, prefix: NaN };

describe("the address plan", () => {
  it("keeps a block's tiers apart, and has them where they are documented", () => {
    expect(addressPlan("10.1.0.0/16", 3)).to.deep.equal({
      public: ["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24"],
      private: ["10.1.16.0/20", "10.1.32.0/20", "10.1.48.0/20"],
      isolated: ["10.1.128.0/24", "10.1.129.0/24", "10.1.130.0/24"],
    });
  });

  it("gives every subnet of any block its own addresses within the block", () => {
    const any = fc.record({ first: fc.nat(0xffffff), prefix: fc.integer({ min: 16, max: 20 }), zones: fc.integer({ min: 1, max: 7 }) });
    fc.assert(
      fc.property(any, ({ first, prefix, zones }) => {
        const start = (first * 256) & (-1 << (32 - prefix));
        const whole = { first: start >>> 0, prefix };
        const cidr = `${[24, 16, 8, 0].map((shift) => (whole.first >>> shift) & 255).join(".")}/${prefix}`;
        const subnets = Object.values(addressPlan(cidr, zones)).flat().map(block);
        expect(subnets).to.have.length(3 * zones);
        subnets.forEach((one, index) => {
          expect(contains(whole, one)).to.equal(true);
          expect(subnets.slice(index + 1).some((other) => overlap(one, other))).to.equal(false);
        });
      }),
    );
  });

  it("sees an overlap of blocks of different size, and takes no block that is not written in its normal form", () => {
    expect(overlap(block("10.0.0.0/16"), block("10.0.64.0/20"))).to.equal(true);
    expect(overlap(block("10.0.64.0/20"), block("10.0.0.0/16"))).to.equal(true);
    expect(overlap(block("10.0.0.0/20"), block("10.0.16.0/20"))).to.equal(false);
    for (const wrong of ["10.0.0.1/16", "10.0.0.0/33", "10.0.0.256/24", "10.0.0/16", "ten"]) expect(parseBlock(wrong)).to.equal(undefined);
  });
});

/** Where the SDK would look for credentials on a person's machine; Lambda gives a function its own. */
const CREDENTIAL_CHAIN = ["awsssoportal", "signin", "sso-oauth", "sts"];

describe("the network", function () {
  this.timeout(120_000);
  let program: Program;
  const of = (type: string): Registration[] => program.resources.filter((one) => one.type === type);
  const named = (name: string): Registration => {
    const found = program.resources.find((one) => one.name === name);
    if (!found) throw new Error(`nothing is named ${name}`);
    return found;
  };

  before(async () => {
    program = await register("prod");
  });

  it("has three zones of private and isolated subnets a site, and no way to the internet", () => {
    // By id: a zone's name is another place in another account.
    for (const region of ["use1-az", "use2-az"]) {
      const zones = of("aws:ec2/subnet:Subnet").filter(({ inputs }) => String(inputs.availabilityZoneId).startsWith(region));
      expect(zones).to.have.length(6);
      expect(new Set(zones.map(({ inputs }) => inputs.availabilityZoneId)).size).to.equal(3);
      expect(zones.some(({ inputs }) => inputs.mapPublicIpOnLaunch === true)).to.equal(false);
    }
    for (const type of ["internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip"])
      expect(of(`aws:ec2/${type}`)).to.deep.equal([]);
    expect(of("aws:ec2/route:Route").map(({ inputs }) => inputs.destinationCidrBlock)).to.have.members(["10.0.0.0/16", "10.1.0.0/16"]);
  });

  it("peers the two regions, with a route and private names each way, each end made with its own provider", () => {
    const connection = named("global-peering-connection");
    expect(connection.inputs).to.include({ peerRegion: "us-east-2", autoAccept: false, peerOwnerId: "123456789012" });
    expect(named("global-peering-accepter").inputs.autoAccept).to.equal(true);
    for (const [site, peerCidr] of [
      ["primary", "10.1.0.0/16"],
      ["standby", "10.0.0.0/16"],
    ] as const) {
      const route = named(`global-peering-${site}-route`);
      expect(route.provider).to.include(`::${site}-region::`);
      expect(route.inputs).to.include({ destinationCidrBlock: peerCidr, routeTableId: `${site}-network-private-id` });
      expect(named(`global-peering-${site}-names`).provider).to.include(`::${site}-region::`);
    }
    expect(named("global-peering-primary-names").inputs.requester).to.deep.equal({ allowRemoteVpcDnsResolution: true });
    expect(named("global-peering-standby-names").inputs.accepter).to.deep.equal({ allowRemoteVpcDnsResolution: true });
  });

  it("runs the functions that take requests from outside in private subnets, and no others", () => {
    const inside = of("aws:lambda/function:Function").filter(({ inputs }) => inputs.vpcConfig !== undefined);
    expect(inside.map(({ name }) => name)).to.have.members(
      ["primary", "standby"].flatMap((site) =>
        ["trade-intake", "trade-query", "health", "control"].map((handler) => `${site}-fn-${handler}-function`),
      ),
    );
    for (const { name, inputs } of inside) {
      const site = name.split("-")[0];
      expect(inputs.vpcConfig).to.deep.equal({
        subnetIds: [1, 2, 3].map((zone) => `${site}-network-private-${zone}-id`),
        securityGroupIds: [`${site}-network-endpoints-functions-id`],
      });
    }
  });

  it("has an endpoint for each AWS service that a private function's code has a client of", () => {
    const services = of("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => String(inputs.serviceName));
    for (const handler of ["trade-intake", "trade-query", "health", "control"]) {
      // An SDK client says in its code which service it signs for.
      const code = readFileSync(join(__dirname, "../../dist/handlers", handler, "index.mjs"), "utf8");
      const signedFor = [...code.matchAll(/defaultSigningName:"([a-z-]+)"/g)].map(([, service = ""]) => service);
      const clients = new Set(signedFor.filter((service) => !CREDENTIAL_CHAIN.includes(service)));
      expect([...clients], handler).to.include("dynamodb");
      for (const service of clients) {
        for (const region of ["us-east-1", "us-east-2"]) expect(services, handler).to.include(`com.amazonaws.${region}.${service}`);
      }
    }
  });

  it("opens each security group to its callee or caller only", () => {
    const rules = [
      ...of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
      ...of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
    ];
    expect(rules).to.have.length(8);
    for (const { name, inputs } of rules) {
      expect(inputs, name).to.include({ ipProtocol: "tcp", fromPort: 443, toPort: 443 });
      expect(inputs, name).to.not.have.any.keys("cidrIpv4", "cidrIpv6");
    }
    for (const { name, inputs } of of("aws:ec2/securityGroup:SecurityGroup"))
      expect(inputs, name).to.not.have.any.keys("ingress", "egress");
    expect(rules.some(({ inputs }) => String(inputs.securityGroupId).endsWith("-network-database-id"))).to.equal(false);
  });

  it("lets through an endpoint what is this stack's own, for this account's principals", () => {
    for (const { name, inputs } of of("aws:ec2/vpcEndpoint:VpcEndpoint")) {
      const { Statement } = JSON.parse(inputs.policy as string) as { Statement: { Resource: string | string[]; Condition: unknown }[] };
      for (const { Resource, Condition } of Statement) {
        for (const resource of [Resource].flat()) expect(resource, name).to.match(/trade-\*-prod/);
        // Another account's bucket may be called so, too.
        const owner = [Resource].flat().some((resource) => resource.startsWith("arn:aws:s3:::"))
          ? { "aws:ResourceAccount": "123456789012" }
          : {};
        expect(Condition).to.deep.equal({ StringEquals: { "aws:PrincipalAccount": "123456789012", ...owner } });
      }
    }
  });

  it("logs the flows of both networks, encrypted and kept for as long as other logs", () => {
    expect(of("aws:ec2/flowLog:FlowLog").map(({ inputs }) => inputs.trafficType)).to.deep.equal(["ALL", "ALL"]);
    for (const site of ["primary", "standby"]) {
      const { inputs } = named(`${site}-network-flow-logs`);
      expect(inputs.retentionInDays).to.equal(365);
      expect(String(inputs.kmsKeyId)).to.include("arn:");
    }
  });

  it("runs all functions outside of it where the stack says so, and then pays for no interface", async () => {
    const open = await register("prod", { "trade-failover:network.privateFunctions": "false" });
    const types = (type: string): Registration[] => open.resources.filter((one) => one.type === type);
    expect(types("aws:lambda/function:Function").filter(({ inputs }) => inputs.vpcConfig !== undefined)).to.deep.equal([]);
    expect(types("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs.vpcEndpointType)).to.deep.equal(Array(4).fill("Gateway"));
  });
});
