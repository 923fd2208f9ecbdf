import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { parse } from "yaml";
import { SIMULATED, type RtoSettings } from "./settings";

const ROOT = join(__dirname, "..");

/** A change of the system's source: the pattern must be found exactly once. */
export interface Mutation {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** All that a worker needs, as text and figures. */
export interface Built {
  /** The simulation itself, with the client and the state machines' definitions. */
  readonly runner: string;
  /** Each function's bundle by its name. */
  readonly bundles: Readonly<Record<string, string>>;
  readonly rto: RtoSettings;
}

/** A source text with the mutation in it. @throws when the pattern is not there exactly once. */
export function mutated(source: string, { file, find, replace }: Mutation): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`mutation of ${file}: the pattern is there ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}

/** What the functions are made of. The simulation compares what they do with the same sources, as they are. */
const isHandlers = ({ file }: Mutation): boolean => file.startsWith("handlers/");

function mutate(mutation: Mutation | undefined, applied: Set<string>): Plugin {
  return {
    name: "mutate",
    setup: (hooks) => {
      if (!mutation) return;
      hooks.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== join(ROOT, mutation.file)) return undefined;
        applied.add(mutation.file);
        return { contents: mutated(readFileSync(path, "utf8"), mutation), loader: "ts" };
      });
    },
  };
}

/** Every package of the AWS SDK becomes the simulated one: what it lacks is an error of the build. */
const SDK: Plugin = {
  name: "simulated-sdk",
  setup: (hooks) => {
    hooks.onResolve({ filter: /^@(aws-sdk|aws-crypto|smithy)\// }, () => ({ path: join(ROOT, "simulation/sdk/aws.ts") }));
  },
};

/** The helpers that esbuild writes for `{ ...a, b }`. */
const SPREAD_HELPER = /^var (__spreadValues|__spreadProps) = \(a, b\) => (?:\{$[^]*?^\};|__defProps\(.*\);)$/gm;

/**
 * Spreads as `Object.assign`. V8 gives the object of a spread with a property behind it a new shape each time, by its slow path: code that meets such
 * objects never gets fast, and worlds are full of them. @throws when esbuild's helpers no longer look as they are known.
 */
function assigned(code: string): string {
  const text = code.replace(SPREAD_HELPER, "var $1 = Object.assign;");
  const [left] = /^var __spread\w+ = (?!Object\.assign;$).*$/m.exec(text) ?? [];
  if (left !== undefined) throw new Error(`esbuild's helper for spreads is not known: ${left}`);
  return text;
}

/** Hands a function's handler to who starts it: the wrapper that a module with exports gets costs each cold start more than the module. */
const START: Plugin = {
  name: "start",
  setup: (hooks) => {
    hooks.onResolve({ filter: /^start:/ }, ({ path }) => ({ path: path.slice("start:".length), namespace: "start" }));
    hooks.onLoad({ filter: /.*/, namespace: "start" }, ({ path }) => ({
      contents: `import { handler } from "./handlers/functions/${path}"; __start(handler);`,
      resolveDir: ROOT,
    }));
  },
};

function rtoSettings(mutation: Mutation | undefined): RtoSettings {
  const text = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8");
  const { config } = parse(mutation?.file === "Pulumi.yaml" ? mutated(text, mutation) : text) as {
    config: Record<string, { default: number }>;
  };
  const entries = Object.entries(config).flatMap(([key, { default: value }]) =>
    key.startsWith("rto.") ? [[key.slice("rto.".length), value] as const] : [],
  );
  return Object.fromEntries(entries) as unknown as RtoSettings;
}

/** Bundles the functions with the simulated SDK and the simulation itself, with at most one mutation of the system's source. */
export async function buildSimulation(mutation?: Mutation): Promise<Built> {
  const applied = new Set<string>();
  if (mutation?.file === "Pulumi.yaml") applied.add(mutation.file);
  const names = [...SIMULATED];
  const common: BuildOptions = {
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    supported: { "object-rest-spread": false },
  };
  const functions = await build({
    ...common,
    write: false,
    entryPoints: Object.fromEntries(names.map((name) => [name, `start:${name}`])),
    outdir: "/out",
    banner: { js: '"use strict";' },
    plugins: [START, SDK, mutate(mutation, applied)],
  });
  const runner = await build({
    ...common,
    write: false,
    plugins: mutation && isHandlers(mutation) ? [] : [mutate(mutation, applied)],
    inject: [join(ROOT, "simulation/kernel/abort.ts")],
    entryPoints: [join(ROOT, "simulation/worker.ts")],
    outfile: "/out/worker.js",
  });
  if (mutation && !applied.has(mutation.file)) throw new Error(`mutation of ${mutation.file}: nothing that runs here loads that file`);
  const bundles = Object.fromEntries(
    functions.outputFiles.map(({ path, text }) => [/([\w-]+)\.js$/.exec(path)?.[1] ?? path, assigned(text)]),
  );
  return { runner: assigned(runner.outputFiles[0]?.text ?? ""), bundles, rto: rtoSettings(mutation) };
}
