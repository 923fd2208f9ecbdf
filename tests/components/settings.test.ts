import { expect } from "chai";
import { physicalName } from "../../components/settings/names";
import { parseSettings } from "../../components/settings/settings";
import { rtoSeconds } from "../../components/settings/rto-budget";
import { sections } from "../../components/settings/schema";
import { DIGEST, GOOD, problemsOf, SERVED, TASKS } from "../support/configurations";

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
      sessions: '{"required":true}',
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
