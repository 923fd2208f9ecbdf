import { TRADE_EVENTS } from "../contract/events";
import { FUNCTIONS } from "../contract/placement";
import { API_STAGE } from "../contract/routes";
import type { MachineDefinition } from "../emulation/states-language/definition";
import type { Climate } from "./faults/climate";
import type { Observer } from "./kernel/history";
import { hook } from "./kernel/hook";
import { ServiceError } from "./kernel/host";
import { Kernel } from "./kernel/kernel";
import { Network } from "./kernel/network";
import { Region } from "./kernel/region";
import { Alarms } from "./services/alarms";
import type { Factory, Surroundings } from "./services/environment";
import { EventSources } from "./services/event-sources";
import { Functions, type FunctionShape } from "./services/functions";
import { clusterArn, GlobalDatabase } from "./services/global-database";
import { Machines } from "./services/machines";
import { Queue } from "./services/queue";
import { Table } from "./services/tables";
import * as settings from "./settings";
import { Api } from "./traffic/api";
import { NameService } from "./traffic/names";

/** 2026-01-15T12:00:00Z: wall clocks begin somewhere. */
const EPOCH_MS = 1_768_478_400_000;

export interface Program {
  readonly factories: ReadonlyMap<string, Factory>;
  readonly machines: Readonly<Record<string, MachineDefinition>>;
  readonly rto: settings.RtoSettings;
}

/** All of `Math`. Not inherited from it: what inherits has a shape of its own, and V8 keeps a world for that long. */
const MATH = Object.fromEntries(
  Object.entries(Object.getOwnPropertyDescriptors(Math)).map(([name, { value }]) => [name, value as unknown]),
);

/** All that lives in one serving region. */
export interface Site {
  readonly region: Region;
  readonly functions: Functions;
  readonly queue: Queue;
  readonly machines: Machines;
  readonly api: Api;
  readonly alarms: Alarms;
  readonly events: EventSources;
}

/** Two serving regions, a witness, and what is between them; deployed, the primary active at epoch 1. */
export class World {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly regions: ReadonlyMap<string, Region>;
  readonly sites: ReadonlyMap<string, Site>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly database: GlobalDatabase;
  readonly names: NameService;
  readonly around: Surroundings;

  /** Steps of the system that met a fault, by the fault's kind. */
  readonly met = new Map<string, Set<string>>();
  /** When each trade was first settled, by any copy. */
  readonly firstSettled = new Map<string, number>();

  constructor(seed: number, traced: boolean, observer: Observer, program: Program, climate: Climate) {
    this.kernel = new Kernel(seed, traced, observer, climate);
    this.network = new Network(this.kernel);
    const { kernel, network } = this;
    const names = [settings.PRIMARY, settings.STANDBY, settings.WITNESS];
    const regions = names.map((name) => new Region(name, kernel, EPOCH_MS + kernel.random.between(-500, 500)));
    this.regions = new Map(regions.map((region) => [region.name, region]));
    for (const region of regions) region.speed = 1 + kernel.random.between(-0.0005, 0.0005);
    this.tables = new Map(
      settings.TABLES.map((shape) => {
        const replicas = shape.consistency === "strong" ? regions : regions.slice(0, 2);
        return [shape.name, new Table(shape, replicas, kernel, network)];
      }),
    );
    this.database = new GlobalDatabase(regions.slice(0, 2), regions, kernel, network);
    hook(this.database, "onPromoted", (_region, lost) => {
      kernel.strike("promotion");
      if (lost > 0) kernel.strike("promotion-lost-tail");
    });
    hook(this.database, "onRows", (rows) => {
      for (const { tradeId } of rows) if (!this.firstSettled.has(tradeId)) this.firstSettled.set(tradeId, kernel.now);
    });
    const resolvers = new Map<string, () => Api>();
    this.around = {
      kernel,
      network,
      regionOf: (name) => this.region(name),
      frozen: new Set(),
      blows: new Set(),
      lengths: new Map(),
      meeting: new Set(),
      math: { ...MATH, random: () => kernel.random.next() } as unknown as Math,
      serve: (service, operation, input, to, from) => this.serve(service, operation, input as never, to, from),
      fetch: (from, url, init, timeoutMs, done) => {
        const [, host = "", path = ""] = /^https:\/\/([^/]+)(\/.*)$/.exec(url) ?? [];
        const api = host === settings.PUBLIC_NAME ? resolvers.get(from.name)?.() : this.sites.get(host.split(".")[0] ?? "")?.api;
        if (!api) throw new Error(`no such host: ${url}`);
        api.request(from, path.replace(`/${API_STAGE}`, ""), init, timeoutMs, done);
      },
      printed: (region, line) => {
        if (line.includes('"_aws"')) this.sites.get(region.name)?.alarms.metric(line);
        else if (kernel.lines) kernel.trace(region.name, "log", line);
      },
    };
    this.sites = new Map(regions.slice(0, 2).map((region) => [region.name, this.site(region, program)]));
    this.names = new NameService(this.site0.api, this.site1.api, program.rto, kernel);
    for (const { name } of regions.slice(0, 2)) resolvers.set(name, this.names.resolver());
    this.deploy();
    hook(kernel, "holderShown", () => `e${this.lease.epoch}@${this.lease.holder === settings.PRIMARY ? "primary" : "standby"}`);
  }

