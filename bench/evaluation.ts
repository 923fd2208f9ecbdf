import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { parse } from "yaml";
import { bundleHandlers, bundleProgram } from "../scripts/lib/bundle";
import { ensureOwnPackages } from "../scripts/lib/own-packages";
import { median } from "./statistics";

const run = promisify(execFile);
const ROOT = join(__dirname, "..");
/** The CDK is large and serves this comparison only. */
const CDK = join(__dirname, "cdk");
/** The stack with most in it. */
const STACK = join(ROOT, "Pulumi.prod.yaml");

export interface Evaluation {
  /** AWS resources; components and providers come on top. */
  readonly resources: number;
  /** Wall time of the whole process, which is what a person waits for. */
  readonly processMs: number;
  readonly peakMb: number;
}

export interface EvaluationResult {
  /** As `pulumi up` runs it: Pulumi.yaml's entry and options, the host's source maps; nothing has changed since the last bundling. */
  readonly program: Evaluation;
  /** The first time, or after the handlers have changed: bundling comes on top. */
  readonly bundlingMs: number;
  /** The peer: an AWS CDK program with as many resources of the same kinds, synthesised. */
  readonly cdk: Evaluation & { readonly version: string };
  /** The same program, compiled as it loads. */
  readonly tsx: Evaluation;
  /** Peer divided by ours. */
  readonly ratio: { readonly cdkMs: number; readonly cdkMb: number; readonly tsxMs: number };
  readonly goals: { readonly processMs: number; readonly peakMb: number; readonly met: boolean };
}

const GOALS = { processMs: 2_000, peakMb: 300 };

/** Time and memory of evaluating the program, beside an AWS CDK program and the same program under tsx, by turns. */
export async function measureEvaluation(rounds: number, onStep: (line: string) => void): Promise<EvaluationResult> {
  ensureOwnPackages(CDK, "the AWS CDK into bench/cdk", onStep);
  const scratch = mkdtempSync(join(tmpdir(), "trade-failover-bench-"));
  try {
    const harness = join(ROOT, "dist", "bench", "evaluate.cjs");
    await bundleHarness(harness);
    const bundlingMs = await timeBundling();
    const kinds = join(scratch, "kinds.json");
    const entry = join(ROOT, "scripts", "program.cjs");
    const { nodeArgs } = engineOptions();
    writeFileSync(kinds, JSON.stringify((await once([...nodeArgs, harness, entry, STACK])).kinds));
    const variants = {
      program: [...nodeArgs, "-r", "source-map-support/register", harness, entry, STACK],
      cdk: [join(CDK, "app.cjs"), kinds, join(scratch, "cdk.out")],
      tsx: ["--import", "tsx", join(__dirname, "evaluate.ts"), join(ROOT, "index.ts"), STACK],
    };
    const samples: Record<keyof typeof variants, Evaluation[]> = { program: [], cdk: [], tsx: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of ["program", "cdk", "tsx"] as const) samples[variant].push(await once(variants[variant]));
    }
    const [program, cdk, tsx] = [middle(samples.program), middle(samples.cdk), middle(samples.tsx)];
    const ratio = {
      cdkMs: cdk.processMs / program.processMs,
      cdkMb: cdk.peakMb / program.peakMb,
      tsxMs: tsx.processMs / program.processMs,
    };
    const met = program.processMs < GOALS.processMs && program.peakMb < GOALS.peakMb;
    return { program, bundlingMs, cdk: { ...cdk, version: cdkVersion() }, tsx, ratio, goals: { ...GOALS, met } };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const cdkVersion = (): string =>
  (JSON.parse(readFileSync(join(CDK, "node_modules", "aws-cdk-lib", "package.json"), "utf8")) as { version: string }).version;

/** What Pulumi.yaml has the engine's host start Node with. */
function engineOptions(): { readonly nodeArgs: readonly string[] } {
  const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { runtime: { options?: { nodeargs?: string } } };
  return { nodeArgs: (runtime.options?.nodeargs ?? "").split(" ").filter(Boolean) };
}

async function bundleHarness(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(__dirname, "evaluate.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    logLevel: "warning",
  });
}

async function timeBundling(): Promise<number> {
  for (const name of ["handlers", "program"]) rmSync(join(ROOT, "dist", `.${name}.json`), { force: true });
  const began = performance.now();
  await Promise.all([bundleProgram(), bundleHandlers()]);
  return performance.now() - began;
}

async function once(args: readonly string[]): Promise<Evaluation & { readonly kinds?: Readonly<Record<string, number>> }> {
  const began = performance.now();
  const { stdout } = await run(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", TRADE_FAILOVER_ROOT: ROOT, JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1" },
  });
  const processMs = performance.now() - began;
  const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Omit<Evaluation, "processMs">;
  return { ...told, processMs };
}

function middle(samples: readonly Evaluation[]): Evaluation {
  const of = (pick: (sample: Evaluation) => number): number => median(samples.map(pick));
  return { resources: of((s) => s.resources), processMs: of((s) => s.processMs), peakMb: of((s) => s.peakMb) };
}
