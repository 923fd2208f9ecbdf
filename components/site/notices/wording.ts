import type { NoticeRule } from "./notice-rules";

/** EventBridge puts the values of its paths where a template says `<name>`. */
export interface Wording {
  readonly inputPaths: Readonly<Record<string, string>>;
  readonly inputTemplate: string;
}

/** Says what happened. EventBridge escapes nothing, so only what holds no quotation mark stands in a sentence; all the rest goes along as an object. */
const SUBJECTS = {
  alarm: {
    inputPaths: { what: "$.detail.alarmName", state: "$.detail.state.value", region: "$.region" },
    sentence: () => "<what> is <state> in <region>",
    // An alarm's name has site and suffix in it. Both regions may tell of the same alarm: that is one incident.
    incident: () => "<what>",
  },
  move: {
    inputPaths: { what: "$.detail-type", region: "$.region" },
    sentence: (stack: string) => `${stack}: <what> in <region>`,
    // Whichever move succeeds after a failed one has made it good.
    incident: (stack: string) => `${stack} moves`,
  },
} as const;

/** An object can't stand in quotation marks: EventBridge puts it in as it is. */
const template = (members: unknown): string => JSON.stringify(members).replaceAll('"<detail>"', "<detail>");

/** As incoming webhooks of chats take it. */
export function chatWording({ about }: NoticeRule, stack: string): Wording {
  const { inputPaths, sentence } = SUBJECTS[about];
  return { inputPaths, inputTemplate: template({ text: `${sentence(stack)}. Runbook: docs/RUNBOOK.md` }) };
}

/** As PagerDuty's Events API v2 takes it, but for the routing key, which the connection adds. Undefined: nobody is paged. */
export function pagerDutyWording({ about, page }: NoticeRule, stack: string): Wording | undefined {
  if (page === undefined) return undefined;
  const { inputPaths, sentence, incident } = SUBJECTS[about];
  const dedup_key = incident(stack);
  if (page === "resolves") return { inputPaths, inputTemplate: template({ event_action: "resolve", dedup_key }) };
  return {
    inputPaths: { ...inputPaths, time: "$.time", detail: "$.detail" },
    inputTemplate: template({
      event_action: "trigger",
      dedup_key,
      client: "trade-failover",
      payload: {
        summary: sentence(stack),
        source: `${stack} <region>`,
        severity: page.opens,
        timestamp: "<time>",
        custom_details: "<detail>",
      },
    }),
  };
}
