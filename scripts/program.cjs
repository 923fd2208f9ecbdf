// What the Pulumi engine starts (Pulumi.yaml, main): bundles the handlers and the program where their sources have changed, then runs it. So
// `pulumi up` needs no other command, and evaluates compiled code.
const { bundleHandlers, bundleProgram } = require("./lib/bundle.cjs");
const { loadSdk, withoutDebugger, withoutDebugMessages, withoutTraces } = require("./lib/sdk.cjs");

// What the SDK does to help find an error takes two thirds of an evaluation. TRADE_FAILOVER_STACKS=1 brings it back, to find out where one comes from.
const helping = process.env.TRADE_FAILOVER_STACKS === "1";

if (!helping) withoutTraces();

module.exports = async () => {
  const sdk = loadSdk();
  if (!helping) {
    withoutDebugMessages(sdk);
    await withoutDebugger();
  }
  const [program] = await Promise.all([bundleProgram(), bundleHandlers()]);
  return require(program);
};
