/** The lab's DNS: server, health checkers and the public name's proxy. It opens before the program runs and loads the records afterwards. */
import type { Registered } from "../types";
import { DnsServer } from "./dns-server";
import { frontProbe, HealthCheckers } from "./health-checkers";
import { PublicProxy } from "./public-proxy";
import { checksOf, recordsOf, routesOf, type Routes } from "./registered";
import { Resolver } from "./resolver";
import { choose, isHealthy, isServing, shares, type DnsRecord, type HealthCheck, type World } from "../../emulation/route53/routing";

export interface NameServiceOptions {
  /** The public name, e.g. trades.example.test */
  readonly name: string;
  /** Regions near which there are resolvers, home first: what each of them is told is followed. */
  readonly places?: readonly string[];
  /** 0 or missing: a free one. */
  readonly dnsPort?: number;
  readonly proxyPort?: number;
  /** Told when a check's health or the public name's region changes. */
  readonly onEvent?: (event: { readonly event: string; readonly detail: string; readonly region: string }) => void;
}

export interface CheckStatus {
  readonly id: string;
  readonly name: string;
  /** Route 53's verdict, after inversion. */
  readonly healthy: boolean;
  /** Checkers that see the endpoint itself healthy; undefined for calculated checks. */
  readonly agreement?: { readonly healthy: number; readonly total: number };
}

export class NameService {
  private records: readonly DnsRecord[] = [];
  private checks: ReadonlyMap<string, HealthCheck> = new Map();
  private routes: Routes = new Map();
  private readonly health = new HealthCheckers(
    frontProbe(() => this.routes),
    () => this.announce(),
  );
  private readonly server = new DnsServer(
    (name, near) => choose(this.records, this.world(), name, { near, draw: Math.random() }),
    (host) => this.routes.has(host),
  );
  private readonly proxy: PublicProxy;
  private opened: { dnsPort: number; publicUrl: string } | undefined;
  private announced: ReturnType<NameService["situation"]> = { checks: new Map(), answers: new Map() };

  constructor(private readonly options: NameServiceOptions) {
    const resolver = new Map<"one", Resolver>();
    this.proxy = new PublicProxy(options.name, () => {
      const kept = resolver.get("one") ?? this.resolver();
      resolver.set("one", kept);
      return kept;
    });
  }

  /** Binds both ports. Until `load`, DNS knows no name. */
  async open(): Promise<{ dnsPort: number; publicUrl: string }> {
    const dnsPort = await this.server.listen(this.options.dnsPort ?? 0);
    try {
      this.opened = { dnsPort, publicUrl: await this.proxy.listen(this.options.proxyPort ?? 0) };
    } catch (error) {
      await this.server.close();
      throw error;
    }
    return this.opened;
  }

  /** Takes the registered records and checks, and starts the health checkers. `endpoints`: region code → front. */
  load(registered: readonly Registered[], endpoints: ReadonlyMap<string, string>): void {
    this.records = recordsOf(registered);
    this.checks = new Map(checksOf(registered).map((check) => [check.id, check]));
    this.routes = routesOf(registered, endpoints);
    this.announced = this.situation();
    this.health.start([...this.checks.values()]);
  }

  async close(): Promise<void> {
    this.health.stop();
    await Promise.all([this.server.close(), this.proxy.close()]);
  }

  /** A resolver with a cache of its own: one a client. */
  resolver(near?: string): Resolver {
    if (this.opened === undefined) throw new Error("the name service is not open");
    return new Resolver(this.opened.dnsPort, () => this.routes, near);
  }

  status(): CheckStatus[] {
    const world = this.world();
    return [...this.checks.values()].map((check) => ({
      id: check.id,
      name: check.name,
      healthy: isHealthy(world, check.id),
      agreement: world.agreements.get(check.id),
    }));
  }

  /** Region that the public name leads to at this moment, for most of those who ask near home; undefined before `load`. */
  region(): string | undefined {
    const [home] = this.places();
    return this.leadsTo(home).toSorted((a, b) => b.share - a.share)[0]?.region;
  }

  /** Regions that the public name leads to near this place, and how often. */
  leadsTo(near: string | undefined): readonly { readonly region: string; readonly share: number }[] {
    return shares(this.records, this.world(), this.options.name, near).map(({ record, share }) => ({
      region: this.regionOf(record),
      share,
    }));
  }

  /** Does Route 53 take the region for one that the name may lead to? */
  serves(region: string): boolean {
    const world = this.world();
    return this.records.some((record) => record.name === this.options.name && this.regionOf(record) === region && isServing(record, world));
  }

  /** True when every checker has an opinion of its own. */
  settled(): boolean {
    return this.health.settled();
  }

  private world(): World {
    return { checks: this.checks, agreements: this.health.agreements() };
  }

  private places(): readonly (string | undefined)[] {
    return this.options.places ?? [undefined];
  }

  private regionOf(record: DnsRecord): string {
    return this.routes.get(record.values[0] ?? "")?.region ?? "nowhere";
  }

  /** What is known of each check, and of what the resolvers are told. */
  private situation(): { readonly checks: ReadonlyMap<string, string>; readonly answers: ReadonlyMap<string, string> } {
    const percent = (share: number): string => (share === 1 ? "" : ` ${Math.round(share * 100)} %`);
    const answer = (near: string | undefined): string =>
      this.leadsTo(near)
        .map(({ region, share }) => `${region}${percent(share)}`)
        .join(", ");
    return {
      checks: new Map(this.status().map(({ name, healthy }) => [name, healthy ? "healthy" : "unhealthy"])),
      answers: new Map(this.places().map((near) => [near ?? "", answer(near)])),
    };
  }

  private announce(): void {
    const { announced: before, options } = this;
    const now = this.situation();
    this.announced = now;
    for (const [name, value] of now.checks)
      if (before.checks.get(name) !== value) options.onEvent?.({ event: "health", detail: `check ${name} is ${value}`, region: "world" });
    const isOne = new Set(now.answers.values()).size === 1;
    const turned = [...now.answers].filter(([near, value]) => before.answers.get(near) !== value);
    for (const [near, value] of isOne ? turned.slice(0, 1) : turned) {
      const where = isOne ? "" : ` for who asks near ${near}`;
      options.onEvent?.({ event: "dns", detail: `${options.name} now leads to ${value}${where}`, region: value.split(" ")[0] ?? "" });
    }
  }
}
