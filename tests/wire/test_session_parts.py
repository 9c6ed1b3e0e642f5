# SPDX-License-Identifier: MIT
"""The session's parts, each alone: STOP's bytes, greetings, the queue of commands, pings, outcomes that are awaited."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from followfocus.wire.awaited import Awaited
from followfocus.wire.command_queue import CommandQueue
from followfocus.wire.events import Dropped, Event, Implausible, OtherUnit, Replied, Version, Why
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.greeting import GREETING_PATIENCE_S, NOISE_KEPT, Greeting
from followfocus.wire.intake import MOST_AT_ONCE, MOST_BYTES_S, Intake
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Ack,
    GetStatus,
    Goto,
    HelloReply,
    Ping,
    Result,
    Stopped,
    Telemetry,
)
from followfocus.wire.outgoing import ATTENTION_EVERY_S, QUIET_S, FramesOut
from followfocus.wire.stopping import STOP_EVERY_S, STOP_PATIENCE_S, Stopping
from tests.wire.test_requests import blank


def stopped(*, hard: bool) -> Stopped:
    message = blank(Stopped)
    assert isinstance(message, Stopped)
    return dataclasses.replace(message, hard=int(hard))


# STOP -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hard", [False, True])
def test_a_stop_is_sent_at_once_and_every_50_ms_until_it_is_answered(hard: bool) -> None:
    stopping = Stopping()
    assert (stopping.under_way, stopping.due_s, stopping.bytes_due(5.0)) == (False, None, b"")
    stopping.ask(5.0, hard=hard)
    assert stopping.due_s == 5.0
    assert stopping.bytes_due(4.999) == b""
    for number in range(4):
        due_s = stopping.due_s
        assert due_s == pytest.approx(5.0 + number * STOP_EVERY_S)
        assert stopping.bytes_due(due_s) == (HARD_STOP_BYTES if hard else STOP_BYTES)
        assert stopping.bytes_due(due_s) == b""
    stopping.hear(stopped(hard=hard))
    assert (stopping.under_way, stopping.bytes_due(99.0), stopping.runs_out(99.0)) == (False, b"", False)


def test_a_soft_stops_answer_is_none_to_a_hard_one_and_a_hard_ones_is_to_both() -> None:
    for asked, answered, over in ((True, False, False), (True, True, True), (False, True, True), (False, False, True)):
        stopping = Stopping()
        stopping.ask(1.0, hard=asked)
        stopping.hear(stopped(hard=answered))
        assert stopping.under_way is not over


def test_a_harder_stop_begins_anew_and_a_softer_one_changes_nothing() -> None:
    stopping = Stopping()
    stopping.ask(1.0, hard=False)
    stopping.bytes_due(1.0)
    stopping.ask(1.01, hard=False)
    assert stopping.due_s == pytest.approx(1.0 + STOP_EVERY_S)
    stopping.ask(1.02, hard=True)
    assert (stopping.due_s, stopping.bytes_due(1.02)) == (1.02, HARD_STOP_BYTES)
    stopping.ask(1.03, hard=False)
    assert (stopping.due_s, stopping.bytes_due(2.0)) == (pytest.approx(1.02 + STOP_EVERY_S), HARD_STOP_BYTES)


def test_a_stop_without_an_answer_is_told_of_once() -> None:
    stopping = Stopping()
    stopping.ask(1.0, hard=False)
    told = [stopping.runs_out(1.0 + after_s) for after_s in (0.0, STOP_PATIENCE_S - 0.01, STOP_PATIENCE_S, 5.0)]
    assert told == [False, False, True, False]
    stopping.ask(10.0, hard=True)
    assert [stopping.runs_out(10.5), stopping.runs_out(11.0), stopping.runs_out(12.0)] == [False, True, False]


# Greeting -------------------------------------------------------------------------------------------------------------


def reply(**changes: object) -> HelloReply:
    sound = {
        "major": PROTOCOL_MAJOR, "minor": PROTOCOL_MINOR, "definitions": DEFINITIONS_HASH, "tick_hz": 16_000_000,
        "max_payload": 200, "segment_capacity": 96, "fastest_interval_ticks": 400, "serial": b"SIM00001",
    }  # fmt: skip
    return dataclasses.replace(blank(HelloReply), **{**sound, **changes})  # type: ignore[arg-type, return-value]


def test_each_hello_has_a_number_of_its_own_and_only_its_answer_is_for_us() -> None:
    greeting = Greeting(0xFFFFFFFE)
    nonces = [greeting.hello(float(n)).nonce for n in range(3)]
    assert nonces == [0xFFFFFFFF, 1, 2]  # 0 is what a unit says unasked
    assert [greeting.is_for_us(reply(nonce=nonce)) for nonce in nonces] == [False, False, True]


def test_it_is_given_up_once_after_the_bootloaders_time_and_anew_after_each_hello() -> None:
    greeting = Greeting(1)
    greeting.hello(10.0)
    assert not greeting.runs_out(10.0 + GREETING_PATIENCE_S - 0.01)
    assert greeting.runs_out(10.0 + GREETING_PATIENCE_S)
    greeting.given_up = True
    assert not greeting.runs_out(99.0)
    greeting.hello(99.0)
    assert not greeting.given_up


def test_the_newest_noise_is_kept_up_to_a_bound() -> None:
    greeting = Greeting(1)
    for part in (b"a" * 1000, b"b" * 1000, b"c" * 1000):
        greeting.hear(part)
    assert greeting.noise == (b"a" * 1000 + b"b" * 1000 + b"c" * 1000)[-NOISE_KEPT:]
    greeting.forget_noise()
    assert greeting.noise == b""


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, type(None)), ({"minor": PROTOCOL_MINOR + 1}, type(None)), ({"major": PROTOCOL_MAJOR + 1}, Version),
        ({"definitions": 1}, Version), ({"serial": b"SIM00002"}, OtherUnit), ({"segment_capacity": 0}, Implausible),
        ({"major": PROTOCOL_MAJOR + 1, "serial": b"SIM00002", "segment_capacity": 0}, Version),
        ({"serial": b"SIM00002", "segment_capacity": 0}, OtherUnit),
    ],
)  # fmt: skip
def test_who_answers_is_judged_by_version_then_number_then_figures(changes: dict[str, object], kind: type) -> None:
    greeting = Greeting(1)
    greeting.serial = b"SIM00001"
    assert type(greeting.refusal(reply(**changes))) is kind
    greeting.serial = None  # nobody was met before: any number will do
    assert not isinstance(greeting.refusal(reply(**changes)), OtherUnit)


# The queue ------------------------------------------------------------------------------------------------------------


def queued() -> tuple[CommandQueue, list[Event]]:
    told: list[Event] = []
    return CommandQueue(told.append), told


def test_commands_go_in_order_with_numbers_that_are_never_0_nor_the_last_one() -> None:
    queue, _ = queued()
    seqs = []
    for _ in range(600):
        queue.add(Ping(), None)
        queue.begin_next(3.0)
        assert queue.current is not None
        assert queue.current.due_s == 3.0
        seqs.append(queue.current.seq)
    assert seqs[:3] == [1, 2, 3]
    assert set(seqs) == set(range(1, 256))
    assert all(a != b for a, b in itertools.pairwise(seqs))


def test_a_newer_command_takes_the_place_of_the_one_that_waits_in_its_slot() -> None:
    queue, told = queued()
    tickets = [queue.add(Goto(1, 0), "knob"), queue.add(Goto(2, 0), None), queue.add(Goto(3, 0), "knob")]
    assert tickets == [1, 2, 3]
    assert told == [Dropped(1, Why.SUPERSEDED, sent=False)]
    queue.begin_next(0.0)
    assert queue.current is not None
    assert queue.current.message == Goto(2, 0)
    queue.add(Goto(4, 0), "other")
    assert len(told) == 1


def test_a_stop_drops_what_moves_and_leaves_what_asks() -> None:
    queue, told = queued()
    for message in (Goto(1, 0), GetStatus(), Goto(2, 0)):
        queue.add(message, None)
    queue.begin_next(0.0)
    queue.drop_moves(Why.STOPPED)
    assert told == [Dropped(3, Why.STOPPED, sent=False), Dropped(1, Why.STOPPED, sent=True)]
    queue.begin_next(0.0)
    queue.drop_moves(Why.STOPPED)
    assert queue.current is not None
    assert queue.current.ticket == 2
    queue.drop_all(Why.CLOSED)
    assert told[2:] == [Dropped(2, Why.CLOSED, sent=True)]
    assert not queue.begins(stopping=False)


def test_what_nobody_has_a_ticket_for_is_dropped_without_a_word() -> None:
    queue, told = queued()
    queue.begin(Ping(), 0.0)
    queue.drop_all(Why.RESET)
    assert told == []
    assert queue.refuse(Why.REFUSED) == 1
    assert told == [Dropped(1, Why.REFUSED, sent=False)]


def test_an_answer_is_of_this_number_and_kind_or_it_is_none() -> None:
    queue, _ = queued()
    assert queue.answered_by(1, Ack(Goto.TYPE, Result.OK, 0)) is None
    queue.add(Goto(1, 0), None)
    queue.begin_next(0.0)
    assert queue.answered_by(2, Ack(Goto.TYPE, Result.OK, 0)) is None
    assert queue.answered_by(1, Ack(Ping.TYPE, Result.OK, 0)) is None
    assert queue.answered_by(1, blank(Telemetry)) is None
    assert queue.answered_by(1, Ack(Goto.TYPE, Result.OK, 0)) is queue.current


# Bytes out, bytes in, outcomes ----------------------------------------------------------------------------------------


def test_a_ping_is_due_half_a_second_after_the_last_bytes_and_sooner_while_attentive() -> None:
    out = FramesOut()
    out.put(b"ab", 1.0)
    out.put(b"c", 2.0)
    assert out.take() == b"abc"
    assert out.take() == b""
    assert out.ping_due_s == 2.0 + QUIET_S
    out.attend(2.0 + ATTENTION_EVERY_S)
    assert out.ping_due_s == 2.0 + ATTENTION_EVERY_S
    out.attend(2.0 + ATTENTION_EVERY_S - 0.001)
    assert out.ping_due_s == 2.0 + QUIET_S


def test_a_line_may_bring_as_much_as_gathers_and_then_as_much_as_a_second_has() -> None:
    intake = Intake()
    assert intake.takes(MOST_AT_ONCE, 5.0)
    assert not intake.takes(1, 5.0)
    assert not intake.takes(MOST_BYTES_S, 5.999)
    intake = Intake()
    assert intake.takes(MOST_AT_ONCE, 5.0)
    assert intake.takes(MOST_BYTES_S, 6.0)
    assert intake.takes(MOST_AT_ONCE, 999.0)
    assert not intake.takes(1, 999.0)


def test_an_outcome_is_kept_for_who_waits_once_and_for_nobody_else() -> None:
    awaited, answer = Awaited(), Ack(Ping.TYPE, Result.OK, 0)
    awaited.expect(1)
    assert not awaited.keeps(Replied(2, answer, 0.0, 0.1, 1))
    assert awaited.outcome(1) is None
    outcome = Replied(1, answer, 0.0, 0.1, 1)
    assert awaited.keeps(outcome)
    assert not awaited.keeps(outcome)
    assert (awaited.outcome(1), awaited.outcome(1)) == (outcome, None)
    awaited.expect(3)
    awaited.forget(3)
    assert not awaited.keeps(Dropped(3, Why.CLOSED, sent=True))
    awaited.expect(4)
    assert awaited.keeps(Dropped(4, Why.CLOSED, sent=True))
    awaited.forget(4)
    assert awaited.outcome(4) is None
