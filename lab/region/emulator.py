"""Starts the emulator (MiniStack) as `python -m ministack` does, with four things put right that a drill depends on.

1. After each invocation of a function it waits up to 50 ms for the function's first log line, looking every millisecond. Functions that have nothing
   to log would pay that each time, and the looking keeps its one core busy. Lines that come later are taken with the next invocation's.
2. Its event source mappings for SQS take at most ten messages and know no batching window. AWS: up to 10,000, gathered for the window's length.
3. Its Parameter Store says nothing on the default bus when a parameter was changed; an event of AWS's own can't be put there by PutEvents.

4. It does not verify signatures, and so tells a function nobody's name. The region's front does, and says in a header whom the gateway lets in.

MiniStack has no setting and no hook for any of these, so functions of its own are replaced here, and the version is pinned.
"""

import json
import runpy
import time

from ministack.core.lambda_runtime import Worker
from ministack.services import apigateway_v1, eventbridge, lambda_svc, sqs, ssm

FIRST_LINE_SECONDS = 0.003
QUIET_SECONDS = 0.002
AT_MOST_SECONDS = 0.1

Worker._drain_stderr_bounded.__defaults__ = (FIRST_LINE_SECONDS, QUIET_SECONDS, AT_MOST_SECONDS)

# Queue URL -> when the batch that is being gathered was begun.
gathering = {}


def window_of(queue):
    arn = queue["attributes"].get("QueueArn")
    windows = [esm.get("MaximumBatchingWindowInSeconds") or 0 for _, _, esm in lambda_svc._iter_all_esms() if esm.get("EventSourceArn") == arn]
    return max(windows, default=0)


def receive(queue_url, batch_size):
    """A full batch, or what has come since the window began; nothing while it is open."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        now = time.time()
        waiting = sum(1 for message in queue["messages"] if message.get("visible_at", 0) <= now)
        if waiting == 0:
            gathering.pop(queue_url, None)
            return []
        began = gathering.setdefault(queue_url, now)
        if waiting < batch_size and now - began < window_of(queue):
            return []
        del gathering[queue_url]
        return sqs._collect_msgs(queue, int(batch_size), int(queue["attributes"].get("VisibilityTimeout", "30")))


def announce(operation, names):
    entries = [
        {"Source": "aws.ssm", "DetailType": "Parameter Store Change", "Detail": json.dumps({"operation": operation, "name": name})} for name in names
    ]
    for first in range(0, len(entries), 10):
        eventbridge._put_events({"Entries": entries[first : first + 10]}, allow_aws_source=True)


def announcing(call, change):
    """The call, and after it, if it succeeded, an event of each name that it changed. `change`: request and answer -> operation and names."""

    def called(data):
        answer = call(data)
        if answer[0] == 200:
            announce(*change(data, json.loads(answer[2])))
        return answer

    return called


IDENTITY = "x-lab-identity"
event_of = apigateway_v1._build_lambda_event_v1


def event_with_caller(*given, **named):
    event = event_of(*given, **named)
    told = event["headers"].pop(IDENTITY, None)
    event["multiValueHeaders"].pop(IDENTITY, None)
    if told is not None:
        event["requestContext"]["identity"].update(json.loads(told))
    return event


apigateway_v1._build_lambda_event_v1 = event_with_caller
ssm._put_parameter = announcing(ssm._put_parameter, lambda asked, told: ("Create" if told["Version"] == 1 else "Update", [asked["Name"]]))
ssm._delete_parameter = announcing(ssm._delete_parameter, lambda asked, _: ("Delete", [asked["Name"]]))
ssm._delete_parameters = announcing(ssm._delete_parameters, lambda _, told: ("Delete", told["DeletedParameters"]))
sqs._receive_messages_for_esm = receive
runpy.run_module("ministack", run_name="__main__")
