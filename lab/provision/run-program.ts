/** Builds the lab's regions from the program itself: `index.ts` runs, and what it registers comes into being. */
import { fork } from "node:child_process";
import * as path from "node:path";
import { PROJECT, stackConfig, stackFile } from "../../scripts/lib/stack-config";
import type { Registered, RegionHandle, SiteName, Wiring } from "../types";
import { LAB_TRADER } from "../region/gateway/secrets";
import type { ProgramJob, ProgramNews } from "./child";
import type { Place } from "./context";
import { Realizer } from "./realizer";
import type { Plain } from "./values";

const ROOT = path.resolve(__dirname, "../..");

/** The public name of the lab's stack; `.test` is reserved and resolves nowhere else. */
export const LAB_DOMAIN = "trades.example.test";

export interface ProvisionOptions {
  readonly regions: readonly Pick<RegionHandle, "site" | "region" | "endpoint">[];
  /** Address that stands for `https://trades.example.test` inside the lab (see `lab/dns/public-proxy.ts`). */
  readonly publicUrl: string;
  /** Keys without the project's prefix; they win over the stack file. */
  readonly config?: Readonly<Record<string, string | undefined>>;
  /** Whose stack file; default dev. */
  readonly stack?: string;
  /** Program; default the repository's index.ts. */
  readonly program?: string;
  /** Called for each resource as soon as it is there. */
  readonly onRegistered?: (item: Registered, count: number) => void;
  /** Milliseconds for the whole program; default 120,000. */
  readonly timeoutMs?: number;
}

export interface Provisioned {
  /** What was registered, in the order in which it became real. */
  readonly registered: readonly Registered[];
  /** The stack's outputs. */
  readonly outputs: Plain;
  wiring(site: SiteName): Wiring;
  /** After a region was killed and started again: makes everything of it real once more and starts its frequent schedules. */
  reprovision(region: string, runtime?: Readonly<Record<string, Plain>>): Promise<void>;
}

/** What two emulated regions' functions and their clients can do on two cores: the stack is told so, and what it registers holds the lab to it. */
const FUNCTIONS_CAPACITY = {
  "api.rateLimit": "80",
  "api.burstLimit": "160",
  "capacity.intakeConcurrency": "8",
  "capacity.settlementConcurrency": "2",
} as const;

/** Name of the lab's clients where callers bring a key. */
export const TRADER_KEY = "trader";

/** The lab's clients may trade for everybody, by whatever callers bring there. */
const callersOf = (apiAuth = "iam"): string | undefined =>
  apiAuth === "none" ? undefined : JSON.stringify({ [apiAuth === "iam" ? LAB_TRADER : TRADER_KEY]: ["*"] });

/** The configuration that the lab's stack has, keys with the project's prefix: its stack file, the lab's own names, and what was asked for. */
export function labConfig(config: ProvisionOptions["config"], stack = "dev"): Record<string, string> {
  const name = { domainName: LAB_DOMAIN, hostedZoneId: "Z00000000LAB", hostedZoneName: undefined, createHostedZone: undefined };
  const overridden = (more: Readonly<Record<string, string | undefined>>): Record<string, string> =>
    stackConfig(
      stackFile(stack),
      Object.fromEntries(Object.entries({ ...name, ...more, ...config }).map(([key, value]) => [`${PROJECT}:${key}`, value])),
    );
  const { [`${PROJECT}:compute`]: compute = "lambda", [`${PROJECT}:apiAuth`]: apiAuth } = overridden({});
  return overridden({ callers: callersOf(apiAuth), ...(compute === "lambda" ? FUNCTIONS_CAPACITY : {}) });
}

/** Runs the program; resolves when every resource is there and the frequent schedules' functions have been started once. */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  const places: Place[] = options.regions.map(({ site, region, endpoint }) => ({ site, region, endpoint }));
  const publicName = { from: `https://${LAB_DOMAIN}`, to: options.publicUrl };
  const config = labConfig(options.config, options.stack);
  const job: ProgramJob = {
    program: options.program ?? path.join(ROOT, "index.ts"),
    stack: "drill",
    config,
    places,
    publicName,
  };
  const { registered, outputs } = await runChild(job, options);

  const realizer = new Realizer(places, publicName);
  realizer.adopt(registered);
  await Promise.all(places.map((place) => realizer.kick(place.region)));
  return {
    get registered() {
      return realizer.registered();
    },
    outputs,
    wiring: (site) => {
      const place = places.find((one) => one.site === site);
      if (place === undefined) throw new Error(`no ${site} site in this lab`);
      return realizer.wiring(place);
    },
    reprovision: async (region, runtime) => {
      await realizer.reprovision(region, runtime);
      await realizer.kick(region);
    },
  };
}

async function runChild(job: ProgramJob, options: ProvisionOptions): Promise<{ registered: Registered[]; outputs: Plain }> {
  const registered: Registered[] = [];
  const child = fork(path.join(__dirname, "child.ts"), [], {
    cwd: ROOT,
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const told = (): string => output.join("").slice(-4000);
  return await new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      child.kill("SIGKILL");
      reject(
        new Error(`the program was not done after ${options.timeoutMs ?? 120_000} ms; ${registered.length} resources are there\n${told()}`),
      );
    }, options.timeoutMs ?? 120_000);
    child.once("exit", (code, signal) => {
      clearTimeout(timeout);
      // After "done" or "failed" the promise is settled and this changes nothing.
      reject(new Error(`the program's process ended early (${signal ?? code})\n${told()}`));
    });
    child.on("message", (news: ProgramNews) => {
      if (news.kind === "registered") {
        registered.push(news.item);
        options.onRegistered?.(news.item, registered.length);
      } else if (news.kind === "done") resolve({ registered, outputs: news.outputs });
      else reject(new Error(`the program failed: ${news.message}\n${told()}`));
    });
    child.send(job);
  });
}
