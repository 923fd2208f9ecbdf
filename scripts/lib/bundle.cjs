// Bundles by esbuild. CommonJS, because Pulumi's Node host requires it before anything is compiled.
const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const esbuild = require("esbuild");

const root = join(__dirname, "../..");

/** dist/handlers/<name>/index.mjs, one a Lambda function. Paths are relative to the root, so the bytes are the same in any folder. */
async function bundleHandlers() {
  const handlers = readdirSync(join(root, "handlers"))
    .filter((file) => file.endsWith(".ts") && file !== "ports.ts")
    .map((file) => file.slice(0, -3))
    .sort();
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(handlers.map((name) => [`${name}/index`, `handlers/${name}.ts`])),
    outdir: "dist/handlers",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    // Some of the SDK's dependencies are CommonJS and ask for Node's own modules by require.
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    legalComments: "none",
    logLevel: "warning",
  });
  return handlers;
}

/** dist/program.cjs: index.ts and components/ as one file; packages stay where they are. */
async function bundleProgram() {
  const outfile = join(root, "dist", "program.cjs");
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["index.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    sourcemap: "inline",
    logLevel: "warning",
    define: { "process.env.TRADE_FAILOVER_ROOT": JSON.stringify(root) },
  });
  return outfile;
}

module.exports = { bundleHandlers, bundleProgram, root };
