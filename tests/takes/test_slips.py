# SPDX-License-Identifier: MIT
"""Has the motor slipped? The rule on figures, and the check on the simulated unit, seen and by touch."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.clock import VirtualClock
from followfocus.errors import UnitError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.sim.plug import plug_in
from followfocus.stage.shoot import load, ready, shoot
from followfocus.stage.slipcheck import TOUCH_TELEMETRY_MS, check_for_slip
from followfocus.takes.slips import SlipVerdict, slip_by_angle, slip_verdict
from followfocus.unit.unit import FollowFocusUnit
from followfocus.units import System, format_distance
from followfocus.wire.link import Link
from followfocus.wire.messages import SetTelemetry, State, StopInput
from tests.support.benches import VirtualBench, a_plan

RIG = DEFAULT_RIG
CYCLE_STEPS = 4 * RIG.microsteps
CYCLE_DEG = 4 * RIG.ring_deg_per_full_step
LASH_STEPS = int(RIG.lash_deg * RIG.steps_per_deg)
PLAN = a_plan()


@given(st.integers(-100_000, 100_000), st.integers(-5, 5), st.integers(-LASH_STEPS - 1, LASH_STEPS + 1))
def test_whole_cycles_are_slips_and_lash_and_a_step_are_none(expected: int, cycles: int, lash: int) -> None:
    found = slip_verdict(expected, expected + cycles * CYCLE_STEPS + lash, RIG)
    assert (found.slipped, found.full_steps, found.known) == (cycles != 0, 4 * cycles, True)
    assert ("home it" in found.words) == (cycles != 0)


@pytest.mark.parametrize(("teeth", "lash_deg"), [(20, 1.2), (12, 0.7), (50, 2.9)])
@pytest.mark.parametrize("cycles", [0, 1, -1])
def test_a_slip_within_the_lash_is_never_no_slip(teeth: int, lash_deg: float, cycles: int) -> None:
    rig = dataclasses.replace(RIG, motor_teeth=teeth, lash_deg=lash_deg)
    off = 4 * rig.microsteps * cycles
    by_eye = slip_verdict(1000, 1000 + off, rig)
    assert not by_eye.known
    assert "can't tell" in by_eye.words
    assert "No slip" not in by_eye.words
    from_the_same_side = slip_verdict(1000, 1000 + off, rig, same_side=True)
    assert (from_the_same_side.known, from_the_same_side.full_steps) == (True, 4 * cycles)


@pytest.mark.parametrize("steps", [CYCLE_STEPS // 4 - 8, CYCLE_STEPS // 2, CYCLE_STEPS + CYCLE_STEPS // 2])
def test_what_is_no_whole_cycle_is_no_slip_of_the_motor(steps: int) -> None:
    for found in (slip_verdict(0, steps, RIG), slip_verdict(0, -steps, RIG)):
        assert (found.slipped, found.known) == (False, False)
        assert "look at gear" in found.words


def test_angles_say_the_same() -> None:
    assert slip_by_angle(100.0 - 2 * CYCLE_DEG, 100.0, RIG).full_steps == -8
    assert not slip_by_angle(100.02, 100.0, RIG).slipped


def test_coarse_measures_allow_more() -> None:
    assert not slip_verdict(0, 10, RIG).known
    assert slip_verdict(0, 10, RIG, slack_steps=10).words == "No slip: 0.43° off, within lash and a step."


@pytest.fixture(params=["steady", "slip:take1+0.5s"])
def shot(request: pytest.FixtureRequest) -> Iterator[tuple[FollowFocusUnit, int]]:
    """A unit after one take, and by how many full steps it has slipped in it."""
    faults = () if request.param == "steady" else (request.param,)
    with VirtualBench(*faults, lens=PLAN.lens).unit as unit:
        ready(unit, PLAN, 0.0)
        shoot(unit, load(unit, PLAN), 1)
        yield unit, -4 if faults else 0


def test_a_slip_is_seen_back_at_a(shot: tuple[FollowFocusUnit, int]) -> None:
    unit, full_steps = shot
    found = check_for_slip(unit, PLAN)
    assert (found.full_steps, found.known) == (full_steps, True)
    assert unit.witness is not None
    assert unit.status.position == PLAN.profile.start
    again = check_for_slip(unit, PLAN, first_deg=unit.witness())
    assert (again.full_steps, again.off_deg) == (0, 0.0)


def test_a_slip_is_told_by_what_someone_reads_off_the_ring(shot: tuple[FollowFocusUnit, int]) -> None:
    unit, full_steps = shot
    assert unit.witness is not None
    check_for_slip(unit, PLAN)
    assert check_for_slip(unit, PLAN, seen_deg=round(unit.witness(), 1)).full_steps == full_steps


def without_witness(unit: FollowFocusUnit) -> FollowFocusUnit:
    """A unit as real ones are: nothing sees its ring."""
    unit.witness = None
    return unit


def by_touch(unit: FollowFocusUnit) -> SlipVerdict:
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))
    return check_for_slip(unit, PLAN)


def test_a_slip_is_felt_at_the_stop_and_is_gone_by_then(shot: tuple[FollowFocusUnit, int]) -> None:
    unit, full_steps = shot
    without_witness(unit)
    found = by_touch(unit)
    assert (found.full_steps, found.known) == (full_steps, True)
    assert unit.status.state is State.IDLE
    assert by_touch(unit).full_steps == 0
    assert by_touch(unit).off_deg == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("system", get_args(System))
def test_where_nothing_can_tell_that_is_said_in_the_units_of_the_lens(
    shot: tuple[FollowFocusUnit, int], system: System
) -> None:
    unit, _ = shot
    without_witness(unit)
    found = check_for_slip(unit, PLAN, system=system)
    assert (found.slipped, found.known, found.full_steps, found.off_deg) == (False, False, 0, None)
    read = format_distance(PLAN.lens.distance_m(60.0), system)
    assert f"the ring must read {read} (60.0°)" in found.words
    assert unit.status.position == PLAN.profile.start


def test_a_unit_that_is_lost_or_finds_another_lens_cannot_tell(shot: tuple[FollowFocusUnit, int]) -> None:
    unit, _ = shot
    without_witness(unit)
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))
    other = dataclasses.replace(PLAN, lens=dataclasses.replace(PLAN.lens, travel_deg=330.0))
    found = check_for_slip(unit, other)
    assert (found.known, found.full_steps) == (False, 0)
    assert "the lens says 330.00°" in found.words
    unit.release()
    found = check_for_slip(unit, PLAN)
    assert (found.known, found.full_steps) == (False, 0)
    assert "doesn't know where the ring stands" in found.words


@pytest.mark.parametrize(("from_deg", "to_deg"), [(60.0, 90.0), (90.0, 60.0)])
@pytest.mark.parametrize("lash_deg", [0.05, 2.0])
def test_it_comes_back_to_a_as_a_take_does(from_deg: float, to_deg: float, lash_deg: float) -> None:
    """In the pull's direction, from as far before as takes up the lash: else the lash would look like a slip."""
    rig = dataclasses.replace(DEFAULT_RIG, lash_deg=lash_deg)
    plan = make_plan(PLAN.lens, Pull.between(Mark("A", from_deg), Mark("B", to_deg), 1.0), rig=rig)
    clock = VirtualClock()
    plugged = plug_in(clock, rig=rig)
    assert plugged.unit is not None
    with FollowFocusUnit(Link(lambda _attempt: plugged.port, clock)) as unit:
        ready(unit, plan, from_deg)
        shoot(unit, load(unit, plan), 1)
        plugged.unit.edges.clear()
        check_for_slip(unit, plan)
        assert unit.status.position == plan.profile.start
    way = 1 if to_deg > from_deg else -1
    counts = [position for _, position in plugged.unit.edges]
    before = (min if way > 0 else max)(counts)
    assert counts[counts.index(before) :] == list(range(before, plan.profile.start + way, way))
    before_deg = (plan.profile.start - before) * way * rig.ring_deg_per_step
    assert before_deg == pytest.approx(max(2 * lash_deg, 0.5), abs=rig.ring_deg_per_step)


