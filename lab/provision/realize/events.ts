/** EventBridge: buses, rules, targets, archives. A target in another region becomes a local queue that the region's front forwards from. */
import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { createHash } from "node:crypto";
import { arn, regionOfArn, unlessThere, type Realized, type RealizeContext, type RealizerTable } from "../context";
import { isPlain, jsonText, member, optionalNumber, optionalText, text, textMap, type Plain } from "../values";
import { ensureQueue } from "./sqs";

export const TARGET = "aws:cloudwatch/eventTarget:EventTarget";

/** A bus may be given by name or by ARN. */
const busName = (inputs: Plain): string | undefined => optionalText(inputs, "eventBusName")?.split("/").at(-1);

/** True if the target is an event bus of another region, which the emulator would drop. */
export const isRemoteBus = (targetArn: string, region: string): boolean =>
  regionOfArn(targetArn) !== region && targetArn.split(":")[2] === "events" && (targetArn.split(":")[5] ?? "").startsWith("event-bus/");

/** Name of the queue that stands in for a bus of another region. */
export const standInQueue = (targetArn: string): string =>
  `lab-forward-${createHash("sha256").update(targetArn).digest("hex").slice(0, 12)}`;

function transformed(inputs: Plain): Partial<Target> {
  const transformer = member(inputs, "inputTransformer");
  const template = optionalText(transformer, "inputTemplate");
  return {
    Input: optionalText(inputs, "input"),
    InputPath: optionalText(inputs, "inputPath"),
    ...(template === undefined ? {} : { InputTransformer: { InputTemplate: template, InputPathsMap: textMap(transformer, "inputPaths") } }),
  };
}

/** Somebody outside of AWS, whom a drill must not wake. */
const isOutside = (targetArn: string): boolean => (targetArn.split(":")[5] ?? "").startsWith("api-destination/");

async function target(context: RealizeContext, name: string, inputs: Plain): Promise<Realized> {
  const wanted = text(inputs, "arn");
  const region = context.place.region;
  const id = optionalText(inputs, "targetId") ?? name;
  const made = { id: `${text(inputs, "rule")}-${id}`, state: { targetId: id } };
  if (isOutside(wanted)) return made;
  let local = wanted;
  if (isRemoteBus(wanted, region)) {
    const queue = standInQueue(wanted);
    await ensureQueue(context, queue, {});
    local = arn("sqs", region, queue);
  }
  const deadLetters = optionalText(member(inputs, "deadLetterConfig"), "arn");
  const retry = inputs["retryPolicy"];
  await context.sdk(EventBridgeClient).send(
    new PutTargetsCommand({
      Rule: text(inputs, "rule"),
      EventBusName: busName(inputs),
      Targets: [
        {
          Id: id,
          Arn: local,
          ...(local === wanted ? { RoleArn: optionalText(inputs, "roleArn") } : {}),
          ...transformed(inputs),
          ...(deadLetters === undefined ? {} : { DeadLetterConfig: { Arn: deadLetters } }),
          ...(isPlain(retry)
            ? {
                RetryPolicy: {
                  MaximumRetryAttempts: optionalNumber(retry, "maximumRetryAttempts"),
                  MaximumEventAgeInSeconds: optionalNumber(retry, "maximumEventAgeInSeconds"),
                },
              }
            : {}),
        },
      ],
    }),
  );
  return made;
}

export const events: RealizerTable = {
  "aws:cloudwatch/eventBus:EventBus": async (context, name, inputs) => {
    const bus = optionalText(inputs, "name") ?? name;
    await unlessThere(
      async () => void (await context.sdk(EventBridgeClient).send(new CreateEventBusCommand({ Name: bus }))),
      async () => undefined,
      "ResourceAlreadyExistsException",
    );
    return { id: bus, state: { name: bus, arn: arn("events", context.place.region, `event-bus/${bus}`) } };
  },
  "aws:cloudwatch/eventRule:EventRule": async (context, name, inputs) => {
    const rule = optionalText(inputs, "name") ?? name;
    const bus = busName(inputs);
    await context.sdk(EventBridgeClient).send(
      new PutRuleCommand({
        Name: rule,
        EventBusName: bus,
        EventPattern: inputs["eventPattern"] === undefined ? undefined : jsonText(inputs["eventPattern"]),
        ScheduleExpression: optionalText(inputs, "scheduleExpression"),
        State: (optionalText(inputs, "state") ?? "ENABLED") as "ENABLED" | "DISABLED",
      }),
    );
    const onBus = bus === undefined || bus === "default" ? "" : `${bus}/`;
    return {
      id: `${onBus}${rule}`,
      state: { name: rule, eventBusName: bus ?? "default", arn: arn("events", context.place.region, `rule/${onBus}${rule}`) },
    };
  },
  [TARGET]: target,
  "aws:cloudwatch/eventArchive:EventArchive": async (context, name, inputs) => {
    const archive = optionalText(inputs, "name") ?? name;
    await unlessThere(
      async () =>
        void (await context.sdk(EventBridgeClient).send(
          new CreateArchiveCommand({
            ArchiveName: archive,
            EventSourceArn: text(inputs, "eventSourceArn"),
            EventPattern: inputs["eventPattern"] === undefined ? undefined : jsonText(inputs["eventPattern"]),
            RetentionDays: optionalNumber(inputs, "retentionDays"),
          }),
        )),
      async () => undefined,
      "ResourceAlreadyExistsException",
    );
    return { id: archive, state: { name: archive, arn: arn("events", context.place.region, `archive/${archive}`) } };
  },
};
