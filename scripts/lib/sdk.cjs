// How the program uses Pulumi's SDK, which serves many that this one is not: it makes Lambda code of JavaScript functions (with the TypeScript
// compiler, npm's installer and V8's debugger), drives stacks, and reports each step of its own. What is not used here and costs time or memory at
// seven hundred resources is left out; DECISIONS 22 has the figures.
const Module = require("node:module");

/** What the SDK's modules load for closures and for stacks driven by a program: no part of an evaluation. */
const DEFERRED = new Set(["typescript", "@npmcli/arborist", "./automation"]);

/** Loads the SDK. What is deferred comes when something of it is read, as if it had been there. */
function loadSdk() {
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const now = () => load.call(this, request, parent, ...rest);
    return DEFERRED.has(request) && isOfTheSdk(parent) ? whenRead(now) : now();
  };
  try {
    return require("@pulumi/pulumi");
  } finally {
    Module._load = load;
  }
}

const isOfTheSdk = (parent) => /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");

/** A module's exports, which is loaded at the first look at them. */
function whenRead(load) {
  // Compiled imports ask for this member first, and copy all others where it is not there.
  return new Proxy({}, { get: (_, key) => (key === "__esModule" ? true : load()[key]), has: (_, key) => key in load() });
}

/**
 * The SDK keeps a stack trace with every promise it makes, some seventy a resource, and one of unlimited length with every resource; the engine's host
 * maps each of their lines to its source.
 */
function withoutTraces() {
  Error.stackTraceLimit = 0;
  // Asked for each trace that is read, those that lift the limit too.
  Error.prepareStackTrace = String;
}

/** Three messages a resource go to the engine in a row, each of which it throws away unless it was started with --debug. */
function withoutDebugMessages(sdk) {
  sdk.log.debug = () => Promise.resolve();
}

/** The host starts V8's debugger to learn where functions stand; it keeps a record of all code that is loaded afterwards. */
async function withoutDebugger() {
  const session = await require("@pulumi/pulumi/runtime/closure/v8Hooks").getSessionAsync();
  await new Promise((resolve) => session.post("Debugger.disable", resolve));
}

module.exports = { loadSdk, withoutDebugger, withoutDebugMessages, withoutTraces };
