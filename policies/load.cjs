// What the Pulumi engine loads (package.json, main): compiles index.ts in memory, about 50 ms, where the runtime's own compiler would check types first.
const Module = require("node:module");
const { join } = require("node:path");
const { buildSync } = require("esbuild");

const entry = join(__dirname, "index.ts");
const {
  outputFiles: [bundle],
} = buildSync({
  entryPoints: [entry],
  absWorkingDir: __dirname,
  bundle: true,
  write: false,
  platform: "node",
  target: "node20",
  format: "cjs",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});

const pack = new Module(entry, module);
pack.filename = entry;
pack.paths = module.paths;
pack._compile(bundle.text, entry);
module.exports = pack.exports;
