import * as v from "valibot";
import type { VariableKind } from "../../contract/capabilities";
import type { CapabilityName, Variables } from "../../contract/environment";
import type { Uses } from "../../contract/functions";

const text = v.pipe(v.string(), v.minLength(1, "some text"));

/** How a variable of each kind is read. */
const PARSERS = {
  text,
  seconds: v.pipe(v.string(), v.regex(/^\d+$/, "a whole number of seconds"), v.transform(Number)),
  flag: v.pipe(
    v.string(),
    v.picklist(["true", "false"], "true | false"),
    v.transform((value) => value === "true"),
  ),
  names: v.pipe(
    v.string(),
    v.regex(/^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$/, "label=name pairs, separated by commas"),
    v.transform((pairs) => Object.fromEntries(pairs.split(",").map((pair) => pair.split("=") as [string, string]))),
  ),
  optional: v.optional(text),
} as const satisfies Record<VariableKind, v.GenericSchema<unknown, unknown>>;

type Parsed = { readonly [K in VariableKind]: v.InferOutput<(typeof PARSERS)[K]> };

declare const HOLDS: unique symbol;

/**
 * What a function with these capabilities finds in its environment. One with more of them can be handed to whoever asks for fewer, and never the other
 * way round.
 */
export type Environment<N extends CapabilityName> = { readonly AWS_REGION: string } & Variables<N, Parsed> & {
    readonly [HOLDS]?: (capability: N) => void;
  };

type CapabilitiesOf<F extends Uses> = F["uses"][number]["name"];

/**
 * Reads the variables of a function's capabilities, once, when the function starts.
 * @throws one error that names every variable that is missing or wrong, so that a wiring fault shows at the first start.
 */
export function environment<F extends Uses>({ uses }: F): Environment<CapabilitiesOf<F>> {
  const kinds = Object.assign({ AWS_REGION: "text" }, ...uses.map(({ variables }) => variables)) as Record<string, VariableKind>;
  const schema = v.object(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, PARSERS[kind]])));
  const parsed = v.safeParse(schema, Object.fromEntries(Object.keys(kinds).map((name) => [name, process.env[name]])));
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, input, message }) => {
      const name = String(path?.[0]?.key);
      return input === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(input)}; allowed: ${message}`;
    });
    throw new Error(`environment variables of this function are wrong: ${problems.join("; ")}`);
  }
  return parsed.output as Environment<CapabilitiesOf<F>>;
}

/** Methods of a port that some capabilities allow: `Rights` names them for each. */
export type Allowed<Port, Rights extends { readonly [N in keyof Rights]: keyof Port }, N> = Pick<Port, Rights[N & keyof Rights]>;
