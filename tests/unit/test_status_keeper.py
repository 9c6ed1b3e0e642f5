# SPDX-License-Identifier: MIT
"""The status that is kept of a unit: what each of its words changes, and that an older word changes nothing."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.unit.watch import StatusKeeper
from followfocus.wire.events import Down, Greeted, ResetNoticed, Said, StopUnanswered
from followfocus.wire.messages import (
    Cause,
    Fault,
    Flag,
    HelloReply,
    ResetCause,
    State,
    StateChanged,
    TakeStarted,
    Telemetry,
)
from tests.wire.test_requests import blank

KNOWN = Flag.REFERENCED | Flag.ENERGISED


def telemetry(clock: int = 1000, **changes: object) -> Telemetry:
    made = Telemetry(clock, State.MOVING, KNOWN, Fault.NONE, 500, -200, 7, 3, 4, 2)
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def changed(after: State, clock: int = 2000, cause: Cause = Cause.NONE, fault: Fault = Fault.NONE) -> StateChanged:
    return StateChanged(clock, State.MOVING, after, cause, fault, 600)


def keeper(*told: object) -> StatusKeeper:
    made = StatusKeeper()
    made.steps_per_deg = 20.0
    for number, message in enumerate(told):
        made.hear(Said(message, 10.0 + number))  # type: ignore[arg-type]
    return made


def test_telemetry_is_the_whole_status_in_degrees() -> None:
    status = keeper(telemetry()).status
    assert (status.state, status.position, status.ring_deg, status.speed_deg_s) == (State.MOVING, 500, 25.0, -10.0)
    assert (status.free_segments, status.wanted_offset, status.last_take, status.bad_frames) == (7, 3, 4, 2)
    assert (status.clock, status.received_s, status.flags, status.fault) == (1000, 10.0, KNOWN, Fault.NONE)


def test_a_place_that_is_not_known_has_no_angle() -> None:
    assert keeper(telemetry(flags=Flag.ENERGISED)).status.ring_deg is None
    assert keeper(telemetry(flags=Flag.REFERENCED)).status.ring_deg == 25.0


@pytest.mark.parametrize(("clock", "taken"), [(999, False), (1000, True), (1001, True)])
def test_an_older_word_that_was_held_up_turns_nothing_back(clock: int, taken: bool) -> None:
    for late in (telemetry(clock, position=900), dataclasses.replace(changed(State.IDLE, clock), position=900)):
        made = keeper(telemetry())
        assert made.hear(Said(late, 11.0)) is taken
        assert made.status.position == (900 if taken else 500)


def test_only_what_nobody_asked_for_shows_that_it_speaks_by_itself() -> None:
    made = keeper(telemetry())
    made.hear(Said(telemetry(1001), 20.0, asked=True))
    assert (made.self_told_s, made.status.received_s) == (10.0, 20.0)
    made.hear(Said(telemetry(1002), 21.0))
    assert made.self_told_s == 21.0


@pytest.mark.parametrize("after", State)
def test_a_new_state_says_whether_the_ring_turns_and_its_place_is_known(after: State) -> None:
    turns = after in (State.MOVING, State.PLAYING, State.STOPPING)
    known = after in (State.IDLE, State.LOADED, State.ARMED, State.PLAYING)
    for flags in (KNOWN, Flag.ENERGISED):
        made = keeper(telemetry(flags=flags), changed(after, cause=Cause.DONE))
        status = made.status
        assert (status.state, status.clock, status.position) == (after, 2000, 600)
        assert status.speed_deg_s == (-10.0 if turns else 0.0)
        expected = known or (flags is KNOWN and after is not State.UNREFERENCED)
        assert status.referenced is expected
        assert status.ring_deg == (30.0 if expected else None)
        assert Flag.ENERGISED in status.flags


def test_why_the_last_motion_ended_stands_until_another_has() -> None:
    made = keeper(telemetry(), changed(State.IDLE, 2000, Cause.STOP), changed(State.MOVING, 3000))
    assert (made.status.cause, made.status.cause_clock, made.status.clock) == (Cause.STOP, 2000, 3000)
    made.hear(Said(changed(State.FAULT, 4000, Cause.FAULT, Fault.STALL), 30.0))
    assert (made.status.cause, made.status.cause_clock, made.status.fault) == (Cause.FAULT, 4000, Fault.STALL)


def test_a_lost_link_stops_the_needle_and_is_counted_and_a_greeting_is_the_end_of_it() -> None:
    made = keeper(telemetry())
    assert made.hear(Down("The cable is cut."))
    assert (made.status.connected, made.status.speed_deg_s, made.status.ring_deg, made.downs) == (False, 0.0, 25.0, 1)
    hello = blank(HelloReply)
    assert isinstance(hello, HelloReply)
    assert made.hear(Greeted(hello, again=True))
    assert (made.status.connected, made.status.ring_deg) == (True, 25.0)
    made.hear(Down("Again."))
    assert made.downs == 2


def test_what_is_said_after_a_greeting_is_news_whatever_its_clock_says() -> None:
    """A unit that can't count its boots is another one by its clock alone."""
    made = keeper(telemetry())
    made.hear(Down("The cable is cut."))
    made.hear(Greeted(blank(HelloReply), again=True))  # type: ignore[arg-type]
    assert made.hear(Said(telemetry(0, state=State.UNREFERENCED, flags=Flag.ENERGISED), 20.0))
    assert (made.status.state, made.status.ring_deg) == (State.UNREFERENCED, None)


def test_a_reset_leaves_nothing_known() -> None:
    made = keeper(telemetry())
    made.hear(ResetNoticed(7, ResetCause.POWER_ON))
    assert (made.status.connected, made.status.state, made.status.ring_deg) == (True, State.UNREFERENCED, None)
    assert (made.status.clock, made.status.referenced, made.status.restarted) == (0, False, True)
    assert (made.resets, made.downs) == (1, 0)
    made.hear(ResetNoticed(8, ResetCause.POWER_ON))
    assert made.resets == 2


@pytest.mark.parametrize(("words", "restarted"), [
    ((), True),
    ((telemetry(0, flags=Flag.ENERGISED),), True), ((telemetry(0),), False), ((telemetry(0), telemetry(1)), False),
    ((changed(State.STOPPING),), True), ((changed(State.UNREFERENCED),), True), ((changed(State.LOADED),), False),
])  # fmt: skip
def test_a_unit_has_restarted_until_it_knows_its_place_again(words: tuple[object, ...], restarted: bool) -> None:
    made = keeper(telemetry())
    assert not made.status.restarted
    made.hear(ResetNoticed(7, ResetCause.POWER_ON))
    for word in words:
        assert made.hear(Said(word, 20.0))  # type: ignore[arg-type]
    assert made.status.restarted is restarted


def test_a_unit_that_loses_its_place_has_not_restarted() -> None:
    for word in (telemetry(2000, flags=Flag.ENERGISED), changed(State.UNREFERENCED)):
        assert not keeper(telemetry(), word).status.restarted


def test_what_says_nothing_of_the_status_leaves_it() -> None:
    made = keeper(telemetry())
    assert not made.hear(StopUnanswered())
    assert not made.hear(Said(blank(TakeStarted), 12.0))


def test_a_unit_of_which_nothing_is_known_has_told_nothing_and_counts_in_steps() -> None:
    made = StatusKeeper()
    assert made.self_told_s < 0.0, "it has yet to be asked"
    made.hear(Said(telemetry(), 10.0))
    assert (made.status.ring_deg, made.status.speed_deg_s) == (500.0, -200.0)