@pytest.mark.parametrize(
    ("off_deg", "lash"), [(0.5 * RIG.ring_deg_per_step, True), (1.9 * RIG.ring_deg_per_step, False)]
)
def test_what_was_seen_at_a_before_is_compared_from_the_same_side(off_deg: float, lash: bool) -> None:
    """Lash is no excuse then: the ring stands where the same flank has pushed it. Against the count it is one."""
    with VirtualBench(lens=PLAN.lens).unit as unit:
        ready(unit, PLAN, 0.0)
        shoot(unit, load(unit, PLAN), 1)
        check_for_slip(unit, PLAN)
        assert unit.witness is not None
        found = check_for_slip(unit, PLAN, first_deg=unit.witness() + off_deg)
        assert (found.known, found.slipped) == (lash, False)
        assert check_for_slip(unit, PLAN).known


@pytest.mark.parametrize(("from_deg", "to_deg"), [(0.0, 60.0), (PLAN.lens.travel_deg, 200.0)])
def test_it_comes_back_to_a_at_the_end_of_the_scale_too(from_deg: float, to_deg: float) -> None:
    """As far before A as the scale leaves room: from one flank to the other, and the ring stays."""
    rig = dataclasses.replace(RIG, lash_deg=2.0)
    plan = make_plan(PLAN.lens, Pull.between(Mark("A", from_deg), Mark("B", to_deg), 1.0), rig=rig)
    bench = VirtualBench(lens=PLAN.lens, rig=rig)
    with bench.unit as unit:
        ready(unit, plan, from_deg)
        shoot(unit, load(unit, plan), 1)
        assert bench.plugged.unit is not None
        bench.plugged.unit.edges.clear()
        found = check_for_slip(unit, plan)
        assert (found.known, found.slipped) == (True, False)
        counts = [position for _, position in bench.plugged.unit.edges]
        way = 1 if to_deg > from_deg else -1
        beyond = way * (plan.profile.start - (min if way > 0 else max)(counts)) * RIG.ring_deg_per_step
        assert beyond == pytest.approx(2 * plan.lead_deg, abs=RIG.ring_deg_per_step)
        assert unit.status.position == plan.profile.start


def test_a_touch_is_told_as_often_as_a_unit_tells_at_most() -> None:
    with VirtualBench(lens=PLAN.lens).unit as unit:
        unit.line.tell(SetTelemetry(TOUCH_TELEMETRY_MS))
        with pytest.raises(UnitError):
            unit.line.tell(SetTelemetry(TOUCH_TELEMETRY_MS - 1))
