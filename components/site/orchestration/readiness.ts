import { READINESS_CHECKS } from "../../../contract/steps";
import { invoke, jsonata, notify, failure, choose, FAILURE, type Bindings, type State } from "./steps";

/** Both regions' code, settings, replicas, secrets, parameters and quotas, as one more check. That it can't be made is its result, and ends no run. */
function comparison<T>(to: Bindings<T>): State {
  const found = (passed: string, detail: string): string =>
    jsonata(`$append($states.input, {'check': 'parity', 'passed': ${passed}, 'detail': ${detail}, 'durationMs': 0})`);
  const { inSync, differences } = { inSync: "$states.result.Payload.inSync", differences: "$states.result.Payload.differences.detail" };
  return {
    ...invoke(to, { call: "parity", payload: {}, timeoutSeconds: 120, next: "Publish" }),
    Output: found(inSync, `${inSync} ? 'both regions are in sync' : $join(${differences}, '; ')`),
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Publish", Output: found("false", "'the regions could not be compared'") }],
  };
}

export function readinessDefinition<T>(to: Bindings<T>): State {
  return {
    Comment: "Run every check for real, publish FailoverReadiness and TestDuration, tell people when it is not 100",
    QueryLanguage: "JSONata",
    StartAt: "Checks",
    TimeoutSeconds: 900,
    States: {
      Checks: {
        Type: "Map",
        Items: [...READINESS_CHECKS],
        MaxConcurrency: 4,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Check",
          States: {
            Check: invoke(to, { call: "readiness", payload: { check: jsonata("$states.input") }, timeoutSeconds: 100, inBranch: true }),
          },
        },
        Catch: [{ ErrorEquals: ["States.ALL"], Next: FAILURE, Output: "{% $states.errorOutput %}" }],
        Next: to.parity === undefined ? "Publish" : "Compare",
      },
      ...(to.parity === undefined ? {} : { Compare: comparison(to) }),
      Publish: invoke(to, {
        call: "readiness",
        payload: { action: "publish", results: jsonata("$states.input") },
        timeoutSeconds: 30,
        next: "Ready",
      }),
      Ready: choose([["$states.input.ready", "Done"]], "NotifyNotReady"),
      ...notify("NotifyNotReady", "Failover Not Ready", "'checks failed: ' & $join($states.input.failed, ', ')", "Done", to),
      Done: { Type: "Succeed" },
      ...failure("Readiness", to),
    },
  };
}