  get site0(): Site {
    return this.siteOf(settings.PRIMARY);
  }
  get site1(): Site {
    return this.siteOf(settings.STANDBY);
  }
  region(name: string): Region {
    const region = this.regions.get(name);
    if (!region) throw new ServiceError("UnknownEndpoint", `there is no region ${name}`);
    return region;
  }
  siteOf(name: string): Site {
    const site = this.sites.get(name);
    if (!site) throw new Error(`${name} is no serving region`);
    return site;
  }
  table(name: string): Table {
    const table = this.tables.get(name);
    if (!table) throw new ServiceError("ResourceNotFoundException", `there is no table ${name}`);
    return table;
  }
  get lease(): { readonly holder: string; readonly epoch: number; readonly renewals: number } {
    return this.table("trade-lease").peek("ledger") as never;
  }

  stepsMetBy(kind: string): Set<string> {
    const steps = this.met.get(kind) ?? new Set<string>();
    this.met.set(kind, steps);
    return steps;
  }

  /** Everything that can be whole is whole. */
  whole(): void {
    for (const region of this.regions.values()) {
      region.restore();
      [region.slowMs, region.throttled, region.ambiguous, region.crowded] = [0, 0, 0, 0];
      region.denied.clear();
    }
    this.around.blows.clear();
    this.around.meeting.clear();
    hook(this.network, "onSlow", () => undefined);
  }

  private site(region: Region, program: Program): Site {
    const { kernel, network } = this;
    const environments = settings.environments(region.name, program.rto, clusterArn);
    const shapes = new Map<string, FunctionShape>();
    for (const name of settings.SIMULATED) {
      const factory = program.factories.get(name);
      if (!factory) throw new Error(`there is no bundle of ${name}`);
      shapes.set(name, { factory, timeoutMs: FUNCTIONS[name].timeoutSeconds * 1000, variables: environments[name] });
    }
    const functions = new Functions(region, shapes, this.around);
    const queue = new Queue(region, settings.QUEUE, functions, kernel);
    const machines = new Machines(region, program.machines, functions, kernel, (resource, input) =>
      kernel.trace(region.name, resource, input),
    );
    hook(machines, "onEntered", (step) => {
      for (const steps of this.around.meeting) steps.add(step);
    });
    const api = new Api(region, functions, kernel, network);
    const gauges = {
      queueAgeMs: () => queue.oldestMs(),
      deadLetters: () => queue.deadLetters.length,
      takeApiErrors: () => {
        const { errors } = api;
        api.errors = 0;
        return errors;
      },
    };
    const overMs = program.rto.leaseLengthSeconds * 1000;
    const alarms = new Alarms(
      region,
      { ...settings.ALARMS, leaseNotRenewed: { ...settings.ALARMS.leaseNotRenewed, overMs } },
      gauges,
      kernel,
    );
    const events = new EventSources(region, functions, kernel);
    hook(alarms, "onChange", (alarm, ringing) => {
      if (alarm === "leaseNotRenewed" && ringing) events.deliver("sentinel", { source: "aws.cloudwatch" });
    });
    return { region, functions, queue, machines, api, alarms, events };
  }

