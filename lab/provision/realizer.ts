/** Takes registrations one by one, makes each real in its region or records it, and keeps the list. */
import type { Registered, Wiring } from "../types";
import { ACCOUNT, type ClientConfig, type Place, type RealizeContext, type Realized } from "./context";
import { realizers } from "./realize/all";
import { TABLE } from "./realize/dynamodb";
import { INVOCATION, localEnvironment } from "./realize/lambda";
import { kick, SCHEDULE } from "./realize/scheduler";
import { SECRET, SECRET_VERSION } from "./realize/secretsmanager";
import { recorded } from "./recorded";
import { isPlain, mapTexts, type Plain } from "./values";
import { Fronts, type Localize, wiringOf } from "./wiring";

export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly region: string;
  readonly inputs: Plain;
}

/** Types that exist in both regions although one region's provider registers them: realized again when either region was rebuilt. */
const SPANNING = new Set([TABLE, SECRET, SECRET_VERSION]);

// The SDK warns of this machine's Node on the drill's terminal; which Node is supported says package.json.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** Shorter strings are no identifiers; replacing them could hit by chance. */
const IDENTIFIER_LENGTH = 8;

export class Realizer {
  private readonly list: Registered[] = [];
  private readonly clients = new Map<string, unknown>();
  private readonly fronts: Fronts;

  constructor(
    private readonly places: readonly Place[],
    private readonly publicName: { readonly from: string; readonly to: string },
  ) {
    this.fronts = new Fronts(places, this.localize);
  }

  private readonly localize: Localize = (place, variables) => localEnvironment(this.context(place), variables);

  registered(): readonly Registered[] {
    return this.list;
  }

  wiring(place: Place): Wiring {
    return wiringOf(this.list, place, this.localize);
  }

  /** Takes over a list that another process has realized. */
  adopt(list: readonly Registered[]): void {
    this.list.splice(0, this.list.length, ...list);
  }

  /** Makes the resource real, or records it; tells the fronts what changed for them. */
  async realize(registration: Registration): Promise<Registered> {
    // A function that a deployment invokes may do what its role allows, as on AWS.
    if (registration.type === INVOCATION) await this.fronts.tellAccess(this.list);
    const done = await this.apply(registration);
    this.list.push(done);
    await this.fronts.tell(this.list);
    return done;
  }

  /** To be called when all is registered. */
  async complete(): Promise<void> {
    await this.fronts.tellAccess(this.list);
  }

  /** Starts the functions of frequent schedules in a region: the emulator would wait for the first interval to pass. */
  async kick(region: string): Promise<number> {
    const schedules = this.list.filter((one) => one.type === SCHEDULE && one.region === region && one.realized);
    const started = await Promise.all(schedules.map((schedule) => kick(this.context(this.place(region)), schedule)));
    return started.filter(Boolean).length;
  }

  /**
   * Builds a region again that lost what it had: the same registrations in the same order. Deploy-time invocations are not repeated, as
   * nobody deploys when a region comes back. `runtime`: by type, what somebody had changed since the program wrote it, and a region keeps. Ids that the emulator gave anew replace the old ones in everything that is registered.
   */
  async reprovision(region: string, runtime: Readonly<Record<string, Plain>> = {}): Promise<void> {
    const place = this.place(region);
    this.fronts.forget(place.site);
    await this.fronts.tell(this.list);
    const renamed = new Map<string, string>();
    const current = (leaf: string): string => {
      let value = renamed.get(leaf) ?? leaf;
      for (const [from, to] of renamed) value = value.replaceAll(from, to);
      return value;
    };
    for (const [index, old] of this.list.entries()) {
      const inputs = mapTexts(old.inputs, current) as Plain;
      const affected = old.realized && old.type !== INVOCATION && (old.region === region || SPANNING.has(old.type));
      if (!affected) {
        this.list[index] = { ...old, inputs };
        continue;
      }
      const here = old.region === region ? runtime[old.type] : undefined;
      const now = await this.apply({ ...old, inputs: { ...inputs, ...here } });
      if (old.region === region) noteRenames(old, now, renamed);
      this.list[index] = { ...now, inputs };
    }
    await this.fronts.tell(this.list);
    await this.complete();
  }

  private async apply(registration: Registration): Promise<Registered> {
    const { type, name, inputs, region } = registration;
    const realizer = realizers[type];
    const place = this.places.find((one) => one.region === region);
    let result: Realized;
    if (realizer === undefined || place === undefined) result = recorded(type, region, name, inputs);
    else {
      try {
        result = await realizer(this.context(place), name, inputs);
      } catch (error) {
        throw new Error(`${type} "${name}" in ${region}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`, {
          cause: error,
        });
      }
    }
    return {
      ...registration,
      id: result.id,
      state: { ...inputs, ...result.state, id: result.id },
      realized: realizer !== undefined && place !== undefined,
    };
  }

  private place(region: string): Place {
    const place = this.places.find((one) => one.region === region);
    if (place === undefined) throw new Error(`no region ${region} in this lab`);
    return place;
  }

  private context(place: Place): RealizeContext {
    return {
      place,
      places: this.places,
      publicName: this.publicName,
      registered: () => this.list,
      sdk: <C>(ctor: new (config: ClientConfig) => C, at: Place = place): C => {
        const key = `${ctor.name}/${at.region}`;
        const found = this.clients.get(key) as C | undefined;
        if (found !== undefined) return found;
        const client = new ctor({
          region: at.region,
          endpoint: at.endpoint,
          credentials: { accessKeyId: "test", secretAccessKey: ACCOUNT },
          maxAttempts: 3,
          forcePathStyle: true,
        });
        this.clients.set(key, client);
        return client;
      },
    };
  }
}

/** Remembers each computed text that differs between the old and the new state. */
function noteRenames(old: Registered, now: Registered, renamed: Map<string, string>): void {
  const note = (before: unknown, after: unknown): void => {
    if (typeof before === "string" && typeof after === "string" && before !== after && before.length >= IDENTIFIER_LENGTH)
      renamed.set(before, after);
    else if (isPlain(before) && isPlain(after)) for (const key of Object.keys(before)) note(before[key], after[key]);
  };
  const computed = (one: Registered): Plain => Object.fromEntries(Object.entries(one.state).filter(([key]) => !(key in one.inputs)));
  note(computed(old), computed(now));
}
