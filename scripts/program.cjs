// What the Pulumi engine starts (Pulumi.yaml, main): bundles the handlers and the program where their sources have changed, then runs it. So
// `pulumi up` needs no other command, and evaluates compiled code.
const { bundleHandlers, bundleProgram } = require("./lib/bundle.cjs");

// The SDK keeps a stack trace with every promise it makes, some thirty a resource, and the engine's host maps each of their lines to its source: with
// the traces an evaluation takes three times as long. TRADE_FAILOVER_STACKS=1 brings them back, to find out where an error comes from.
if (process.env.TRADE_FAILOVER_STACKS !== "1") Error.stackTraceLimit = 0;

module.exports = async () => {
  const [program] = await Promise.all([bundleProgram(), bundleHandlers()]);
  return require(program);
};
