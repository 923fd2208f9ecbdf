/**
 * Child of bench/evaluation.ts: evaluates a Pulumi program once under mocks that create nothing and prints one line of JSON.
 * `evaluate PROGRAM STACK_FILE`. Of the SDK it loads before the program what the engine's host (cmd/run) has by then, and no more. Started as it is
 * under tsx, or bundled under plain Node: the harness weighs the same in both.
 */
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { setMocks } from "@pulumi/pulumi/runtime/mocks";
import { disconnect } from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import { answerCall } from "../lab/provision/calls";
import { stackConfig } from "../lab/provision/config";
import { recorded } from "../lab/provision/recorded";
import { isPlain } from "../lab/provision/values";

const PROJECT = "trade-failover";
/** Beside the imports above. */
const HOST = ["@pulumi/pulumi/tsutils", "@pulumi/pulumi/cmd/run/instrumentation", "@pulumi/pulumi/cmd/run/tracing"];

async function loadAsTheHost(): Promise<void> {
  HOST.forEach((name) => void load(name));
  // It has V8's debugger running, too.
  await (load("@pulumi/pulumi/runtime/closure/v8Hooks") as { isInitializedAsync: () => Promise<void> }).isInitializedAsync();
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a Pulumi program is a module that registers as it loads
const load = (name: string): unknown => require(name);

async function main(program: string, stackFile: string): Promise<void> {
  const kinds: Record<string, number> = {};
  await loadAsTheHost();
  setAllConfig(stackConfig(stackFile, {}));
  await setMocks(
    {
      newResource: async ({ type, name, inputs, custom }) => {
        if (type.startsWith("aws:")) kinds[type] = (kinds[type] ?? 0) + 1;
        const plain = isPlain(inputs) ? inputs : {};
        if (!type.startsWith("aws:")) return { id: custom === false ? "" : `${name}_id`, state: plain };
        const { id, state } = recorded(type, "us-east-1", name, plain);
        return { id, state: { ...plain, ...state } };
      },
      call: async ({ token, inputs }) => answerCall(token, "us-east-1", inputs),
    },
    PROJECT,
    "bench",
    false,
  );
  await runInPulumiStack(async () => {
    const loaded = load(program);
    // Or one that exports a function, which the engine's host calls.
    return (await (typeof loaded === "function" ? (loaded as () => unknown)() : loaded)) as Record<string, unknown>;
  });
  await disconnect();
  const resources = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ resources, kinds, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

void main(process.argv[2] ?? "", process.argv[3] ?? "");
