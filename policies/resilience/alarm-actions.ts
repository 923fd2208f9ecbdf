import { stackPolicy } from "../support/policy";
import type { Member } from "../support/resource";
import { ALARM } from "../support/types";
import { isAbsent, isFalse, isText, list, UNKNOWN } from "../support/values";

const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

function nameOf({ type, props }: Member) {
  return type === COMPOSITE ? props.alarmName : props.name;
}

/** An alarm is heard if it has an action, or if a composite alarm with an action includes it. */
export const alarmActions = stackPolicy({
  name: "alarm-actions",
  rule: "Every alarm tells somebody, by itself or by a composite alarm that is made of it.",
  severity: "medium",
  mend: "set alarmActions to the site's topic, or name the alarm in a composite alarm's alarmRule; leave actionsEnabled out",
  options: {},
  judge: (stack, report) => {
    const rules = stack.of(COMPOSITE).map(({ props }) => props.alarmRule);
    for (const composite of stack.of(COMPOSITE)) {
      const { alarmRule } = composite.props;
      if (alarmRule !== UNKNOWN && !isText(alarmRule)) report("alarmRule is not a rule", composite);
    }
    for (const alarm of stack.of(ALARM, COMPOSITE)) {
      const { alarmActions: actions, actionsEnabled } = alarm.props;
      // Absent means on.
      if (!isAbsent(actionsEnabled) && actionsEnabled !== UNKNOWN && isFalse(actionsEnabled))
        report("its actions are switched off (actionsEnabled)", alarm);
      if (actions === UNKNOWN || list(actions).some((one) => one === UNKNOWN || isText(one))) continue;
      const name = nameOf(alarm);
      if (name === UNKNOWN || rules.includes(UNKNOWN)) continue;
      const isPart = isText(name) && rules.some((rule) => isText(rule) && new RegExp(`["(]${name}[")]`).test(rule));
      if (!isPart) report("it has no alarmActions and is part of no composite alarm, so nobody hears it", alarm);
    }
  },
});
