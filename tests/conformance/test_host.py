# SPDX-License-Identifier: MIT
"""The host's own code against every unit, from planning to evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from followfocus.errors import UnitError
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.steps.profile import StepProfile, compile_profile
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from followfocus.wire.messages import Board, Cause, ResetCause, Source, State
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import CONFIG

GRAIN_TICKS = 3


@pytest.fixture
def unit(bench: Bench) -> Iterator[FollowFocusUnit]:
    """The host's unit object, set up, at 0°."""
    with FollowFocusUnit(Link(lambda _attempt: bench.open_port(), bench.clock)) as client:
        client.apply(CONFIG)
        client.set_reference(0.0)
        client.set_limits(-50.0, 400.0)
        yield client


def planned(unit: FollowFocusUnit, start: float, end: float, duration_s: float) -> StepProfile:
    pull = Pull.between(Mark("A", start), Mark("B", end), duration_s, parse_easing("minjerk"))
    return compile_profile(motion_of(pull), unit.steps_per_deg)


def test_the_host_meets_the_unit(unit: FollowFocusUnit, bench: Bench) -> None:
    assert unit.info is not None
    assert unit.info.board is bench.board
    assert unit.config == CONFIG
    assert unit.status.ring_deg == pytest.approx(0.0, abs=0.05)


def test_a_pull_is_played_as_it_was_planned(unit: FollowFocusUnit, bench: Bench) -> None:
    profile = planned(unit, 0.0, 60.0, 0.4)
    unit.load(profile)
    unit.arm()
    before = len(bench.steps())
    unit.go(3)
    evidence = unit.wait_take()
    assert (evidence.cause, evidence.source, evidence.take) == (Cause.DONE, Source.HOST, 3)
    assert (evidence.steps, evidence.position, evidence.position_known) == (profile.steps, profile.end, True)
    assert evidence.end_clock - evidence.start_clock == profile.total_ticks
    edges = [step.tick - evidence.start_clock for step in bench.steps()[before:]]
    grain = GRAIN_TICKS if bench.board is Board.ATMEGA328P else 0
    assert len(edges) == profile.steps
    assert max(abs(made - due) for made, due in zip(edges, profile.edge_ticks(), strict=True)) <= grain


def test_a_long_pull_streams(unit: FollowFocusUnit, bench: Bench) -> None:
    assert unit.info is not None
    marks = [Mark(str(index), 12.0 * (index % 2)) for index in range(26)]
    profile = compile_profile(
        motion_of(Pull(tuple(marks), (Pull.between(marks[0], marks[1], 0.12, parse_easing("minjerk")).legs[0],) * 25)),
        unit.steps_per_deg,
    )
    assert len(profile.segments) > 1.5 * unit.info.segment_capacity
    unit.load(profile)
    evidence = unit.play(1)
    assert (evidence.cause, evidence.steps, evidence.position) == (Cause.DONE, profile.steps, profile.end)
    assert sum(step.direction for step in bench.steps()[-profile.steps + 1 :]) in range(-profile.steps, profile.steps)


def test_the_cue_starts_what_the_host_armed(unit: FollowFocusUnit, bench: Bench) -> None:
    unit.load(planned(unit, 0.0, 20.0, 0.2))
    unit.arm(cue=True)
    bench.set_input("cue", 0, bench.tick() + TICK_HZ // 5)
    evidence = unit.wait_take()
    assert (evidence.cause, evidence.source, evidence.doubt) == (Cause.DONE, Source.CUE, "")
    assert evidence.start_latency_s is None


def test_a_stop_ends_a_take_with_the_position_known(unit: FollowFocusUnit, bench: Bench) -> None:
    unit.load(planned(unit, 0.0, 200.0, 2.0))
    unit.arm()
    unit.go(1)
    unit.link.sleep(0.5)
    status = unit.stop()
    evidence = unit.wait_take()
    assert evidence.cause is Cause.STOP
    assert evidence.position_known
    assert 0 < evidence.position == status.position < 200 * unit.steps_per_deg
    back = unit.back_to_one()
    assert back.position == 0
    assert sum(step.direction for step in bench.steps()[1:]) in (-1, 0, 1)


def test_a_unit_refuses_and_the_host_says_why(unit: FollowFocusUnit) -> None:
    with pytest.raises(UnitError) as refused:
        unit.goto_deg(401.0)
    assert refused.value.reason
    assert unit.refresh().state is State.IDLE


def test_parked_and_found_again(unit: FollowFocusUnit, bench: Bench) -> None:
    unit.goto_deg(33.0)
    position = unit.status.position
    unit.park()
    bench.reset(ResetCause.POWER_ON)
    unit.link.sleep(1.0)
    assert not unit.refresh().referenced
    known = unit.last_known()
    assert known is not None
    assert known.ring_deg == pytest.approx(33.0, abs=0.05)
    status = unit.confirm_position()
    assert (status.position, status.referenced) == (position, True)


def test_a_reset_is_noticed_and_nothing_moves_until_the_ring_is_looked_at(unit: FollowFocusUnit, bench: Bench) -> None:
    unit.goto_deg(10.0)
    bench.reset(ResetCause.RESET_PIN)
    unit.link.sleep(1.0)
    assert not unit.refresh().referenced
    with pytest.raises(UnitError):
        unit.goto_deg(0.0)
    unit.set_reference(10.0)
    assert unit.goto_deg(0.0).position == 0


def test_a_knob_is_followed(unit: FollowFocusUnit) -> None:
    unit.apply(replace(CONFIG, accel=60_000))
    unit.set_reference(0.0)
    target = 0.0
    for _ in range(30):
        target += 1.0
        unit.head_for(target)
        unit.link.sleep(0.01)
    unit.link.sleep(0.5)
    assert unit.refresh().ring_deg == pytest.approx(target, abs=0.05)
