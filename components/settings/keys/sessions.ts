import * as v from "valibot";
import { key } from "../key";
import { flag, integer } from "../value";

export const SESSIONS = v.pipe(
  v.object({
    sessions: v.object({
      required: key(flag, {
        default: false,
        what: "Whether a trade needs a session besides what callers bring: `POST /sessions` opens one, and the header `session-token` names it. Sessions reach the other region late: after a failover a client may have to open another one, which costs it one request and no trade.",
      }),
      lifetimeSeconds: key(integer(60, 86_400), {
        default: 3_600,
        what: "Time after which a session is over.",
        onlyWith: { key: "sessions.required" },
      }),
    }),
  }),
  v.title("Sessions"),
);
