/** What scripts/lib/sdk.cjs leaves out of Pulumi's SDK: it is gone while the program runs, and there for who asks for it. */
import { assert } from "chai";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** Runs `body` in a process that has loaded the SDK as the program does; answers what it returns. */
function inProcess(body: string): unknown {
  const script = `
    const sdk = require("./scripts/lib/sdk.cjs");
    const pulumi = sdk.loadSdk();
    const loaded = (part) => Object.keys(require.cache).some((file) => file.replaceAll("\\\\", "/").includes(part));
    (async () => { ${body} })().then((told) => console.log(JSON.stringify(told)));`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8", timeout: 120_000 }));
}

describe("the SDK as the program loads it", function () {
  this.timeout(120_000);

  it("leaves compiler, installer and automation where they are until something of them is read", () => {
    const told = inProcess(`
      const parts = ["node_modules/typescript/", "@npmcli/arborist/", "@pulumi/pulumi/automation/"];
      const before = parts.map(loaded);
      const create = typeof pulumi.automation.LocalWorkspace.create;
      return { before, create, after: loaded(parts[2]), others: require("typescript").version === require("typescript/package.json").version };`);
    assert.deepEqual(told, { before: [false, false, false], create: "function", after: true, others: true });
  });

  it("makes code of a function all the same, without the debugger too", () => {
    const told = inProcess(`
      await sdk.withoutDebugger();
      const price = { of: [2, 3] };
      return (await pulumi.runtime.serializeFunction(() => price.of.length)).text;`);
    assert.include(told, "price.of.length");
    assert.include(told, "[2, 3]");
  });

  it("takes no trace, with the host's source maps or without, but keeps what an error says", () => {
    const told = inProcess(`
      require("source-map-support/register");
      const unlimited = () => { const limit = Error.stackTraceLimit; Error.stackTraceLimit = Infinity; try { return new TypeError("broken").stack; } finally { Error.stackTraceLimit = limit; } };
      const traced = unlimited().split("\\n").length > 1;
      sdk.withoutTraces();
      return [traced, unlimited(), new Error("known").stack];`);
    assert.deepEqual(told, [true, "TypeError: broken", "Error: known"]);
  });

  it("sends the engine no debug messages, but all others", async () => {
    const told = inProcess(`
      const sent = [];
      const settings = require("@pulumi/pulumi/runtime/settings");
      const engine = { log: (request, done) => { sent.push(request.getMessage()); done(); } };
      settings.getEngine = () => engine;
      await pulumi.log.debug("first");
      sdk.withoutDebugMessages(pulumi);
      await require("@pulumi/pulumi/log").debug("second");
      await pulumi.log.warn("third");
      return sent;`);
    assert.deepEqual(told, ["first", "third"]);
  });
});
