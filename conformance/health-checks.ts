import { expectProblem, expectThat, type Check } from "./check";

/** What load balancer, Route 53 and the other region ask. Nobody of them has credentials. */
export const HEALTH: readonly Check[] = [
  {
    rule: "GET /health answers anybody with 200, status ok and the region",
    run: async ({ ask }) => {
      const answer = await ask({ path: "/health", anonymous: true });
      expectThat(answer.status === 200 && answer.json?.status === "ok", "the status must be 200, and `status` ok", answer);
      expectThat(typeof answer.json.region === "string", "`region` must name the region", answer);
    },
  },
  {
    rule: "GET /health/ready answers anybody within two seconds whether the region can accept: 200 or 503, `ready`, `region`, `checks`",
    run: async ({ ask }) => {
      const began = performance.now();
      const answer = await ask({ path: "/health/ready", anonymous: true });
      const took = Math.round(performance.now() - began);
      expectThat(answer.status === (answer.json?.ready === true ? 200 : 503), "200 when ready, 503 when not", answer);
      expectThat(
        typeof answer.json?.region === "string" && typeof answer.json.checks === "object",
        "`region` and `checks` must be told",
        answer,
      );
      expectThat(took < 2_000, `Route 53 gives up after two seconds; the answer took ${took} ms`, answer);
    },
  },
  {
    rule: "GET /control/active answers anybody: 200 only while the region holds the lease",
    run: async ({ ask }) => {
      const answer = await ask({ path: "/control/active", anonymous: true });
      const statuses = answer.json?.active === true ? [200] : [409, 503];
      expectThat(statuses.includes(answer.status), `the status must be ${statuses.join(" or ")}`, answer);
      expectThat(typeof answer.json?.region === "string", "`region` must name the region", answer);
    },
  },
  {
    rule: "no answer is kept by anybody in between: cache-control is no-store",
    run: async ({ ask }) => {
      for (const path of ["/health", "/health/ready", "/control/active", `/trades/${"0".repeat(32)}`]) {
        const answer = await ask({ path });
        expectThat(answer.headers.get("cache-control") === "no-store", `${path} must say cache-control: no-store`, answer);
      }
    },
  },
  {
    rule: "a path that there is none of is answered with 404",
    run: async ({ ask }) => expectProblem(await ask({ path: "/none" }), [404]),
  },
];
