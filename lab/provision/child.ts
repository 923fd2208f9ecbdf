/**
 * Runs the program under mocks that make its resources real. Its own process, because Pulumi's mocks are global to a process and its runtime
 * keeps the memory it took. Started by `run-program.ts` with an IPC channel: one `ProgramJob` comes in, `ProgramNews` go out.
 */
import * as pulumi from "@pulumi/pulumi";
import { evaluate } from "../../scripts/lib/evaluate";
import { PROJECT } from "../../scripts/lib/stack-config";
import { markAsset, type PlainAsset } from "./assets";
import { answerCall } from "./calls";
import type { Place } from "./context";
import { Realizer } from "./realizer";
import type { Registered } from "../types";
import { isPlain, type Plain } from "./values";

const IMAGE = "awsx:ecr:Image";

export interface ProgramJob {
  readonly program: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly places: readonly Place[];
  readonly publicName: { readonly from: string; readonly to: string };
}

export type ProgramNews =
  | { readonly kind: "registered"; readonly item: Registered }
  | { readonly kind: "done"; readonly outputs: Plain }
  | { readonly kind: "failed"; readonly message: string };

const send = async (news: ProgramNews): Promise<void> =>
  await new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(news, () => resolve());
  });

async function plainAsset(value: unknown): Promise<PlainAsset | undefined> {
  if (value instanceof pulumi.asset.FileAsset) return { file: await value.path };
  if (value instanceof pulumi.asset.StringAsset) return { text: await value.text };
  if (value instanceof pulumi.asset.FileArchive) return { folder: await value.path };
  if (value instanceof pulumi.asset.AssetArchive) {
    const entries = await Promise.all(
      Object.entries(await value.assets).map(async ([name, inner]) => {
        const plain = await plainAsset(inner);
        if (plain === undefined) throw new Error(`archive entry ${name} is neither a file nor text`);
        return [name, plain] as const;
      }),
    );
    return { archive: Object.fromEntries(entries) };
  }
  return undefined;
}

/** Inputs as plain JSON: secrets unwrapped, assets marked. */
async function plain(value: unknown): Promise<unknown> {
  if (pulumi.runtime.isRpcSecret(value)) return await plain(pulumi.runtime.unwrapRpcSecret(value));
  const asset = await plainAsset(value);
  if (asset !== undefined) return markAsset(asset);
  if (Array.isArray(value)) return await Promise.all(value.map(plain));
  if (!isPlain(value)) return value;
  const entries = await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await plain(inner)] as const));
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined && inner !== null));
}

async function run(job: ProgramJob): Promise<Plain> {
  const realizer = new Realizer(job.places, job.publicName);
  const regions = new Map<string, string>();
  /** A provider reference is `<urn>::<id>`; the fourth part of the URN is the provider's name. */
  const regionOf = (reference: string | undefined): string => regions.get(reference?.split("::")[3] ?? "") ?? "";

  // A resource that nothing waits for fails into the void: its error must not be missed.
  let failure: Error | undefined;
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  };

  const exported = await evaluate({
    stack: job.stack,
    config: job.config,
    mocks: {
      newResource: (args) =>
        watched(async () => {
          const inputs = (await plain(args.inputs)) as Plain;
          if (args.type === "pulumi:providers:aws") {
            regions.set(args.name, String(inputs["region"]));
            return { id: `${args.name}_id`, state: inputs };
          }
          // Nobody builds it here: what it would run, the lab starts as a process.
          if (args.type === IMAGE)
            return { id: "", state: { ...inputs, imageUri: `${String(inputs["repositoryUrl"])}@sha256:${"0".repeat(64)}` } };
          if (!args.type.startsWith("aws:")) return { id: args.custom === false ? "" : `${args.name}_id`, state: inputs };
          const item = await realizer.realize({
            urn: `urn:pulumi:${job.stack}::${PROJECT}::${args.type}::${args.name}`,
            type: args.type,
            name: args.name,
            region: typeof inputs["region"] === "string" ? inputs["region"] : regionOf(args.provider),
            inputs,
          });
          await send({ kind: "registered", item });
          return { id: item.id, state: item.state };
        }),
      call: (args) => watched(async () => answerCall(args.token, regionOf(args.provider), await plain(args.inputs))),
    },
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a Pulumi program is a module that registers as it loads
    load: () => require(job.program) as Record<string, unknown>,
  });
  if (failure !== undefined) throw failure;
  await realizer.complete();
  const outputs = await outputsOf(exported);
  // One turn for rejections that nobody handled, such as an error in the program's own code.
  await new Promise((resolve) => setImmediate(resolve));
  return outputs;
}

async function outputsOf(exported: Record<string, unknown>): Promise<Plain> {
  const resolved: unknown = await new Promise((resolve) => pulumi.output(exported).apply(resolve));
  return (await plain(resolved)) as Plain;
}

function failed(error: unknown): void {
  void send({ kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) }).then(() =>
    process.exit(1),
  );
}

process.on("unhandledRejection", failed);
process.on("uncaughtException", failed);
// The parent's end is this process's end: nothing may be left behind.
process.on("disconnect", () => process.exit(1));
process.once("message", (job: ProgramJob) => {
  run(job).then(
    (outputs) => void send({ kind: "done", outputs }).then(() => process.exit(0)),
    (error: unknown) => failed(error),
  );
});
