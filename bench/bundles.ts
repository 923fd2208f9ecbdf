import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ensureLambdaNode } from "../lab/setup/lambda-node";
import { bundleHandlers } from "../scripts/lib/bundle";
import { median } from "./statistics";

const run = promisify(execFile);
const ROOT = join(__dirname, "..");
const PEER = "trade-processor";

export interface BundleSize {
  readonly kib: number;
  readonly gzipKib: number;
  /** From the start of `import` to its end, in a process of its own, on the Node.js that functions run on. */
  readonly loadMs: number;
}

export interface BundleResult {
  readonly handlers: Readonly<Record<string, BundleSize>>;
  /** The peer: the largest handler of the trade path, bundled with esbuild's defaults for Node. */
  readonly peer: BundleSize & { readonly handler: string; readonly how: string };
  /** Peer divided by ours. */
  readonly ratio: { readonly kib: number; readonly loadMs: number };
}

/** Size and cold load time of each function's bundle. */
export async function measureBundles(rounds: number): Promise<BundleResult> {
  const names = await bundleHandlers();
  const node = ensureLambdaNode((line) => console.log(line)).executable;
  const handlers: Record<string, BundleSize> = {};
  for (const name of names) handlers[name] = await measured(node, join(ROOT, "dist", "handlers", name, "index.mjs"), rounds);
  const outfile = join(ROOT, "dist", "bench", `${PEER}.cjs`);
  await build({
    entryPoints: [join(ROOT, "handlers/functions", `${PEER}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  const peer = await measured(node, outfile, rounds);
  const ours = handlers[PEER];
  if (ours === undefined) throw new Error(`there is no handler ${PEER}`);
  return {
    handlers,
    peer: { handler: PEER, how: "esbuild --bundle --platform=node", ...peer },
    ratio: { kib: peer.kib / ours.kib, loadMs: peer.loadMs / ours.loadMs },
  };
}

async function measured(node: string, file: string, rounds: number): Promise<BundleSize> {
  const code = readFileSync(file);
  const script = `const b=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)}).catch((e)=>{if(!/environment|variable/i.test(e.message))throw e});console.log(performance.now()-b);process.exit(0)`;
  const loads: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await run(node, ["--input-type=module", "-e", script], {
      env: { PATH: process.env.PATH, AWS_REGION: "us-east-1" },
    });
    loads.push(Number(stdout.trim().split("\n").at(-1)));
  }
  return { kib: code.length / 1024, gzipKib: gzipSync(code).length / 1024, loadMs: median(loads) };
}
