import * as v from "valibot";
import { LEDGER_USER } from "../contract/ledger";

const text = v.pipe(v.string(), v.minLength(1));
const whole = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, "a whole number"),
    v.transform(Number),
    v.minValue(min, `at least ${min}`),
    v.maxValue(max, `at most ${max}`),
  );

/** What a server is told beside what it shares with the functions (`contract/functions.ts`). No load balancer verifies a signature: `iam` is not for servers. */
const ACCESS = v.object({ API_AUTH: v.picklist(["apiKey", "jwt", "none"], "apiKey | jwt | none") });

const LIMITS = v.object({
  HOST: v.optional(text, "0.0.0.0"),
  PORT: v.optional(whole(1, 65_535), "8080"),
  /** Requests that a process works on at once; a caller may have half of them. */
  REQUESTS_AT_ONCE: v.optional(whole(2, 10_000), "256"),
  /** Batches of the queue, and so transactions, at once. */
  BATCHES_AT_ONCE: v.optional(whole(1, 64), "4"),
});

const LEDGER = v.object({
  AWS_REGION: text,
  LEDGER_DATABASE: text,
  LEDGER_HOST: text,
  LEDGER_ENGINE: v.picklist(["aurora-postgresql", "aurora-mysql"]),
  /** By default the engine's own. */
  LEDGER_PORT: v.optional(whole(1, 65_535)),
  LEDGER_USER: v.optional(text, LEDGER_USER),
  /** Off in the lab alone, whose databases have no certificates; Aurora's parameter group refuses what is not encrypted. */
  LEDGER_TLS: v.optional(v.picklist(["on", "off"]), "on"),
});

const SERVER = v.intersect([ACCESS, LIMITS, LEDGER]);

export type ServerEnvironment = v.InferOutput<typeof SERVER>;

/** @throws one error that names every variable that is missing or wrong, before the server listens */
export function serverEnvironment(variables: Readonly<Record<string, string | undefined>>): ServerEnvironment {
  const parsed = v.safeParse(SERVER, variables);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(({ path, input, message }) => {
    const name = path?.map(({ key }) => String(key)).join(".") ?? "";
    return input === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(input)}: ${message}`;
  });
  throw new Error(`environment variables of this server are wrong: ${[...new Set(problems)].join("; ")}`);
}
