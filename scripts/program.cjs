// What the Pulumi engine starts (Pulumi.yaml, main): bundles the handlers, the service and the program where their sources have changed, then runs it. So
// `pulumi up` needs no other command, and evaluates compiled code.
const { bundleHandlers, bundleProgram, bundleService } = require("./lib/bundle.cjs");

module.exports = async () => {
  const [program] = await Promise.all([bundleProgram(), bundleHandlers(), bundleService()]);
  return require(program);
};
