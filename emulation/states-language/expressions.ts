/** JSONata in a definition: compiled once for each text. */
import jsonata from "jsonata";
import { StateError } from "./state-error";

export type Variables = Readonly<Record<string, unknown>>;
type Evaluate = (bindings: Variables) => Promise<unknown>;

/** By the text in a definition; undefined: no expression, it means itself. */
const compiled = new Map<string, Evaluate | undefined>();

function expressionIn(text: string): Evaluate | undefined {
  const source = /^\{%(.*)%\}$/s.exec(text)?.[1]?.trim();
  if (source === undefined) return undefined;
  const expression = jsonata(source);
  const names = /^\$\w+(\.\w+)*$/.test(source) ? source.slice(1).split(".") : undefined;
  return async (bindings) => {
    const result = (names && followed(names, bindings)) ?? (await evaluated(expression, source, bindings));
    if (result === undefined) throw new StateError("States.QueryEvaluationError", `${source} is nothing`);
    return result;
  };
}

async function evaluated(expression: jsonata.Expression, source: string, bindings: Variables): Promise<unknown> {
  try {
    return await expression.evaluate({}, bindings);
  } catch (error) {
    const { message } = error as { readonly message?: string };
    throw new StateError("States.QueryEvaluationError", `${source}: ${message ?? String(error)}`);
  }
}

/** What a plain path leads to, which most expressions are; undefined where it meets a list or nothing, and JSONata has rules of its own. */
function followed(names: readonly string[], bindings: Variables): unknown {
  let at: unknown = bindings;
  for (const name of names) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Variables)[name];
    if (Array.isArray(at)) return undefined;
  }
  return at;
}

/**
 * A value of a definition with its expressions evaluated; `states` is `$states`.
 * @throws `StateError` "States.QueryEvaluationError" for an expression that fails or is nothing, as Step Functions does
 */
export async function evaluate(value: unknown, states: Variables, variables: Variables): Promise<unknown> {
  if (typeof value === "string") {
    if (!compiled.has(value)) compiled.set(value, expressionIn(value));
    const expression = compiled.get(value);
    return expression ? expression({ ...variables, states }) : value;
  }
  if (Array.isArray(value)) {
    const all: unknown[] = [];
    for (const one of value) all.push(await evaluate(one, states, variables));
    return all;
  }
  if (typeof value === "object" && value !== null) {
    const all: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) all[key] = await evaluate(one, states, variables);
    return all;
  }
  return value;
}
