import { accepted, expectProblem, expectThat, order, submission, type Check } from "./check";

const AT_ONCE = 20;
/** `type` of the problem that an account is not the caller's. */
const ACCOUNT_PROBLEM = "/problems/account";
const TOO_LARGE = 16 * 1024 + 1;

/** POST /trades: a trade is accepted once, however often it is sent. */
export const ACCEPTANCE: readonly Check[] = [
  {
    rule: "a good order is accepted: 202 with tradeId, status ACCEPTED, acceptedAt, acceptedRegion",
    run: async (subject) => {
      const answer = await subject.ask(submission(subject, "good", order(subject)));
      expectThat(answer.status === 202, "the status must be 202", answer);
      const { tradeId, status, acceptedAt, acceptedRegion } = answer.json ?? {};
      expectThat(/^[0-9a-f]{32}$/.test(String(tradeId)), "tradeId must be 32 hex digits", answer);
      expectThat(status === "ACCEPTED", "status must be ACCEPTED", answer);
      expectThat(!Number.isNaN(Date.parse(String(acceptedAt))), "acceptedAt must be a time", answer);
      expectThat(typeof acceptedRegion === "string" && acceptedRegion !== "", "acceptedRegion must name a region", answer);
    },
  },
  {
    rule: "the same key and order again get the same answer, to the byte",
    run: async (subject) => {
      const first = await subject.ask(submission(subject, "again", order(subject)));
      const second = await subject.ask(submission(subject, "again", order(subject)));
      expectThat(first.status === 202, "the first must be accepted", first);
      expectThat(second.status === 202 && second.text === first.text, `the second answer must be ${first.text}`, second);
    },
  },
  {
    rule: "fields in another order and zeros at the end of a price are the same order",
    run: async (subject) => {
      const id = await accepted(subject, "canonical", order(subject, { price: "12.5" }));
      const turned = Object.fromEntries(Object.entries(order(subject, { price: "12.5000" })).reverse());
      expectThat((await accepted(subject, "canonical", turned)) === id, "both must have one tradeId");
    },
  },
  {
    rule: "one key sent many times at once is one trade",
    run: async (subject) => {
      const ids = await Promise.all(Array.from({ length: AT_ONCE }, () => accepted(subject, "at-once")));
      expectThat(new Set(ids).size === 1, `${AT_ONCE} requests with one key got ${new Set(ids).size} trade ids`);
    },
  },
  {
    rule: "a key that was used for another order is refused with 409",
    run: async (subject) => {
      await accepted(subject, "conflict", order(subject));
      expectProblem(await subject.ask(submission(subject, "conflict", order(subject, { quantity: 2 }))), [409]);
    },
  },
  {
    rule: "an order without Idempotency-Key is refused with 400",
    run: async (subject) => {
      const { headers, ...request } = submission(subject, "none", order(subject));
      const { "idempotency-key": _, ...others } = headers ?? {};
      expectProblem(await subject.ask({ ...request, headers: others }), [400]);
    },
  },
  {
    rule: "every field that is wrong is named at once with 400",
    run: async (subject) => {
      const wrong = { ...order(subject), symbol: "bad symbol", side: "hold", quantity: 1.5, price: "-1", unknown: 1 };
      expectProblem(await subject.ask(submission(subject, "wrong", wrong)), [400], ["symbol", "side", "quantity", "price", "unknown"]);
    },
  },
  {
    rule: "limits hold: quantity 0 and above 1e9, price 0, above 1e9 and with five places are refused with 400",
    run: async (subject) => {
      const bad = [{ quantity: 0 }, { quantity: 1_000_000_001 }, { price: "0" }, { price: "1000000000.1" }, { price: "1.00001" }];
      for (const [n, fields] of bad.entries())
        expectProblem(await subject.ask(submission(subject, `limit-${n}`, order(subject, fields))), [400], Object.keys(fields));
    },
  },
  {
    rule: "a body that is not JSON is refused with 400, another content type with 415, more than 16 KiB with 413",
    run: async (subject) => {
      expectProblem(await subject.ask(submission(subject, "text", "{no json")), [400]);
      const request = submission(subject, "form", "a=b");
      const form = { ...request, headers: { ...request.headers, "content-type": "application/x-www-form-urlencoded" } };
      expectProblem(await subject.ask(form), [415]);
      expectProblem(
        await subject.ask(submission(subject, "large", JSON.stringify(order(subject, { note: "x".repeat(TOO_LARGE) })))),
        [413],
      );
    },
  },
  {
    rule: "a trade for an account that is not the caller's is refused with 403 and the contract's type, and so is its list of trades",
    run: async (subject) => {
      const { foreignAccount: accountId } = subject;
      if (accountId === undefined) return { skipped: "no --foreign-account was given" };
      expectProblem(
        await subject.ask(submission(subject, "foreign", order(subject, { accountId }))),
        [403],
        ["accountId"],
        ACCOUNT_PROBLEM,
      );
      expectProblem(await subject.ask({ path: `/trades?accountId=${accountId}` }), [403], ["accountId"], ACCOUNT_PROBLEM);
      return undefined;
    },
  },
  {
    rule: "who brings no credentials is refused with 401 or 403",
    run: async (subject) => {
      if (!subject.authenticated) return { skipped: "no --header with credentials was given" };
      expectProblem(await subject.ask({ ...submission(subject, "anonymous", order(subject)), anonymous: true }), [401, 403]);
      return undefined;
    },
  },
];
