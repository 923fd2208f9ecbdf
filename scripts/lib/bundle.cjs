// Bundles by esbuild. CommonJS, because Pulumi's Node host requires it before anything is compiled. What is there already for the same sources is
// not made again: an update that changes no code must not wait for it.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const root = join(__dirname, "../..");

const FOR_NODE = {
  minify: true,
  format: "esm",
  mainFields: ["module", "main"],
  // Some of the SDK's dependencies are CommonJS and ask for Node's own modules by require.
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
  legalComments: "none",
};

/** dist/handlers/<name>/index.mjs, one a Lambda function. Paths are relative to the root, so the bytes are the same in any folder. */
async function bundleHandlers() {
  const handlers = readdirSync(join(root, "handlers/functions"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3))
    .sort();
  const outputs = handlers.map((name) => `dist/handlers/${name}/index.mjs`);
  await unlessMade("handlers", [...sourcesBelow("handlers"), ...sourcesBelow("contract")], outputs, () => ({
    entryPoints: Object.fromEntries(handlers.map((name) => [`${name}/index`, `handlers/functions/${name}.ts`])),
    outdir: "dist/handlers",
    outExtension: { ".js": ".mjs" },
    ...FOR_NODE,
  }));
  return handlers;
}

/** dist/service/index.mjs: the server, with all that it needs but Node. */
async function bundleService() {
  const outfile = "dist/service/index.mjs";
  const sources = ["service", "handlers", "contract"].flatMap(sourcesBelow);
  await unlessMade("service", sources, [outfile], () => ({
    entryPoints: ["service/main.ts"],
    outfile,
    ...FOR_NODE,
    // Errors of its packages are told by their names.
    keepNames: true,
    // An optional part of the driver in C++, which is not used.
    external: ["pg-native"],
  }));
  return join(root, outfile);
}

/** dist/program.cjs: index.ts and components/ as one file; packages stay where they are. */
async function bundleProgram() {
  const outfile = "dist/program.cjs";
  await unlessMade(
    "program",
    ["index.ts", ...sourcesBelow("components"), ...sourcesBelow("contract")],
    [outfile, `${outfile}.map`],
    () => ({
      entryPoints: ["index.ts"],
      outfile,
      format: "cjs",
      packages: "external",
      sourcemap: "linked",
      sourcesContent: false,
      define: { "process.env.TRADE_FAILOVER_ROOT": JSON.stringify(root) },
    }),
  );
  return join(root, outfile);
}

/** dist/evaluator.cjs: what runs the program for the tests, compiled as the program is. */
async function bundleEvaluator() {
  const outfile = "dist/evaluator.cjs";
  const sources = [...sourcesBelow("tests/support"), ...sourcesBelow("scripts/lib")];
  await unlessMade("evaluator", sources, [outfile], () => ({
    entryPoints: ["tests/support/evaluation/evaluator.ts"],
    outfile,
    format: "cjs",
    packages: "external",
  }));
  return join(root, outfile);
}

const sourcesBelow = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`)
    .sort();

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const contentsOf = (files) => files.flatMap((file) => [file, readFileSync(join(root, file))]);
/** Of what was written: megabytes, of which size and time tell enough. */
const seen = (files) => files.map((file) => statSync(join(root, file))).map(({ size, mtimeMs }) => `${size} ${mtimeMs}`);

/** Builds, and notes of what it was made and what came out; where both are still so, it is not made again. */
async function unlessMade(name, sources, outputs, options) {
  const stamp = join(root, "dist", `.${name}.json`);
  // The lock file stands for the packages, this file for how they are bundled.
  const also = ["package-lock.json", "tsconfig.json", "scripts/lib/bundle.cjs"].filter((file) => existsSync(join(root, file)));
  const made = sha256(root, ...contentsOf([...sources, ...also]));
  const there = () => outputs.every((file) => existsSync(join(root, file)));
  const note = () => JSON.stringify({ made, outputs: seen(outputs) });
  if (existsSync(stamp) && there() && readFileSync(stamp, "utf8") === note()) return;
  const common = { absWorkingDir: root, bundle: true, platform: "node", target: "node20", logLevel: "warning" };
  await require("esbuild").build({ ...common, ...options() });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, note());
}

module.exports = { bundleEvaluator, bundleHandlers, bundleProgram, bundleService, root };
