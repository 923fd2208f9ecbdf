import {
  choose,
  failure,
  invoke,
  jsonata,
  notify,
  reconcileAndValidate,
  wait,
  FAILURE,
  RECONCILIATION,
  MOVE_TIMEOUT_SECONDS,
  type Bindings,
  type State,
} from "./steps";

const LOOK_SECONDS = 2;
const LOOKS = 300;

/**
 * Graceful move, run in the region that is to become active, whichever that is. Input: `{expectedEpoch?, reason, trigger}`.
 * No data is lost: settlement pauses from the lease's hand-over to the end of the switchover, acceptance never does.
 */
export function switchoverDefinition<T>(to: Bindings<T>): State {
  return {
    Comment: "Refuse unless the target is healthy and caught up; hand the lease over; switch over; reconcile; prove it with a trade",
    QueryLanguage: "JSONata",
    StartAt: "CheckTarget",
    TimeoutSeconds: MOVE_TIMEOUT_SECONDS,
    States: {
      CheckTarget: invoke(to, {
        call: "databaseStep",
        payload: { action: "checkTarget" },
        timeoutSeconds: 40,
        assign: {
          ready: jsonata("$states.result.Payload.ready"),
          // A hand-over that is tried again must not take the lease from whoever came after it: the epoch is the one that was checked.
          expectedEpoch: jsonata("$exists($states.input.expectedEpoch) ? $states.input.expectedEpoch : $states.result.Payload.epoch"),
          ...RECONCILIATION,
          attempt: 0,
          looks: 0,
        },
        next: "TargetReady",
      }),
      TargetReady: choose([["$ready", "HandOver"]], "NotifyRefused"),
      HandOver: invoke(to, {
        call: "leaseStep",
        payload: { action: "take", expectedEpoch: jsonata("$expectedEpoch") },
        timeoutSeconds: 30,
        assign: { taken: jsonata("$states.result.Payload.taken"), epoch: jsonata("$states.result.Payload.epoch") },
        next: "HandedOver",
      }),
      HandedOver: choose([["$taken", "Switchover"]], "NotifyRefused"),
      Switchover: invoke(to, {
        call: "databaseStep",
        payload: { action: "switchover", epoch: jsonata("$epoch") },
        timeoutSeconds: 40,
        assign: { state: jsonata("$states.result.Payload.state"), looks: jsonata("$looks + 1") },
        next: "Switched",
      }),
      Switched: choose(
        [
          ["$state = 'writer'", "RaiseFence"],
          [`$state = 'moving' and $looks < ${LOOKS}`, "SwitchoverAgain"],
        ],
        FAILURE,
      ),
      SwitchoverAgain: wait(LOOK_SECONDS, "Switchover"),
      RaiseFence: invoke(to, {
        call: "databaseStep",
        payload: { action: "raiseFence", epoch: jsonata("$epoch") },
        timeoutSeconds: 40,
        assign: { raised: jsonata("$states.result.Payload.raised") },
        next: "FenceRaised",
      }),
      FenceRaised: choose([["$raised", "Reconcile"]], FAILURE),
      ...reconcileAndValidate(to, "NotifyCompleted"),
      ...notify("NotifyCompleted", "Switchover Completed", "'switchover completed at epoch ' & $string($epoch)", "Completed", to),
      Completed: { Type: "Succeed" },
      ...notify(
        "NotifyRefused",
        "Switchover Refused",
        "'switchover refused, nothing was changed: ' & $string($states.input)",
        "Refused",
        to,
      ),
      Refused: {
        Type: "Fail",
        Error: "SwitchoverRefused",
        Cause: "The target is not a healthy replica that has caught up, or the lease has moved on; the reasons are in the step before.",
      },
      ...failure("Switchover", to),
    },
  };
}
