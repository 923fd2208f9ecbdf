import { accepted, expectProblem, expectThat, order, type Check, type Subject } from "./check";

const SETTLES_WITHIN_MS = 30_000;
const LOOK_MS = 250;

const tradesOf = (json: Readonly<Record<string, unknown>> | undefined): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(json?.trades) ? (json.trades as Record<string, unknown>[]) : [];

const isActive = async ({ ask }: Subject): Promise<boolean> =>
  (await ask({ path: "/control/active", anonymous: true })).json?.active === true;

/** GET /trades, GET /trades/{tradeId}. */
export const READING: readonly Check[] = [
  {
    rule: "an accepted trade is read by its id at once, with all fields of the order",
    run: async (subject) => {
      const sent = order(subject, { quantity: 7, price: "99.1" });
      const id = await accepted(subject, "read", sent);
      const answer = await subject.ask({ path: `/trades/${id}` });
      expectThat(answer.status === 200, "the status must be 200", answer);
      for (const [field, value] of Object.entries({ ...sent, tradeId: id }))
        expectThat(answer.json?.[field] === value, `${field} must be ${JSON.stringify(value)}`, answer);
      expectThat(["ACCEPTED", "SETTLED"].includes(String(answer.json?.status)), "status must be ACCEPTED or SETTLED", answer);
    },
  },
  {
    rule: "an id that no trade has is answered with 404, one that is none with 400",
    run: async ({ ask }) => {
      expectProblem(await ask({ path: `/trades/${"0".repeat(32)}` }), [404]);
      expectProblem(await ask({ path: "/trades/none" }), [400]);
    },
  },
  {
    rule: "an account's trades are listed, newest first, by pages with a cursor",
    run: async (subject) => {
      const ids = [await accepted(subject, "list-1"), await accepted(subject, "list-2"), await accepted(subject, "list-3")];
      const path = `/trades?accountId=${encodeURIComponent(subject.account)}`;
      const listed = new Map<string, number>();
      let cursor: string | undefined;
      // The list may lag behind; three trades are among the newest few.
      for (let page = 0; page < 10 && !ids.every((id) => listed.has(id)); page++) {
        const answer = await subject.ask({ path: `${path}&limit=2${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}` });
        expectThat(answer.status === 200, "the status must be 200", answer);
        const trades = tradesOf(answer.json);
        expectThat(trades.length <= 2, "a page must have at most `limit` trades", answer);
        for (const { tradeId, acceptedAt } of trades) listed.set(String(tradeId), Date.parse(String(acceptedAt)));
        cursor = typeof answer.json?.cursor === "string" ? answer.json.cursor : undefined;
        if (cursor === undefined) break;
      }
      for (const id of ids) expectThat(listed.has(id), `trade ${id} must be in the list`);
      const times = [...listed.values()];
      expectThat(
        times.every((time, n) => n === 0 || time <= (times[n - 1] ?? Infinity)),
        "the newest must come first",
      );
    },
  },
  {
    rule: "a list without accountId, with a limit of 0 or with a cursor that was not given is refused with 400",
    run: async (subject) => {
      const path = `/trades?accountId=${encodeURIComponent(subject.account)}`;
      for (const wrong of ["/trades", `${path}&limit=0`, `${path}&cursor=none`]) expectProblem(await subject.ask({ path: wrong }), [400]);
    },
  },
  {
    rule: "an accepted trade is settled within 30 s, where the region is active",
    run: async (subject) => {
      if (!(await isActive(subject))) return { skipped: "the region is passive" };
      const id = await accepted(subject, "settled");
      for (let waited = 0; waited < SETTLES_WITHIN_MS; waited += LOOK_MS) {
        const { json } = await subject.ask({ path: `/trades/${id}` });
        if (json?.status === "SETTLED") {
          expectThat(["EXECUTED", "FAILED"].includes(String(json.outcome)), "outcome must be EXECUTED or FAILED");
          return undefined;
        }
        await subject.pause(LOOK_MS);
      }
      throw new Error(`trade ${id} was not settled`);
    },
  },
];
