import { text } from "../support/config";
import { resourcePolicy } from "../support/policy";
import { TABLE } from "../support/types";
import { at, isAbsent, isText, list, passes, UNKNOWN } from "../support/values";

/** RPO 0 and a single holder rest on two tables. AWS also refuses MRSC tables with TTL or local indexes. */
export const strongConsistency = resourcePolicy({
  name: "strong-consistency",
  rule: "The tables of the journal and of the lease are strongly consistent over three regions.",
  severity: "critical",
  mend: "give the table one replica with consistencyMode: STRONG and a globalTableWitness in the third region (or two replicas), without ttl and localSecondaryIndexes, PAY_PER_REQUEST",
  types: [TABLE],
  options: { tables: text("(journal|lease)", "What the names of the tables match, a regular expression.") },
  judge: ({ name, props }, report, { tables }) => {
    if (!new RegExp(tables, "i").test(isText(props.name) ? props.name : name)) return;
    const replicas = list(props.replicas);
    if (!replicas.every((replica) => passes(at(replica, "consistencyMode"), (mode) => mode === "STRONG")))
      report("a replica is not STRONG (consistencyMode)");
    const witness = props.globalTableWitness;
    const open = replicas.includes(UNKNOWN) || witness === UNKNOWN;
    const regions = replicas.length + (passes(at(list(witness)[0], "regionName"), isText) && !isAbsent(witness) ? 1 : 0);
    if (!open && regions !== 2) report(`it is in ${regions + 1} regions and not in three (replicas, globalTableWitness)`);
    if (
      passes(at(list(props.ttl)[0], "enabled"), (value) => value === true) &&
      !isAbsent(props.ttl) &&
      at(list(props.ttl)[0], "enabled") !== UNKNOWN
    ) {
      report("it has a ttl, which strong consistency does not know");
    }
    if (!passes(props.localSecondaryIndexes, isAbsent)) report("it has localSecondaryIndexes, which strong consistency does not know");
    if (!passes(props.billingMode, (mode) => mode === "PAY_PER_REQUEST"))
      report("billingMode is not PAY_PER_REQUEST: the other region's whole load may come at once");
  },
});
