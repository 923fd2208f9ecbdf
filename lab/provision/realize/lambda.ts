/** Lambda: functions run in Node processes of the region's emulator, from the very bundles that the program registered. */
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { credentialsOf } from "../../iam/facts";
import { readArchive } from "../assets";
import { ACCOUNT, arn, isError, unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { isPlain, member, members, optionalFlag, optionalNumber, optionalText, text, textMap, texts, type Plain } from "../values";
import { zip } from "../zip";
import { invokeUrl } from "./apigateway";

/** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` → that stage on the front of that region; undefined for anything else. */
function apiUrl(context: RealizeContext, value: string): string | undefined {
  const [, api, region, stage, rest = ""] =
    /^https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com\/([^/]+)(.*)$/.exec(value) ?? [];
  const place = context.places.find((one) => one.region === region);
  return api === undefined || stage === undefined || place === undefined ? undefined : invokeUrl(place.endpoint, api, stage) + rest;
}

/**
 * The environment that a function gets here. SDK calls go to the region's front. A queue of the other region is reached by this front as well
 * (it routes by the signature's region and sends it over the link between the regions, which can be cut). The public name becomes the lab's.
 * A site's own name below the public one leads to its front. APIs are reached at their own region's front, as over the internet. Queue URLs come as the emulator gave them or, where the program computes the peer's, as AWS writes them.
 */
export function localEnvironment(context: RealizeContext, variables: Record<string, string>): Record<string, string> {
  const here = context.place.endpoint;
  const rewrite = (value: string): string => {
    for (const place of context.places) {
      for (const host of [place.endpoint, `https://sqs.${place.region}.amazonaws.com`]) {
        if (value.startsWith(`${host}/${ACCOUNT}/`)) return here + value.slice(host.length);
      }
    }
    const api = apiUrl(context, value);
    if (api !== undefined) return api;
    const { from, to } = context.publicName;
    const site = context.places.find((place) => from !== "" && value.startsWith(from.replace("://", `://${place.site}.`)));
    if (site !== undefined) return site.endpoint + value.slice(from.length + site.site.length + 1);
    return from !== "" && value.startsWith(from) ? to + value.slice(from.length) : value;
  };
  return { ...Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, rewrite(value)])), AWS_ENDPOINT_URL: here };
}

/** Preloaded in each function's process: it makes these the credentials that the SDK finds. */
const IDENTITY = join(__dirname, "../../iam/function-identity.cjs");

/** A function's own key, by which its region's front knows whose role a call is made with. */
function identity(region: string, functionName: string, variables: Readonly<Record<string, string>>): Record<string, string> {
  const { accessKeyId, secretAccessKey } = credentialsOf(region, functionName);
  return {
    LAB_ACCESS_KEY_ID: accessKeyId,
    LAB_SECRET_ACCESS_KEY: secretAccessKey,
    NODE_OPTIONS: `${variables.NODE_OPTIONS ?? ""} --require ${IDENTITY}`.trim(),
  };
}

