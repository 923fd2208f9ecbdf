import { expect } from "chai";
import { physicalName } from "../../components/settings/names";
import { parseSettings } from "../../components/settings/settings";
import { rtoSeconds } from "../../components/settings/rto-budget";
import { sections } from "../../components/settings/schema";

const GOOD = { environmentSuffix: "dev1" };
const problemsOf = (raw: Record<string, string>): string => {
  try {
    parseSettings(raw);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("settings", () => {
  it("need nothing but a suffix", () => {
    const settings = parseSettings(GOOD);
    expect(settings.regions).to.deep.equal({ primary: "us-east-1", standby: "us-east-2", witness: "us-west-2" });
    expect(settings.rto.recordTtlSeconds).to.equal(10);
  });

  it("take grouped keys as the engine hands them on", () => {
    const settings = parseSettings({
      ...GOOD,
      database: '{"maxCapacity":2,"minCapacity":"0.5"}',
      network: '{"primaryCidr":"10.8.0.0/16"}',
    });
    expect(settings.database.maxCapacity).to.equal(2);
    expect(settings.network.primaryCidr).to.equal("10.8.0.0/16");
  });

  it("take any two regions of one MRSC set, and find the witness", () => {
    const { regions } = parseSettings({ ...GOOD, primaryRegion: "us-east-1", standbyRegion: "us-west-2" });
    expect(regions.witness).to.equal("us-east-2");
  });

  it("take a zone by its id, or by its name to look up or to make", () => {
    const domainName = "trades.example.com";
    expect(parseSettings({ ...GOOD, domainName, hostedZoneId: "Z0123456789" }).hostedZone).to.deep.equal({ id: "Z0123456789" });
    const named = { ...GOOD, domainName, hostedZoneName: "example.com" };
    expect(parseSettings(named).hostedZone).to.deep.equal({ name: "example.com", make: false });
    expect(parseSettings({ ...named, createHostedZone: "true" }).hostedZone).to.deep.equal({ name: "example.com", make: true });
  });

  it("take no operator unless one is named, and then one who shows a second factor", () => {
    const principal = "arn:aws:iam::123456789012:role/trading/operators";
    expect(parseSettings(GOOD).operator).to.equal(undefined);
    expect(parseSettings({ ...GOOD, operatorPrincipal: principal }).operator).to.deep.equal({ principal, mfa: true });
  });

  it("name all problems in one error, each with key, value and what is allowed", () => {
    const message = problemsOf({
      environmentSuffix: "Dev",
      standbyRegion: "eu-west-1",
      routing: "random",
      database: '{"minCapacity":0.7}',
      colour: "red",
    });
    expect(message).to.match(/5 problems/);
    for (const part of [
      'environmentSuffix: "Dev"',
      'standbyRegion: "eu-west-1"',
      'routing: "random"',
      'database.minCapacity: "0.7"',
      'colour: "red"',
      "failover | weighted | latency",
    ]) {
      expect(message).to.include(part);
    }
  });

  it("name a key once, with what is wrong with it by itself", () => {
    const message = problemsOf({ ...GOOD, logRetentionDays: "abc", "rto.healthCheckIntervalSeconds": "abc", standbyRegion: "mars" });
    expect(message)
      .to.match(/3 problems/)
      .and.not.include("NaN");
  });

  it("let an object's member win over the same key by itself, in whichever order they come", () => {
    const [dotted, grouped] = [{ "database.maxCapacity": "8" }, { database: '{"maxCapacity":2}' }];
    for (const both of [
      { ...dotted, ...grouped },
      { ...grouped, ...dotted },
    ])
      expect(parseSettings({ ...GOOD, ...both }).database.maxCapacity).to.equal(2);
  });

  it("know a version of each engine", () => {
    expect(parseSettings(GOOD).database).to.include({ engine: "aurora-postgresql", version: "16.8" });
    const mysql = parseSettings({ ...GOOD, database: '{"engine":"aurora-mysql"}' });
    expect(mysql.database).to.include({ engine: "aurora-mysql", version: "8.0.mysql_aurora.3.10.0" });
  });

  it("take a default that has no effect, because the engine gives each key its own", () => {
    expect(() => parseSettings({ ...GOOD, "gameDay.minutes": "15", routing: "failover", operatorMfa: "true" })).to.not.throw();
  });

  it("have no range of which an end is always refused", () => {
    const around: Readonly<Record<string, Record<string, string>>> = {
      "servers.minCount": { "servers.maxCount": "1000" },
      "servers.maxCount": { "servers.minCount": "1" },
      "rto.healthCheckIntervalSeconds": { "rto.budgetSeconds": "600" },
      "rto.healthCheckThreshold": { "rto.budgetSeconds": "600" },
      "rto.recordTtlSeconds": { "rto.budgetSeconds": "600" },
      "rto.budgetSeconds": { "rto.healthCheckThreshold": "1", "rto.recordTtlSeconds": "1" },
      "weights.primary": { "weights.standby": "1" },
      "rto.leaseRenewalSeconds": { "rto.leaseLengthSeconds": "60" },
      "database.minCapacity": { "database.maxCapacity": "256" },
      "database.maxCapacity": { "database.minCapacity": "0.5" },
    };
    const enabling = {
      domainName: "trades.example.com",
      hostedZoneId: "Z0123456789",
      routing: "weighted",
      gameDay: '{"enabled":true}',
      regionSwitch: '{"enabled":true}',
    };
    const ends = sections()
      .flatMap(({ keys }) => keys)
      .flatMap(({ name, allowed }) =>
        (/(?:^| )([\d.]+) to ([\d.]+)( in steps|$)/.exec(allowed)?.slice(1, 3) ?? []).map((end) => [name, end] as const),
      );
    expect(ends).to.have.length.above(30);
    const tasks = { compute: "fargate", apiAuth: "apiKey" };
    for (const [name, end] of ends) {
      // The memory of a task goes with its CPU.
      const size: Record<string, string> = name === "servers.taskMemory" ? { "servers.taskCpu": end === "512" ? "256" : "16384" } : {};
      const given = { ...GOOD, ...enabling, ...(name.startsWith("servers.") ? tasks : {}), ...around[name], ...size, [name]: end };
      expect(problemsOf(given), `${name} ${end}`).to.equal("");
    }
  });

  const SERVED = { domainName: "trades.example.com", hostedZoneId: "Z0123456789", apiAuth: "apiKey" };
  const TASKS = { ...SERVED, compute: "fargate" };
  const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

  it("take each topology with its own settings", () => {
    const image = `firm/trade.service@${DIGEST}`;
    const tasks = parseSettings({
      ...GOOD,
      ...TASKS,
      servers: JSON.stringify({ taskCpu: 256, taskMemory: 512, image }),
      "network.nat": "perZone",
    });
    expect(tasks.servers).to.include({ taskCpu: 256, taskMemory: 512, image, minCount: 2, port: 8080 });
    const instances = parseSettings({ ...GOOD, ...SERVED, compute: "autoscaling", "servers.instanceType": "m8g.4xlarge" });
    expect(instances.servers.instanceType).to.equal("m8g.4xlarge");
    expect(parseSettings(GOOD).compute).to.equal("lambda");
  });

  it("take each memory that Fargate sells with a CPU, and no other", () => {
    const sold: Readonly<Record<string, readonly number[]>> = {
      "256": [512, 1024, 2048],
      "512": [1024, 2048, 3072, 4096],
      "8192": [16384, 20480, 61440],
      "16384": [32768, 40960, 122880],
    };
    const saying = (taskCpu: string, taskMemory: number): string =>
      problemsOf({ ...GOOD, ...TASKS, "servers.taskCpu": taskCpu, "servers.taskMemory": String(taskMemory) });
    for (const [cpu, memories] of Object.entries(sold))
      for (const memory of memories) expect(saying(cpu, memory), `${cpu}/${memory}`).to.equal("");
    for (const [cpu, memory] of [
      ["256", 1536],
      ["256", 4096],
      ["512", 512],
      ["1024", 2560],
      ["8192", 17408],
      ["16384", 61440],
    ] as const)
      expect(saying(cpu, memory)).to.match(
        new RegExp(`servers.taskMemory: "${memory}"; allowed: .* because servers.taskCpu is ${cpu}$`, "m"),
      );
  });

  it("name what a topology needs beside what is wrong elsewhere", () => {
    const said = problemsOf({ ...GOOD, compute: "fargate", routing: "random" });
    expect(said).to.include("routing").and.include("apiAuth: ").and.include("domainName: (not set)");
  });

  const BAD: readonly (readonly [string, Record<string, string>, string])[] = [
    ["no suffix", { environmentSuffix: "" }, "environmentSuffix"],
    ["a suffix of one character", { environmentSuffix: "a" }, "environmentSuffix"],
    ["a suffix that is too long", { environmentSuffix: "abcdefghijklm" }, "environmentSuffix"],
    ["two dashes in a row, which RDS does not take", { environmentSuffix: "a--b" }, "environmentSuffix"],
    ["a way to run the handlers that there is none of", { compute: "mainframe" }, "compute"],
    ["the size of a task where no task runs", { servers: '{"taskCpu":2048}' }, "unless compute is fargate"],
    ["the type of an instance where none runs", { ...TASKS, "servers.instanceType": "m7g.large" }, "unless compute is autoscaling"],
    ["a number of servers where there are none", { "servers.minCount": "3" }, "2, unless compute is fargate or autoscaling"],
    ["a NAT gateway where nothing goes out", { "network.nat": "perZone" }, "one, unless compute is fargate or autoscaling"],
    ["functions in private subnets where servers answer", { ...TASKS, "network.privateFunctions": "false" }, "unless compute is lambda"],
    ["a limit of API Gateway's where there is none", { ...TASKS, "api.rateLimit": "100" }, "unless compute is lambda"],
    ["the concurrency of functions that are not there", { ...TASKS, "capacity.settlementConcurrency": "8" }, "unless compute is lambda"],
    ["an image with a tag", { ...TASKS, "servers.image": "trades:v1" }, "servers.image"],
    ["an image with a tag beside its digest", { ...TASKS, "servers.image": `trades:v1@${DIGEST}` }, "servers.image"],
    ["an image of somebody else's registry", { ...TASKS, "servers.image": `docker.io/library/trades@${DIGEST}` }, "servers.image"],
    ["an image that is not named", { ...TASKS, "servers.image": `@${DIGEST}` }, "servers.image"],
    [
      "a type of instance for another processor",
      { ...SERVED, compute: "autoscaling", "servers.instanceType": "m7i.large" },
      "a Graviton type",
    ],
    ["a port that only root has", { ...TASKS, "servers.port": "443" }, "servers.port"],
    ["fewer servers at most than at least", { ...TASKS, "servers.minCount": "12" }, "at least servers.minCount, which is 12"],
    ["signatures that a load balancer does not verify", { ...TASKS, apiAuth: "iam" }, "apiKey | jwt | none, because compute is fargate"],
    [
      "servers without a name for their certificates",
      { compute: "autoscaling", apiAuth: "none" },
      "a domain name, because compute is autoscaling",
    ],
    ["more zones than a region is sure to have", { network: '{"zones":4}' }, "network.zones"],
    ["an engine that there is none of", { database: '{"engine":"oracle"}' }, "database.engine"],
    ["a version that a global database with the Data API does not have", { database: '{"version":"12.9"}' }, "database.version"],
    ["a version of the other engine", { database: '{"engine":"aurora-mysql","version":"16.8"}' }, "Aurora MySQL 3 from 3.07 on"],
    [
      "a version of MySQL without the Data API",
      { database: '{"engine":"aurora-mysql","version":"8.0.mysql_aurora.3.04.0"}' },
      "database.version",
    ],
    ["a burstable class, which a global database does not take", { "database.instanceClass": "db.t4g.medium" }, "database.instanceClass"],
    ["a capacity that is out of range", { database: '{"maxCapacity":512}' }, "1 to 256 in steps of 0.5"],
    ["a number as people do not write it", { "rto.recordTtlSeconds": "0x10" }, "rto.recordTtlSeconds"],
    ["no number at all", { "database.instances": "two" }, "database.instances"],
    ["nothing where a number is", { database: '{"instances":null}' }, "database.instances"],
    ["a text where an object is", { database: "big" }, 'database: "big"; allowed: an object with engine, version'],
    ["a list where an object is", { rto: "[]" }, "rto:"],
    [
      "a member that there is none of",
      { database: '{"colour":"red"}' },
      'database.colour: "red"; allowed: no such key; there are: database.engine, database.version,',
    ],
    ["equal regions", { standbyRegion: "us-east-1" }, "standbyRegion"],
    ["a witness that is a site", { witnessRegion: "us-east-1" }, "witnessRegion"],
    ["a primary outside of every set", { primaryRegion: "sa-east-1" }, "primaryRegion"],
    ["blocks that overlap", { "network.standbyCidr": "10.0.0.0/16" }, "network.standbyCidr"],
    [
      "blocks of different size that overlap",
      { "network.primaryCidr": "10.0.0.0/16", "network.standbyCidr": "10.0.48.0/20" },
      "network.standbyCidr",
    ],
    ["a block that is too small", { "network.primaryCidr": "10.0.0.0/21" }, "network.primaryCidr"],
    ["a block with bits beyond its prefix", { "network.primaryCidr": "10.0.1.0/16" }, "network.primaryCidr"],
    ["a lock that S3 does not know", { audit: '{"lockMode":"worm"}' }, "audit.lockMode"],
    ["a backup that is never kept", { "backup.retentionDays": "0" }, "backup.retentionDays"],
    ["a game day without end", { gameDay: '{"minutes":90}' }, "gameDay.minutes"],
    ["a game day that is over before it begins", { gameDay: '{"enabled":true,"minutes":9}' }, "10 to 60"],
    ["a settlement that Lambda does not take", { "capacity.settlementConcurrency": "1" }, "capacity.settlementConcurrency"],
    ["a plan that takes no time", { regionSwitch: '{"enabled":true,"objectiveMinutes":0}' }, "regionSwitch.objectiveMinutes"],
    ["a plan that is neither there nor not", { "regionSwitch.enabled": "yes" }, 'regionSwitch.enabled: "yes"; allowed: true | false'],
    ["a member of the plan that there is none of", { regionSwitch: '{"trigger":"alarm"}' }, "regionSwitch.trigger"],
    ["a public block", { "network.primaryCidr": "172.99.0.0/16" }, "network.primaryCidr"],
    ["a domain without a zone", { domainName: "trades.example.com" }, "hostedZoneId"],
    ["a zone without a domain", { hostedZoneId: "Z0123456789" }, "hostedZoneId"],
    ["a zone's name without a domain", { hostedZoneName: "example.com" }, "hostedZoneName"],
    ["a zone to make without a domain", { createHostedZone: "true" }, "createHostedZone"],
    [
      "a zone to make without its name",
      { domainName: "trades.example.com", hostedZoneId: "Z0123456789", createHostedZone: "true" },
      "createHostedZone",
    ],
    [
      "a zone by id and by name",
      { domainName: "trades.example.com", hostedZoneId: "Z0123456789", hostedZoneName: "example.com" },
      "hostedZoneName",
    ],
    ["a domain that is its zone's own name", { domainName: "example.com", hostedZoneName: "example.com" }, "a zone above example.com"],
    ["a zone of another domain", { domainName: "trades.example.com", hostedZoneName: "ample.com" }, "a zone above trades.example.com"],
    ["an operator that is no user or role", { operatorPrincipal: "arn:aws:iam::123456789012:root" }, "operatorPrincipal"],
    ["a path that does not end", { "roles.path": "/trading" }, "an IAM path that begins and ends with /"],
    ["a boundary that is no policy", { "roles.permissionsBoundary": "arn:aws:iam::123456789012:role/deploy" }, "roles.permissionsBoundary"],
    ["an operator without MFA when there is none", { operatorMfa: "false" }, "operatorMfa"],
    ["a limit that takes no request", { "api.rateLimit": "0" }, "api.rateLimit"],
    ["a limit per address that WAF does not take", { "api.addressLimit": "9" }, "api.addressLimit"],
    ["an authorisation that there is none of", { apiAuth: "password" }, "iam | apiKey | jwt | none"],
    ["a retention that AWS does not know", { logRetentionDays: "8" }, "logRetentionDays"],
    ["a minimum above the maximum", { "database.minCapacity": "16" }, "database.minCapacity"],
    ["an interval that Route 53 does not offer", { "rto.healthCheckIntervalSeconds": "20" }, "rto.healthCheckIntervalSeconds"],
    ["a worst case above a minute", { "rto.healthCheckIntervalSeconds": "30", "rto.healthCheckThreshold": "2" }, "rto.budgetSeconds"],
    ["weights that lead to nobody", { routing: "weighted", "weights.primary": "0" }, "weights.primary"],
    ["weights without weighted routing", { "weights.standby": "5" }, "unless routing is weighted"],
    [
      "a lease that is longer than its limit",
      { rto: '{"leaseLengthSeconds":60,"leaseLimitSeconds":30}' },
      "at least rto.leaseLengthSeconds",
    ],
    ["checks and records of a public name that there is none of", { "rto.recordTtlSeconds": "5" }, "10, unless domainName is set"],
    ["a way to choose between records that there are none of", { routing: "latency" }, "failover, unless domainName is set"],
    [
      "a capacity of instances that have a fixed size",
      { database: '{"instanceClass":"db.r7g.large","maxCapacity":16}' },
      'database.maxCapacity: "16"; allowed: 8, unless database.instanceClass is db.serverless',
    ],
    ["the length of a game day that there is none of", { "gameDay.minutes": "20" }, "15, unless gameDay.enabled is set"],
    ["the objective of a plan that there is none of", { "regionSwitch.objectiveMinutes": "5" }, "unless regionSwitch.enabled is set"],
    ["a renewal that is too slow for the lease", { "rto.leaseRenewalSeconds": "10" }, "rto.leaseRenewalSeconds"],
    ["tags that are no map", { tags: "[]" }, "tags"],
    ["a tag that is no text", { tags: '{"CostCenter":12}' }, 'tags.CostCenter: "12"; allowed: a text (in quotes'],
    ["a tag with what AWS does not take", { tags: '{"Cost":"<5"}' }, "tags.Cost"],
    ["a tag that the stack sets itself", { tags: '{"Environment":"x"}' }, "tags.Environment"],
    ["a tag of AWS's own", { tags: '{"aws:x":"y"}' }, "tags.aws:x"],
    ["a flag that is none", { deletionProtection: "yes" }, "deletionProtection"],
  ];
  for (const [what, raw, named] of BAD) {
    it(`refuse ${what}`, () => {
      expect(problemsOf({ ...GOOD, ...raw })).to.include(named);
    });
  }
});

describe("the RTO budget", () => {
  const seconds = (healthCheckIntervalSeconds: number, healthCheckThreshold: number, recordTtlSeconds: number) =>
    rtoSeconds({ healthCheckIntervalSeconds, healthCheckThreshold, recordTtlSeconds });

  it("counts each second: checks with their phase and time-outs, propagation, TTL, a client's last request", () => {
    expect(seconds(10, 2, 10)).to.equal(20 + 6 + 10 + 10 + 5);
    expect(seconds(30, 3, 60)).to.equal(90 + 6 + 10 + 60 + 5);
  });

  it("is as low, and as high, as the configuration can ask for", () => {
    expect(seconds(10, 1, 1)).to.equal(32);
    expect(problemsOf({ ...GOOD, "rto.budgetSeconds": "31" })).to.include("32 to 600");
  });

  it("names every second of what does not fit, and takes thirty-second checks with a budget for them", () => {
    const slow = { domainName: "trades.example.com", hostedZoneId: "Z0123456789ABC", "rto.healthCheckIntervalSeconds": "30" };
    const said = problemsOf({ ...GOOD, ...slow });
    expect(said).to.include('rto.budgetSeconds: "60"; allowed: at least 91').and.to.include("4 s (the last one waits for a connection)");
    expect(parseSettings({ ...GOOD, ...slow, "rto.budgetSeconds": "300" }).rto.budgetSeconds).to.equal(300);
  });
});

describe("physical names", () => {
  it("end in the suffix, and stay apart when they are cut", () => {
    const long = ["trade", "a".repeat(60)];
    const first = physicalName(long, "dev", 64);
    const second = physicalName([...long, "b"], "dev", 64);
    expect(first).to.have.length.at.most(64);
    expect(first).to.match(/-dev$/);
    expect(first).to.not.equal(second);
    expect(physicalName(["trade", "x"], "dev", 64)).to.equal("trade-x-dev");
    const cutAtADash = physicalName(["trade-ledger", "a".repeat(60)], "dev", 24);
    expect(cutAtADash).to.match(/^trade-ledger-[0-9a-f]{6}-dev$/);
  });
});
