/** EventBridge Scheduler. The emulator fires them; it counts a rate from the schedule's creation, so the lab starts each frequent one at once. */
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  SchedulerClient,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
} from "@aws-sdk/client-scheduler";
import type { Registered } from "../../types";
import { arn, unlessThere, type RealizeContext, type RealizerTable } from "../context";
import { member, optionalNumber, optionalText, text, type Plain } from "../values";
import { invokeAsync } from "./lambda";

export const SCHEDULE = "aws:scheduler/schedule:Schedule";

function scheduleInput(name: string, inputs: Plain): CreateScheduleCommandInput {
  const target = member(inputs, "target");
  const window = member(inputs, "flexibleTimeWindow");
  const retry = member(target, "retryPolicy");
  const deadLetters = optionalText(member(target, "deadLetterConfig"), "arn");
  return {
    Name: name,
    GroupName: optionalText(inputs, "groupName"),
    State: (optionalText(inputs, "state") ?? "ENABLED") as "ENABLED" | "DISABLED",
    ScheduleExpression: text(inputs, "scheduleExpression"),
    FlexibleTimeWindow: {
      Mode: (optionalText(window, "mode") ?? "OFF") as "OFF",
      MaximumWindowInMinutes: optionalNumber(window, "maximumWindowInMinutes"),
    },
    Target: {
      Arn: text(target, "arn"),
      RoleArn: text(target, "roleArn"),
      Input: optionalText(target, "input"),
      ...(deadLetters === undefined ? {} : { DeadLetterConfig: { Arn: deadLetters } }),
      RetryPolicy: {
        MaximumRetryAttempts: optionalNumber(retry, "maximumRetryAttempts") ?? 185,
        MaximumEventAgeInSeconds: optionalNumber(retry, "maximumEventAgeInSeconds") ?? 86_400,
      },
    },
  };
}

export const scheduler: RealizerTable = {
  "aws:scheduler/scheduleGroup:ScheduleGroup": async (context, name, inputs) => {
    const group = optionalText(inputs, "name") ?? name;
    await unlessThere(
      async () => void (await context.sdk(SchedulerClient).send(new CreateScheduleGroupCommand({ Name: group }))),
      async () => undefined,
      "ConflictException",
    );
    return { id: group, state: { name: group, arn: arn("scheduler", context.place.region, `schedule-group/${group}`) } };
  },
  [SCHEDULE]: async (context, name, inputs) => {
    const schedule = optionalText(inputs, "name") ?? name;
    const client = context.sdk(SchedulerClient);
    const input = scheduleInput(schedule, inputs);
    await unlessThere(
      async () => void (await client.send(new CreateScheduleCommand(input))),
      async () => void (await client.send(new UpdateScheduleCommand(input))),
      "ConflictException",
    );
    const group = optionalText(inputs, "groupName") ?? "default";
    return {
      id: `${group}/${schedule}`,
      state: { name: schedule, groupName: group, arn: arn("scheduler", context.place.region, `schedule/${group}/${schedule}`) },
    };
  },
};

/** A rate of at most this many minutes is started at once; the hourly ones may wait. */
const FREQUENT_MINUTES = 5;

/** Function ARN and input of a schedule that the lab should start now; undefined if it is not one. */
export function frequentTarget(schedule: Registered): { functionArn: string; input: string } | undefined {
  const rate = /^rate\((\d+) minutes?\)$/.exec(optionalText(schedule.inputs, "scheduleExpression") ?? "");
  if (rate === null || Number(rate[1]) > FREQUENT_MINUTES || optionalText(schedule.inputs, "state") === "DISABLED") return undefined;
  const target = member(schedule.inputs, "target");
  const functionArn = optionalText(target, "arn");
  if (functionArn === undefined || functionArn.split(":")[2] !== "lambda") return undefined;
  return { functionArn, input: optionalText(target, "input") ?? "{}" };
}

/** Starts the schedule's function now, if it is a frequent one. */
export async function kick(context: RealizeContext, schedule: Registered): Promise<boolean> {
  const target = frequentTarget(schedule);
  if (target === undefined) return false;
  await invokeAsync(context, target.functionArn, target.input);
  return true;
}
