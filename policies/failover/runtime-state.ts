import { texts } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { RECORD } from "../support/types";
import { isAbsent, list } from "../support/values";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const ITEM = "aws:dynamodb/tableItem:TableItem";
const SERVICE = "aws:ecs/service:Service";

/** Only the runtime writes what a failover changes. An update that sets it back starts an outage. */
export const runtimeState = resourcePolicy({
  name: "runtime-state",
  rule: "The program does not write what the runtime decides: leases, weights, whether a queue is read, how many tasks there are.",
  severity: "high",
  mend: "let the bootstrap write items into tables, and set ignoreChanges for what the runtime changes (enabled, desiredCount)",
  types: [MAPPING, ITEM, SERVICE, RECORD, "aws:ssm/parameter:Parameter"],
  options: { runtimeParameters: texts(["active-region", "lease", "epoch"], "Last parts of names of parameters that the runtime writes.") },
  judge: ({ type, props, opts }, report, { runtimeParameters }) => {
    const ignores = (key: string): boolean => opts.ignoreChanges.some((one) => one === key || one === "*");
    if (type === ITEM) report("it is an item that the next update would set back");
    if (type === MAPPING && !ignores("enabled"))
      report("ignoreChanges lacks enabled: an update would start or stop the reading of the queue");
    if (type === SERVICE && !isAbsent(props.desiredCount) && !ignores("desiredCount"))
      report("ignoreChanges lacks desiredCount: an update would undo the scaling");
    if (type === RECORD && list(props.multivalueAnswerRoutingPolicy).some((one) => one === true))
      report("multivalue answers send clients to both regions, whoever holds the lease");
    if (type === "aws:ssm/parameter:Parameter" && typeof props.name === "string") {
      const last = props.name.split("/").at(-1) ?? "";
      if (runtimeParameters.includes(last) && !ignores("value"))
        report("ignoreChanges lacks value: an update would write over what the runtime wrote");
    }
  },
});
