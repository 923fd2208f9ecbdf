import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));
/** `label=name,label=name` */
const names = v.pipe(
  v.string(),
  v.regex(/^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/, "label=name pairs, separated by commas"),
  v.transform((pairs) => Object.fromEntries(pairs.split(",").map((pair) => pair.split("=") as [string, string]))),
);
const seconds = v.pipe(v.string(), v.regex(/^\d+$/, "a whole number of seconds"), v.transform(Number));

/** Every variable that a handler may ask for; each function is given only those that it names. */
const VARIABLES = {
  AWS_REGION: text,
  PEER_REGION: text,
  PRIMARY_REGION: text,
  LEASE_TABLE: text,
  JOURNAL_TABLE: text,
  SESSIONS_TABLE: text,
  TRADE_QUEUE_URL: text,
  PEER_TRADE_QUEUE_URL: text,
  LEDGER_CLUSTER_ARN: text,
  LEDGER_SECRET_ARN: text,
  PEER_LEDGER_CLUSTER_ARN: text,
  PEER_LEDGER_SECRET_ARN: text,
  LEDGER_DATABASE: text,
  AUDIT_BUCKET: text,
  EVENT_BUS_NAME: text,
  GLOBAL_CLUSTER_ID: text,
  CLUSTER_IDENTIFIER: text,
  LEASE_LENGTH_SECONDS: seconds,
  LEASE_RENEWAL_SECONDS: seconds,
  LEASE_LIMIT_SECONDS: seconds,
  HOLDER_SILENCE_SECONDS: seconds,
  MAX_SWITCHOVER_LAG_SECONDS: seconds,
  PUBLIC_URL: text,
  OWN_URL: text,
  PEER_URL: text,
  FAILOVER_STATE_MACHINE_ARN: text,
  SWITCHOVER_STATE_MACHINE_ARN: text,
  OWN_FUNCTIONS: names,
  PEER_FUNCTIONS: names,
  SHARED_PARAMETERS: text,
  PEER_KEY_ARN: text,
} as const;

export type Variable = keyof typeof VARIABLES;
export type Environment<K extends Variable> = { readonly [P in K]: v.InferOutput<(typeof VARIABLES)[P]> };

/**
 * Reads the named variables, once, when the function starts.
 * @throws one error that names every variable that is missing or wrong, so that a wiring fault shows at the first start.
 */
export function environment<K extends Variable>(...names: readonly K[]): Environment<K> {
  const schema = v.object(Object.fromEntries(names.map((name) => [name, VARIABLES[name]])));
  const parsed = v.safeParse(schema, Object.fromEntries(names.map((name) => [name, process.env[name]])));
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, input, message }) => {
      const name = String(path?.[0]?.key);
      return input === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(input)}: ${message}`;
    });
    throw new Error(`environment variables of this function are wrong: ${problems.join("; ")}`);
  }
  return parsed.output;
}
