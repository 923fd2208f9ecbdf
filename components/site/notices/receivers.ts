import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/settings";
import type { NoticeRule } from "./notice-rules";
import { chatWording, pagerDutyWording, type Wording } from "./wording";

/** Somebody outside who is told by HTTPS. */
export interface Receiver {
  /** Part of physical names. */
  readonly name: "chat" | "pager";
  readonly url: pulumi.Input<string>;
  /** Requests a second that it takes; EventBridge holds back what is above. */
  readonly rate: number;
  /** Members that EventBridge adds to each body from the connection's secret. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Undefined: not told. */
  readonly wording: (rule: NoticeRule, stack: string) => Wording | undefined;
}

const PAGER_DUTY = { us: "https://events.pagerduty.com/v2/enqueue", eu: "https://events.eu.pagerduty.com/v2/enqueue" };

/** Who is told, by the configuration; in an empty list nobody. */
export function receiversOf({ notices }: Pick<Settings, "notices">): readonly Receiver[] {
  const { chatUrl, pagerDutyKey, pagerDutyRegion } = notices;
  const chat: Receiver[] =
    chatUrl === undefined
      ? []
      : // A webhook's URL is its secret.
        [{ name: "chat", url: pulumi.secret(chatUrl), rate: 1, secrets: {}, wording: chatWording }];
  const pager: Receiver[] =
    pagerDutyKey === undefined
      ? []
      : [
          {
            name: "pager",
            url: PAGER_DUTY[pagerDutyRegion],
            rate: 2,
            secrets: { routing_key: pulumi.secret(pagerDutyKey) },
            wording: pagerDutyWording,
          },
        ];
  return [...chat, ...pager];
}
