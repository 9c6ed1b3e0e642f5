# SPDX-License-Identifier: MIT
"""Commands on their way: when each is due again, since when somebody waits, and what answers it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.sim.states import COMMANDS
from followfocus.wire.messages import Ack, Message, Ping, Result, decode_body, fields_of, message_types
from followfocus.wire.requests import BYTE_S, MOVES, REPLIES, Request, answers

KINDS = sorted(message_types().values(), key=lambda kind: kind.TYPE)


def blank(kind: type[Message]) -> Message:
    """A message of a kind with noughts in it, or with ones where nought is no word of its."""
    size = sum(struct.calcsize("<" + code) for _, code, _ in fields_of(kind))
    for filling in (b"\0", b"\1"):
        try:
            return decode_body(kind.TYPE, filling * size)
        except ValueError:
            continue
    raise AssertionError(f"no body of {size} bytes is a {kind.__name__}")


@given(st.lists(st.tuples(st.floats(0.0, 10.0), st.floats(0.01, 2.0)), min_size=1, max_size=6), st.binary(max_size=200))
def test_somebody_waits_since_the_first_sending_and_each_wait_begins_anew(
    sendings: list[tuple[float, float]], frame: bytes
) -> None:
    request, now_s = Request(1, Ping(), frame=frame), 0.0
    first_s = sendings[0][0]
    for number, (after_s, wait_s) in enumerate(sendings, start=1):
        now_s += after_s
        request.sent(now_s, wait_s)
        assert (request.tries, request.sent_s) == (number, first_s)
        # the frame and an answer as long as it must have passed the line before silence counts
        assert request.due_s == pytest.approx(now_s + wait_s + 2 * len(frame) * BYTE_S)


@pytest.mark.parametrize("command", KINDS, ids=lambda kind: kind.__name__)
def test_a_command_is_answered_by_its_own_reply_and_by_no_other_message(command: type[Message]) -> None:
    asked = blank(command)
    fitting = {kind for kind in KINDS if kind is not Ack and answers(blank(kind), asked)}
    assert fitting == ({REPLIES[command]} if command in REPLIES else set())


@pytest.mark.parametrize("command", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("result", Result, ids=lambda result: result.name)
def test_a_word_answers_its_own_command_and_a_question_is_not_answered_with_yes(
    command: type[Message], result: Result
) -> None:
    asked, other = blank(command), next(kind for kind in KINDS if kind is not command)
    assert answers(Ack(command.TYPE, result, 0), asked) is not (command in REPLIES and result is Result.OK)
    assert not answers(Ack(other.TYPE, result, 0), asked)


STAY = {
    "ClearFault", "Config", "ConfirmPosition", "Disarm", "FactoryReset", "GetConfig", "GetLastKnown", "GetSafety",
    "GetStatus", "GetTake", "Hello", "Hold", "Park", "Ping", "ProfileBegin", "ProfileData", "Safety", "SaveConfig",
    "SetLimits", "SetPosition", "SetSerial", "SetTelemetry", "Unload",
}  # fmt: skip
"""Commands that a STOP need not drop: none of them sets the ring going, or lets it be set going."""


def test_of_every_command_it_is_known_whether_a_stop_drops_it() -> None:
    assert {kind.__name__ for kind in COMMANDS} - {kind.__name__ for kind in MOVES} == STAY


def test_every_reply_answers_a_question() -> None:
    replies = {kind.__name__ for kind in KINDS if 0x80 <= kind.TYPE < 0x90} - {"Ack", "HelloReply"}
    assert replies <= {kind.__name__ for kind in REPLIES.values()}, "a question that nothing answers is taken for lost"
