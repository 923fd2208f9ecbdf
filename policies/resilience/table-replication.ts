import { isExcepted, reasons } from "../support/config";
import { stackPolicy } from "../support/policy";
import { TABLE } from "../support/types";
import { at, isText, list, UNKNOWN } from "../support/values";

/** A table in one region is lost with it. */
export const tableReplication = stackPolicy({
  name: "table-replication",
  rule: "Every table has a replica in every other region of the stack, owned in line by the table.",
  severity: "critical",
  mend: "add the other region to the table's replicas (and no TableReplica beside it: two owners undo each other's replicas)",
  options: { exempt: reasons({}, "Resource names of tables that need no replica, each with the reason; * stands for anything.") },
  judge: (stack, report, { exempt }) => {
    const regions = stack.regions();
    for (const table of stack.of(TABLE)) {
      if (isExcepted(exempt, table.name)) continue;
      const names = list(table.props.replicas).map((replica) => at(replica, "regionName"));
      if (names.includes(UNKNOWN)) continue;
      if (!names.every(isText)) report("a replica has no regionName", table);
      const missing = regions.filter((region) => region !== table.region && !names.includes(region));
      if (missing.length > 0 || names.length === 0) report(`it has no replica in ${missing.join(", ") || "another region"}`, table);
    }
    for (const replica of stack.of("aws:dynamodb/tableReplica:TableReplica"))
      report("a replica has an owner of its own beside the table", replica);
  },
});
