import * as pulumi from "@pulumi/pulumi";
import { EVENT_SOURCE, type MachineEvent } from "../../../contract/events";
import { siteName, type SiteContext } from "../../foundation/site-context";
import { ALARM_CHANGE } from "../messaging/alarm-change";

/** Physical names of a site's alarms that tell people. */
export interface ToldAlarms {
  readonly symptoms: readonly pulumi.Input<string>[];
  readonly causes: readonly pulumi.Input<string>[];
}

/** What a pager does: opens an incident of this severity, or resolves it. */
export type Page = { readonly opens: "critical" | "warning" } | "resolves";

export interface NoticeRule {
  readonly description: string;
  readonly about: "alarm" | "move";
  /** Undefined: nobody is paged. */
  readonly page?: Page;
  /** The site's own bus has the moves, and what the other region forwards; the account's has the region's alarms. */
  readonly onSiteBus: boolean;
  readonly pattern: (context: SiteContext, alarms: ToldAlarms) => unknown;
}

const FAILED: readonly MachineEvent[] = ["Failover Failed", "Switchover Failed"];
const DONE: readonly MachineEvent[] = ["Failover Completed", "Switchover Completed"];
/** Readiness has an alarm, by which a pager is told. */
const OTHERS: readonly MachineEvent[] = ["Failover Superseded", "Switchover Refused", "Failover Not Ready", "Readiness Failed"];

const raised = (alarmName: ToldAlarms["symptoms"]) => ({ ...ALARM_CHANGE, detail: { alarmName, state: { value: ["ALARM"] } } });

/** The region that moved tells of it; the other one has the same events, and would say them again. */
const moves = (events: readonly MachineEvent[]) => ({
  onSiteBus: true,
  about: "move" as const,
  pattern: ({ region }: SiteContext) => ({ source: [EVENT_SOURCE], "detail-type": events, region: [region] }),
});

/** What people are told of, by the part of the rule's name. */
export const NOTICE_RULES = {
  symptom: {
    description: "Alarms for which people are woken",
    about: "alarm",
    page: { opens: "critical" },
    onSiteBus: false,
    pattern: (_context, { symptoms }) => raised(symptoms),
  },
  cause: {
    description: "Alarms that help to find out why",
    about: "alarm",
    page: { opens: "warning" },
    onSiteBus: false,
    pattern: (_context, { causes }) => raised(causes),
  },
  over: {
    description: "Alarms that are over",
    about: "alarm",
    page: "resolves",
    onSiteBus: false,
    // A new alarm becomes OK, too, and nobody was told of it before.
    pattern: (_context, { symptoms, causes }) => ({
      ...ALARM_CHANGE,
      detail: { alarmName: [...symptoms, ...causes], state: { value: ["OK"] }, previousState: { value: ["ALARM"] } },
    }),
  },
  peer: {
    description: "The other site is down: it may not be able to say so itself",
    about: "alarm",
    page: { opens: "critical" },
    onSiteBus: true,
    pattern: ({ peerRegion }) => ({ ...ALARM_CHANGE, region: [peerRegion] }),
  },
  failed: { ...moves(FAILED), description: "Moves that need a person", page: { opens: "critical" } },
  done: { ...moves(DONE), description: "Moves that have succeeded", page: "resolves" },
  others: { ...moves(OTHERS), description: "Moves that changed nothing, and failed readiness runs" },
} as const satisfies Readonly<Record<string, NoticeRule>>;

export const noticeRules = (): readonly (readonly [what: string, rule: NoticeRule])[] => Object.entries(NOTICE_RULES);

export const noticeRuleName = (context: Pick<SiteContext, "site" | "settings">, what: string): string =>
  siteName(context, ["notice", what], 64);

/** Built from their names: what they may send to is made before them. */
export const noticeRuleArns = (context: SiteContext, busName: string): readonly pulumi.Output<string>[] =>
  noticeRules().map(([what, { onSiteBus }]) => {
    const path = `${onSiteBus ? `${busName}/` : ""}${noticeRuleName(context, what)}`;
    return pulumi.interpolate`arn:aws:events:${context.region}:${context.accountId}:rule/${path}`;
  });
