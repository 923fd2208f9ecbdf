import {
  begin,
  choose,
  failure,
  invoke,
  jsonata,
  notify,
  observe,
  optional,
  reconcileAndValidate,
  wait,
  FAILURE,
  RECONCILIATION,
  MOVE_TIMEOUT_SECONDS,
  type Bindings,
  type State,
} from "./steps";

/** Seconds between two looks at a promotion, and how many looks: ten minutes, where AWS speaks of minutes. */
const LOOK_SECONDS = 2;
const LOOKS = 300;
/** Seconds between two looks at where the public name leads. */
const TRAFFIC_LOOK_SECONDS = 3;

/**
 * Ungraceful failover, run in the region that becomes active; it calls nothing in the other. Input: `{expectedEpoch?, renewals?, reason, trigger}`.
 * Acceptance waits for none of it: trades are accepted in either region all along.
 * @param budgetSeconds how long the public name may take to lead here: it is looked after for no less
 */
export function failoverDefinition<T>(to: Bindings<T>, budgetSeconds: number): State {
  return {
    Comment: "Take the lease; promote the ledger while traffic moves; reconcile; prove it with a trade",
    QueryLanguage: "JSONata",
    StartAt: "TakeLease",
    TimeoutSeconds: MOVE_TIMEOUT_SECONDS,
    States: {
      TakeLease: invoke(to, {
        call: "leaseStep",
        payload: {
          action: "take",
          expectedEpoch: optional("$states.input.expectedEpoch"),
          renewals: optional("$states.input.renewals"),
        },
        timeoutSeconds: 30,
        assign: {
          taken: jsonata("$states.result.Payload.taken"),
          epoch: jsonata("$states.result.Payload.epoch"),
          ...RECONCILIATION,
          attempt: 0,
        },
        next: "Taken",
      }),
      Taken: choose([["$taken", "Move"]], "NotifySuperseded"),
      Move: {
        Type: "Parallel",
        Branches: [promotion(to), traffic(to, budgetSeconds)],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: FAILURE, Output: "{% $states.errorOutput %}" }],
        Next: "Moved",
      },
      Moved: choose([["$states.input[0].raised", "Reconcile"]], FAILURE),
      ...reconcileAndValidate(to, "NotifyCompleted"),
      ...notify("NotifyCompleted", "Failover Completed", "'failover completed at epoch ' & $string($epoch)", "Completed", to),
      Completed: { Type: "Succeed" },
      ...notify("NotifySuperseded", "Failover Superseded", "'failover superseded: ' & $string($states.input)", "Superseded", to),
      Superseded: { Type: "Succeed" },
      ...failure("Failover", to),
    },
  };
}

function promotion<T>(to: Bindings<T>): State {
  return {
    StartAt: "BeginPromotion",
    States: {
      BeginPromotion: begin({ state: "moving", looks: 0 }, "Promote"),
      Promote: invoke(to, {
        call: "databaseStep",
        payload: { action: "promote", epoch: jsonata("$epoch") },
        timeoutSeconds: 40,
        assign: { state: jsonata("$states.result.Payload.state"), looks: jsonata("$looks + 1") },
        next: "Promoted",
        inBranch: true,
      }),
      Promoted: choose(
        [
          ["$state = 'writer'", "RaiseFence"],
          [`$state = 'moving' and $looks < ${LOOKS}`, "PromoteAgain"],
        ],
        "NotPromoted",
      ),
      PromoteAgain: wait(LOOK_SECONDS, "Promote"),
      RaiseFence: invoke(to, {
        call: "databaseStep",
        payload: { action: "raiseFence", epoch: jsonata("$epoch") },
        timeoutSeconds: 40,
        inBranch: true,
      }),
      NotPromoted: { Type: "Pass", Output: { raised: false, state: jsonata("$state") }, End: true },
    },
  };
}

/** Only observes: whether the name leads here yet decides nothing about the ledger. */
function traffic<T>(to: Bindings<T>, budgetSeconds: number): State {
  // One more than there are pauses between them.
  const looks = Math.ceil(budgetSeconds / TRAFFIC_LOOK_SECONDS) + 1;
  return {
    StartAt: "BeginTraffic",
    States: {
      BeginTraffic: begin({ confirmed: false, trafficLooks: 0 }, "ConfirmTraffic"),
      ConfirmTraffic: observe(
        to,
        {
          call: "validator",
          payload: { action: "confirmTraffic", epoch: jsonata("$epoch") },
          timeoutSeconds: 20,
          assign: { confirmed: jsonata("$states.result.Payload.confirmed"), trafficLooks: jsonata("$trafficLooks + 1") },
          next: "TrafficHere",
        },
        { confirmed: false },
        "TrafficSeen",
      ),
      TrafficHere: choose([[`$confirmed or $trafficLooks >= ${looks}`, "TrafficSeen"]], "LookAgain"),
      LookAgain: wait(TRAFFIC_LOOK_SECONDS, "ConfirmTraffic"),
      TrafficSeen: { Type: "Pass", Output: { confirmed: jsonata("$confirmed") }, End: true },
    },
  };
}
