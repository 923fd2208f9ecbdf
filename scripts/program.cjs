// What the Pulumi engine starts (Pulumi.yaml, main): bundles the handlers and the program where their sources have changed, then runs it. So
// `pulumi up` needs no other command, and evaluates compiled code.
const { bundleHandlers, bundleProgram } = require("./lib/bundle.cjs");

module.exports = async () => {
  const [program] = await Promise.all([bundleProgram(), bundleHandlers()]);
  return require(program);
};