  /** The state that a deployment and its bootstrap leave behind. */
  private deploy(): void {
    this.table("trade-lease").seed("ledger", { leaseId: "ledger", holder: settings.PRIMARY, epoch: 1, renewals: 0 });
    this.table("trade-lease").seed("ledger-head", { leaseId: "ledger-head", epoch: 1, linkSeq: 1, linkId: "first", baseSeq: 1 });
    for (const { copy } of this.database.members.values()) {
      copy.fence = 1;
      copy.holder = settings.PRIMARY;
      copy.seq = 1;
      copy.links.set("first", 1);
    }
    for (const { events, machines } of this.sites.values()) {
      events.everyMinute("sentinel");
      events.everyMinute("reconciler");
      events.eachHour(() => machines.start("readiness", "readiness-1", "{}"));
    }
  }

  private queueAt(url: string): Queue {
    for (const { region, queue } of this.sites.values()) if (settings.queueUrlOf(region.name) === url) return queue;
    throw new ServiceError("QueueDoesNotExist", url);
  }

  private kept({ Key, Body }: { readonly Key: string; readonly Body: string }): void {
    if (!Key.startsWith(AUDITED)) return;
    for (const line of Body.trim().split("\n")) this.kernel.observer.audited((JSON.parse(line) as { tradeId: string }).tradeId);
  }

  private serve(service: string, operation: string, input: never, to: Region, from: Region): unknown {
    if (from.denied.has(service)) {
      this.kernel.strike("call-denied");
      throw new ServiceError("AccessDeniedException", `not authorized to perform ${service}:${operation}`);
    }
    if (to.throttled > 0 && this.kernel.random.chance(to.throttled)) {
      this.kernel.strike("call-throttled");
      throw new ServiceError("ThrottlingException", "Rate exceeded", true);
    }
    switch (service) {
      case "dynamodb":
        return this.table(tableOf(input)).serve(operation, input, to);
      case "sqs":
        return this.queueAt((input as { QueueUrl: string }).QueueUrl).serve(operation, input);
      case "rds-data":
        return this.database.serveData(operation, input, to);
      case "rds":
        return this.database.serve(operation, input, to);
      case "states":
        return this.siteOf(to.name).machines.serve(operation, input);
      case "secretsmanager":
        return { SecretString: "a key of the API" };
      case "cloudwatch": {
        const lag = this.database.lagOf(from.name);
        return { Datapoints: lag === undefined ? [] : [{ Timestamp: new Date(to.wall()), Maximum: lag }] };
      }
      case "s3":
        if (this.kernel.habit("partial-batches", 0.1)) throw new ServiceError("SlowDown", "Please reduce your request rate.", true);
        this.kept(input);
        return {};
      case "events": {
        const answers = (input as { Entries: { DetailType: string; Detail: string }[] }).Entries.map(({ DetailType, Detail }, i) => {
          if (this.kernel.habit("partial-batches", 0.1)) return { ErrorCode: "InternalException" };
          const { tradeId, outcome } = JSON.parse(Detail) as { tradeId: string; outcome: string };
          if (DetailType === TRADE_EVENTS.REFUSED) return { EventId: `event-${i}` };
          if (DetailType === TRADE_EVENTS.PLACED) this.kernel.observer.placed(tradeId);
          else this.kernel.observer.announced(tradeId, outcome);
          return { EventId: `event-${i}` };
        });
        return { FailedEntryCount: answers.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: answers };
      }
      default:
        throw new Error(`there is no service ${service}`);
    }
  }
}

/** In the audit bucket lies more than trades: what readiness has found, too. */
const AUDITED = "trades/";

const tableOf = ({ TableName, RequestItems }: { readonly TableName?: string; readonly RequestItems?: object }): string =>
  TableName ?? Object.keys(RequestItems ?? {})[0] ?? "";
