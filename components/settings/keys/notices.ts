import * as v from "valibot";
import { key, optionalKey } from "../key";
import { oneOf, text } from "../value";

/** How people hear of alarms and moves beside e-mail. */
export const NOTICES = v.pipe(
  v.object({
    notices: v.object({
      chatUrl: optionalKey(text(/^https:\/\/[^\s*]{1,2000}$/, "an https URL of at most 2,000 characters, without spaces and *"), {
        what: 'Incoming webhook of a chat, as Slack, Mattermost and others have it: alarms and moves are posted to it as `{"text": ...}`.',
        secret: true,
      }),
      pagerDutyKey: optionalKey(text(/^[A-Za-z0-9]{32}$/, "an integration key of PagerDuty's Events API v2: 32 letters and digits"), {
        what: "Service of PagerDuty that is paged for alarms and failed moves. An alarm that is over, and a move that succeeds, resolve what they have opened.",
        secret: true,
      }),
      pagerDutyRegion: key(oneOf("us", "eu"), {
        default: "us",
        what: "PagerDuty's service region, in which the account is.",
        onlyWith: { key: "notices.pagerDutyKey" },
      }),
    }),
  }),
  v.title("Chat and paging"),
);
