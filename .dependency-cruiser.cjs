// Who may import whom. The folder tree is the architecture; this file is what keeps it so.
const PULUMI = "node_modules/@pulumi/";
const SDK = "node_modules/@(aws-sdk|smithy)/";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-barrels",
      severity: "error",
      comment: "index files hide where a thing comes from",
      from: {},
      to: { path: ["^(components|handlers|client|lab)/index[.]ts$", "^(components|handlers|client|lab)/.*/index[.]ts$"] },
    },
    {
      name: "program-imports-components-only",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { pathNot: ["^(components|contract)/", PULUMI] },
    },
    {
      name: "components-reach-handlers-by-type-or-path-only",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^(handlers|client|lab|bench|scripts|tests|policies)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-contract-imports-nothing",
      severity: "error",
      comment: "plain data and types that several parts must agree on",
      from: { path: "^contract/" },
      to: { pathNot: "^contract/" },
    },
    {
      name: "settings-stand-alone",
      severity: "error",
      comment: "components are layers: settings, foundation, site, global; each stands on those before it",
      from: { path: "^components/settings/" },
      to: { path: "^components/(foundation|site|global)/" },
    },
    {
      name: "the-foundation-knows-no-site",
      severity: "error",
      from: { path: "^components/foundation/" },
      to: { path: "^components/(site|global)/" },
    },
    { name: "a-site-knows-nothing-global", severity: "error", from: { path: "^components/site/" }, to: { path: "^components/global/" } },
    {
      name: "core-is-pure",
      severity: "error",
      comment: "handlers/core decides; it imports the ports' types and itself, nothing else",
      from: { path: "^handlers/core/" },
      to: { pathNot: ["^contract/", "^handlers/(core|trade)/", "^handlers/ports\\.ts$"] },
    },
    {
      name: "core-takes-only-types-of-ports",
      severity: "error",
      from: { path: "^handlers/core/" },
      to: { path: "^handlers/ports\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    { name: "sdk-only-in-adapters", severity: "error", from: { path: "^handlers/", pathNot: "^handlers/adapters/" }, to: { path: SDK } },
    {
      name: "handlers-stand-alone",
      severity: "error",
      from: { path: "^handlers/" },
      to: { path: ["^(components|lab|bench|scripts|tests|policies|client)/", PULUMI] },
    },
    {
      name: "the-service-runs-the-trade",
      severity: "error",
      comment: "the same cores and adapters as the functions have, over HTTP and a consumer of its own",
      from: { path: "^service/" },
      to: { path: ["^(?!(service|handlers|contract)/).*\\.ts$", PULUMI] },
    },
    {
      name: "conformance-shares-nothing-with-what-it-judges",
      severity: "error",
      from: { path: "^conformance/" },
      to: { path: "^(?!conformance/).*\\.ts$", pathNot: "node_modules" },
    },
    {
      name: "client-stands-alone",
      severity: "error",
      from: { path: "^client/", pathNot: "^client/signing/" },
      to: { path: ["^(?!(client|contract)/).*\\.ts$", "node_modules"], pathNot: "@types/node" },
    },
    {
      name: "the-checker-shares-nothing-with-what-it-judges",
      severity: "error",
      from: { path: "^lab/drill/check" },
      to: { path: "^(handlers|components|client)/" },
    },
    {
      name: "policies-judge-registrations-only",
      severity: "error",
      from: { path: "^policies/" },
      to: { path: "^(components|handlers|lab|client)/" },
    },
    {
      name: "operate-reaches-a-stack-by-its-outputs",
      severity: "error",
      comment: "what an operator runs knows the deployed stack only, not the program that made it",
      from: { path: "^operate/", pathNot: "^operate/preflight/" },
      to: { path: "^(components|lab|bench|scripts|tests|policies|client|simulation)/" },
    },
    {
      name: "the-preflight-reads-a-stack-before-it-is-there",
      severity: "error",
      comment: "it has no outputs to go by: it reads the stack's file as the program does, and asks the account",
      from: { path: "^operate/preflight/" },
      to: {
        path: "^(components|lab|bench|scripts|tests|policies|client|simulation)/",
        pathNot: "^(components/settings/|scripts/lib/stack-config[.]ts$)",
      },
    },
    {
      name: "the-simulations-checkers-share-nothing-with-what-they-judge",
      severity: "error",
      comment: "they are told facts (kernel/history) and work the rest out themselves",
      from: { path: "^simulation/checkers/" },
      to: { pathNot: ["^simulation/checkers/", "^simulation/kernel/history\\.ts$"] },
    },
    {
      name: "the-simulation-stands-beside",
      severity: "error",
      comment: "it runs the system and is no part of it, of the lab or of the tests",
      from: { path: "^simulation/" },
      to: { path: "^(lab|bench|scripts|operate|tests|policies)/" },
    },
    {
      name: "emulation-knows-nobody",
      severity: "error",
      comment:
        "pure models of AWS's rules, one a level, which lab, simulation and tests share: judged by nothing of the system, and no part of it",
      from: { path: "^emulation/" },
      to: { pathNot: ["^(emulation|contract)/", "node_modules/jsonata/"] },
    },
    {
      name: "the-system-is-not-its-emulation",
      severity: "error",
      from: { path: "^(components|handlers|service|client|policies|operate|contract)/" },
      to: { path: "^emulation/" },
    },
    {
      name: "leaves-stay-leaves",
      severity: "error",
      from: { path: "^(lab|client|handlers|components|policies|service)/" },
      to: { path: "^(bench|tests|operate|simulation|conformance)/" },
    },
    {
      name: "a-game-day-stands-on-top",
      severity: "error",
      comment: "it plays the drill's clients and report on a stack that it knows by its outputs; nothing knows it",
      from: { path: "^(?!(gameday|tests)/)" },
      to: { path: "^gameday/" },
    },
    {
      name: "a-game-day-knows-no-program",
      severity: "error",
      from: { path: "^gameday/" },
      to: { path: "^(components|bench|scripts|tests|policies|simulation|emulation)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|drill-report)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
