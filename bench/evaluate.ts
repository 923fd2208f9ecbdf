/**
 * Child of bench/evaluation.ts: evaluates a Pulumi program once under mocks that create nothing and prints one line of JSON.
 * `evaluate PROGRAM STACK_FILE`. Started as it is under tsx, or bundled under plain Node: the harness weighs the same in both.
 */
import * as pulumi from "@pulumi/pulumi";
import { answerCall } from "../lab/provision/calls";
import { recorded } from "../lab/provision/recorded";
import { isPlain } from "../lab/provision/values";
import { evaluate } from "../scripts/lib/evaluate";
import { stackConfig } from "../scripts/lib/stack-config";

async function main(program: string, stackFile: string): Promise<void> {
  const kinds: Record<string, number> = {};
  await evaluate({
    stack: "bench",
    config: stackConfig(stackFile),
    mocks: {
      newResource: ({ type, name, inputs, custom }) => {
        if (type.startsWith("aws:")) kinds[type] = (kinds[type] ?? 0) + 1;
        const plain = isPlain(inputs) ? inputs : {};
        if (!type.startsWith("aws:")) return { id: custom === false ? "" : `${name}_id`, state: plain };
        const { id, state } = recorded(type, "us-east-1", name, plain);
        return { id, state: { ...plain, ...state } };
      },
      call: ({ token, inputs }) => answerCall(token, "us-east-1", inputs),
    },
    load: () =>
      pulumi.runtime.runInPulumiStack(async () => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- a Pulumi program is a module that registers as it loads
        const loaded = require(program) as unknown;
        // Or one that exports a function, which the engine's host calls.
        return (await (typeof loaded === "function" ? (loaded as () => unknown)() : loaded)) as Record<string, unknown>;
      }),
  });
  const resources = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ resources, kinds, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

void main(process.argv[2] ?? "", process.argv[3] ?? "");
