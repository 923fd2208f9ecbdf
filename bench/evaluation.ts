import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundleProgram } from "../scripts/lib/bundle";
import { median } from "./statistics";

const run = promisify(execFile);
const ROOT = join(__dirname, "..");

export interface Evaluation {
  readonly resources: number;
  /** Wall time of the whole process, which is what a person waits for. */
  readonly processMs: number;
  readonly evaluationMs: number;
  readonly peakMb: number;
}

export interface EvaluationResult {
  /** As Pulumi.yaml has it: the program compiled to one file by esbuild. */
  readonly precompiled: Evaluation;
  /** The peer: the same program, compiled as it loads. */
  readonly tsx: Evaluation;
  readonly ratio: { readonly processMs: number; readonly peakMb: number };
}

/** Time and memory of evaluating the program, precompiled and compiled as it loads, by turns. */
export async function measureEvaluation(rounds: number): Promise<EvaluationResult> {
  const harness = join(ROOT, "dist", "bench", "evaluate.cjs");
  const program = await bundleProgram();
  await build({
    entryPoints: [join(__dirname, "evaluate.ts")],
    outfile: harness,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    logLevel: "warning",
  });
  const stack = join(ROOT, "Pulumi.dev.yaml");
  const variants = {
    precompiled: [harness, program, stack],
    tsx: ["--import", "tsx", join(__dirname, "evaluate.ts"), join(ROOT, "index.ts"), stack],
  };
  const samples: Record<keyof typeof variants, Evaluation[]> = { precompiled: [], tsx: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of ["precompiled", "tsx"] as const) samples[variant].push(await once(variants[variant]));
  }
  const precompiled = middle(samples.precompiled);
  const tsx = middle(samples.tsx);
  return { precompiled, tsx, ratio: { processMs: tsx.processMs / precompiled.processMs, peakMb: tsx.peakMb / precompiled.peakMb } };
}

async function once(args: readonly string[]): Promise<Evaluation> {
  const began = performance.now();
  const { stdout } = await run(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", TRADE_FAILOVER_ROOT: ROOT },
  });
  const processMs = performance.now() - began;
  const { resources, ms, peakMb } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as {
    resources: number;
    ms: number;
    peakMb: number;
  };
  return { resources, processMs, evaluationMs: ms, peakMb };
}

function middle(samples: readonly Evaluation[]): Evaluation {
  const of = (pick: (sample: Evaluation) => number): number => median(samples.map(pick));
  return {
    resources: of((s) => s.resources),
    processMs: of((s) => s.processMs),
    evaluationMs: of((s) => s.evaluationMs),
    peakMb: of((s) => s.peakMb),
  };
}
