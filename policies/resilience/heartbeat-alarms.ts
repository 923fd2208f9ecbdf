import { texts } from "../support/config";
import { stackPolicy } from "../support/policy";
import { metricsOf } from "../support/alarms";
import { ALARM, STATE_MACHINE } from "../support/types";
import { passes, UNKNOWN, type Value } from "../support/values";

/** Each region has an alarm for the absence of every signal that must always be there. */
export const heartbeatAlarms = stackPolicy({
  name: "heartbeat-alarms",
  rule: "Each region alarms when a heartbeat of failover is missing: readiness, and the renewal of the lease.",
  severity: "high",
  mend: "add a metric alarm on the heartbeat in every region, with treatMissingData: breaching",
  options: { heartbeats: texts(["FailoverReadiness", "LeaseUnrenewed"], "Metrics that each region must have an alarm on.") },
  judge: (stack, report, { heartbeats }) => {
    // A stack without orchestration has no heartbeat.
    if (stack.of(STATE_MACHINE).length === 0) return;
    for (const region of stack.regions()) {
      const names: readonly Value[] = stack
        .of(ALARM)
        .filter((alarm) => alarm.region === region && passes(alarm.props.treatMissingData, (value) => value === "breaching"))
        .flatMap(metricsOf);
      if (names.includes(UNKNOWN)) continue;
      const unheard = heartbeats.filter((one) => !names.includes(one));
      if (unheard.length > 0) report(`${region} has no alarm on ${unheard.join(", ")} that takes missing data for bad`);
    }
  },
});