async function fn(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(LambdaClient);
  const functionName = optionalText(inputs, "name") ?? name;
  const archive = await readArchive(inputs["code"]);
  const code = Buffer.isBuffer(archive) ? archive : zip(archive);
  const variables = localEnvironment(context, textMap(member(inputs, "environment"), "variables"));
  const configuration = {
    FunctionName: functionName,
    Role: text(inputs, "role"),
    Handler: text(inputs, "handler"),
    Runtime: text(inputs, "runtime") as "nodejs22.x",
    Timeout: optionalNumber(inputs, "timeout") ?? 3,
    MemorySize: optionalNumber(inputs, "memorySize") ?? 128,
    Environment: { Variables: { ...variables, ...identity(context.place.region, functionName, variables) } },
  };
  // The program's architecture (arm64) is not passed on: the emulator runs the function on this machine's Node.
  await unlessThere(
    async () => void (await client.send(new CreateFunctionCommand({ ...configuration, Code: { ZipFile: code } }))),
    async () => {
      await client.send(new UpdateFunctionConfigurationCommand(configuration));
      await client.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile: code }));
    },
    "ResourceConflictException",
  );
  const functionArn = arn("lambda", context.place.region, `function:${functionName}`);
  const hash = createHash("sha256").update(code).digest("base64");
  return {
    id: functionName,
    state: {
      name: functionName,
      arn: functionArn,
      invokeArn: `arn:aws:apigateway:${context.place.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      qualifiedArn: `${functionArn}:$LATEST`,
      version: "$LATEST",
      codeSha256: hash,
      sourceCodeHash: optionalText(inputs, "sourceCodeHash") ?? hash,
    },
  };
}

async function eventSourceMapping(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const client = context.sdk(LambdaClient);
  const functionName = text(inputs, "functionName");
  const source = text(inputs, "eventSourceArn");
  const there = await client.send(new ListEventSourceMappingsCommand({ FunctionName: functionName, EventSourceArn: source }));
  const scaling = optionalNumber(member(inputs, "scalingConfig"), "maximumConcurrency");
  const filters = members(member(inputs, "filterCriteria"), "filters").map((filter) => ({ Pattern: text(filter, "pattern") }));
  const mapping =
    there.EventSourceMappings?.[0] ??
    (await client.send(
      new CreateEventSourceMappingCommand({
        FunctionName: functionName,
        EventSourceArn: source,
        Enabled: optionalFlag(inputs, "enabled") ?? true,
        BatchSize: optionalNumber(inputs, "batchSize"),
        MaximumBatchingWindowInSeconds: optionalNumber(inputs, "maximumBatchingWindowInSeconds"),
        FunctionResponseTypes: texts(inputs, "functionResponseTypes") as "ReportBatchItemFailures"[],
        ...(scaling === undefined ? {} : { ScalingConfig: { MaximumConcurrency: scaling } }),
        ...(filters.length === 0 ? {} : { FilterCriteria: { Filters: filters } }),
      }),
    ));
  const id = mapping.UUID ?? "";
  return {
    id,
    state: {
      uuid: id,
      arn: arn("lambda", context.place.region, `event-source-mapping:${id}`),
      functionArn: mapping.FunctionArn ?? "",
      state: "Enabled",
    },
  };
}

async function permission(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const statementId = optionalText(inputs, "statementId") ?? name;
  try {
    await context.sdk(LambdaClient).send(
      new AddPermissionCommand({
        FunctionName: text(inputs, "function"),
        StatementId: statementId,
        Action: text(inputs, "action"),
        Principal: text(inputs, "principal"),
        SourceArn: optionalText(inputs, "sourceArn"),
      }),
    );
  } catch (error) {
    if (!isError(error, "ResourceConflictException")) throw error;
  }
  return { id: statementId, state: { statementId } };
}

async function eventInvokeConfig(context: RealizeContext, _name: string, inputs: Plain): Promise<Realized> {
  const destination = member(inputs, "destinationConfig");
  const onFailure = optionalText(member(destination, "onFailure"), "destination");
  const onSuccess = optionalText(member(destination, "onSuccess"), "destination");
  await context.sdk(LambdaClient).send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: text(inputs, "functionName"),
      MaximumRetryAttempts: optionalNumber(inputs, "maximumRetryAttempts"),
      MaximumEventAgeInSeconds: optionalNumber(inputs, "maximumEventAgeInSeconds"),
      DestinationConfig: {
        ...(onFailure === undefined ? {} : { OnFailure: { Destination: onFailure } }),
        ...(onSuccess === undefined ? {} : { OnSuccess: { Destination: onSuccess } }),
      },
    }),
  );
  return { id: text(inputs, "functionName"), state: {} };
}

/** Really invokes the function, as a deployment does, and fails with the function's own error. */
async function invocation(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const input = inputs["input"];
  const answer = await context.sdk(LambdaClient).send(
    new InvokeCommand({
      FunctionName: text(inputs, "functionName"),
      Payload: Buffer.from(typeof input === "string" ? input : JSON.stringify(input ?? {})),
    }),
  );
  const result = Buffer.from(answer.Payload ?? new Uint8Array()).toString("utf8");
  if (answer.FunctionError !== undefined) throw new Error(`${text(inputs, "functionName")} failed: ${result.slice(0, 2000)}`);
  return { id: name, state: { result } };
}

export const INVOCATION = "aws:lambda/invocation:Invocation";

export const lambda: RealizerTable = {
  "aws:lambda/function:Function": fn,
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
  "aws:lambda/permission:Permission": permission,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": eventInvokeConfig,
  [INVOCATION]: invocation,
};

/** Invokes a schedule's or rule's function without waiting for its end. */
export async function invokeAsync(context: RealizeContext, functionArn: string, input: unknown): Promise<void> {
  const payload = typeof input === "string" ? input : JSON.stringify(isPlain(input) ? input : {});
  await context
    .sdk(LambdaClient)
    .send(new InvokeCommand({ FunctionName: functionArn, InvocationType: "Event", Payload: Buffer.from(payload) }));
}
