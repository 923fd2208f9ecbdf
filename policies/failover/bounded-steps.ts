import { text } from "../support/config";
import { stackPolicy } from "../support/policy";
import { statesOf } from "../support/state-machine";
import { STATE_MACHINE } from "../support/types";
import { isText, list, number, UNKNOWN } from "../support/values";

/** A step without a timeout waits for a year, one without retries gives up at the first lost packet, and one without a catch tells nobody. */
export const boundedSteps = stackPolicy({
  name: "bounded-steps",
  rule: "Every task of a failover has a timeout and retries, its failure is caught, and its history is kept.",
  severity: "high",
  mend: "give each task TimeoutSeconds and Retry, a Catch to itself or to the Parallel or Map around it, and the machine TimeoutSeconds and a loggingConfiguration",
  options: {
    machines: text("failover|switchover|readiness", "What the names of the machines match, a regular expression."),
    taskSeconds: text("300", "Most seconds that one try of a task may take.", "^[0-9]{1,5}$"),
  },
  judge: (stack, report, { machines, taskSeconds }) => {
    for (const machine of stack.of(STATE_MACHINE)) {
      const { name, definition, loggingConfiguration } = machine.props;
      if (!new RegExp(machines, "i").test(isText(name) ? name : machine.name)) continue;
      const states = statesOf(definition);
      if (states === "broken") report("its definition is not a state machine", machine);
      const known = typeof states === "object" ? states : [];
      const around = new Set(
        known.filter(({ body }) => body.Type !== "Task" && list(body.Catch).length > 0).flatMap(({ body }) => tasksIn(body)),
      );
      for (const { name: state, body } of known) {
        if (body.Type !== "Task") continue;
        const seconds = number(body.TimeoutSeconds);
        if (seconds === undefined || seconds > Number(taskSeconds))
          report(`its task ${state} has no TimeoutSeconds of at most ${taskSeconds}`, machine);
        if (list(body.Retry).length === 0) report(`its task ${state} has no Retry`, machine);
        if (list(body.Catch).length === 0 && !around.has(state)) report(`the failure of its task ${state} is not caught (Catch)`, machine);
      }
      const logging = list(loggingConfiguration)[0];
      const level = typeof logging === "object" && logging !== null && "level" in logging ? logging.level : undefined;
      if (logging !== UNKNOWN && level !== UNKNOWN && (!isText(level) || level === "OFF"))
        report("its history is not logged (loggingConfiguration)", machine);
    }
  },
});

/** Names of the tasks inside a Parallel or Map state. */
function tasksIn(body: Readonly<Record<string, unknown>>): readonly string[] {
  const inner = [body.Branches, body.ItemProcessor, body.Iterator].flat().filter((one) => one !== undefined);
  return inner.flatMap((branch) => {
    const states = (statesOf({ StartAt: "any", ...(branch as object) }) ?? []) as readonly { readonly name: string }[] | "broken";
    return states === "broken" ? [] : states.map(({ name }) => name);
  });
}
