/** State machines as registered: all tasks, however deeply nested. */
import { at, isRecord, isText, json, list, UNKNOWN, type Value, type Values } from "./values";

export interface State {
  readonly name: string;
  readonly body: Values;
}

/** `undefined` where the definition is known only after the update; "broken" where it is none. */
export function statesOf(definition: Value): readonly State[] | "broken" | undefined {
  const machine = json(definition);
  if (machine === UNKNOWN) return undefined;
  if (!isRecord(machine) || !isRecord(machine.States) || !isText(machine.StartAt)) return "broken";
  return [...walk(machine)];
}

/** All states of a machine, of its branches and of its iterators. */
function* walk(machine: Values): Generator<State> {
  const states = machine.States;
  if (!isRecord(states)) return;
  for (const [name, body] of Object.entries(states)) {
    if (!isRecord(body)) continue;
    yield { name, body };
    for (const branch of list(body.Branches)) if (isRecord(branch)) yield* walk(branch);
    const inner: readonly Value[] = [body.ItemProcessor, body.Iterator];
    for (const one of inner) if (isRecord(one)) yield* walk(one);
  }
}

/** The service and action that a task calls: `lambda:invoke`, `aws-sdk:route53:changeResourceRecordSets`; an ARN for a plain function or activity. */
export function calleeOf(resource: Value): string | undefined {
  if (!isText(resource)) return undefined;
  const integration = /^arn:[^:]+:states:[^:]*:[^:]*:(.+)$/.exec(resource);
  return integration?.[1] ?? resource;
}

/** The whole machine's own limit in seconds. */
export function limitOf(definition: Value): Value {
  return at(json(definition), "TimeoutSeconds");
}
