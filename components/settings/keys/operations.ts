import * as v from "valibot";
import { key, optionalKey } from "../key";
import { flag, integer, text } from "../value";

/** Who is told, who may act, and what they can start. */
export const OPERATIONS = v.pipe(
  v.object({
    alarmEmail: optionalKey(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address"), { what: "Address that alarms are sent to." }),
    operatorPrincipal: optionalKey(text(/^arn:aws:iam::\d{12}:(user|role)\/[\w+=,.@/-]{1,512}$/, "the ARN of an IAM user or role"), {
      what: "IAM user or role that may assume the operator roles. Without it there are none.",
    }),
    operatorMfa: key(flag, {
      default: true,
      what: "Whether assuming an operator role asks for MFA. False for federated principals, whose sign-in asks for it.",
      onlyWith: { key: "operatorPrincipal" },
    }),
    deployLock: key(flag, {
      default: true,
      what: "Whether an update is refused while a failover or switchover runs. False for one that can't wait.",
    }),
    roles: v.object({
      path: optionalKey(text(/^\/([\w+=,.@-]+\/)+$/, "an IAM path that begins and ends with /"), {
        what: "IAM path of every role of the stack.",
      }),
      permissionsBoundary: optionalKey(
        text(/^arn:aws:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/, "the ARN of a managed policy of the account"),
        {
          what: "Managed policy beyond which no role of the stack may go. It has to allow what the roles do.",
        },
      ),
    }),
    gameDay: v.object({
      enabled: key(flag, {
        default: false,
        what: "Makes an AWS FIS experiment in each region that cuts it off from the other; nothing happens until a person starts it.",
      }),
      // A pause of strongly consistent tables takes up to five minutes to begin.
      minutes: key(integer(10, 60), {
        default: 15,
        what: "Minutes that such an experiment lasts, of which up to five pass before the tables refuse writes.",
        onlyWith: { key: "gameDay.enabled" },
      }),
    }),
    regionSwitch: v.object({
      enabled: key(flag, {
        default: false,
        what: "Makes a plan of ARC Region switch, by which a person activates either region; its step starts the same state machines.",
      }),
      objectiveMinutes: key(integer(1, 1_440), {
        default: 15,
        what: "Minutes within which an execution of that plan is to be done; ARC reports compare with it.",
        onlyWith: { key: "regionSwitch.enabled" },
      }),
    }),
  }),
  v.title("Operation"),
  v.transform(({ operatorPrincipal: principal, operatorMfa: mfa, ...others }) => ({
    ...others,
    operator: principal === undefined ? undefined : { principal, mfa },
  })),
);
