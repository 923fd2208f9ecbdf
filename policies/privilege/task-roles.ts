import { flag } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { TASK_DEFINITION } from "../support/types";
import { at, isAbsent, isFalse, isText, isTrue, json, list, passes, UNKNOWN } from "../support/values";

const ROOT = /^(root|0)(:|$)/;

/** What a stranger who got into a container could do with it. */
export const taskRoles = resourcePolicy({
  name: "task-roles",
  rule: "Tasks have a role of their own beside the one that starts them, and containers are not root and write nowhere.",
  severity: "high",
  mend: "give the task definition a taskRoleArn that is not its executionRoleArn, and each container user (not root), readonlyRootFilesystem: true and no privileged",
  types: [TASK_DEFINITION],
  options: { readOnly: flag(true, "Whether each root file system must be read-only.") },
  judge: ({ props }, report, { readOnly }) => {
    const { taskRoleArn, executionRoleArn } = props;
    if (!passes(taskRoleArn, isText))
      report("it has no taskRoleArn: what it may do is what starts it may do, or nothing that is written down");
    else if (taskRoleArn !== UNKNOWN && taskRoleArn === executionRoleArn) report("taskRoleArn and executionRoleArn are one role");
    const containers = json(props.containerDefinitions);
    if (containers === UNKNOWN) return;
    if (list(containers).length === 0) return report("containerDefinitions is no list of containers");
    for (const container of list(containers)) {
      if (!passes(at(container, "user"), (value) => (isText(value) && !ROOT.test(value)) || (typeof value === "number" && value !== 0)))
        report("a container runs as root, or as whoever its image says: user is not set");
      const privileged = at(container, "privileged");
      if (!isAbsent(privileged) && !passes(privileged, isFalse)) report("a container is privileged");
      if (readOnly && !passes(at(container, "readonlyRootFilesystem"), isTrue)) report("a container's readonlyRootFilesystem is not true");
    }
    return undefined;
  },
});
