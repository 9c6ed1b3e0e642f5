# SPDX-License-Identifier: MIT
"""Instants are judged by what the motor feels, neither by an infinite sample nor past one."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from benchmarks.campaigns.motion import Asked, slips, steps_too_fast
from followfocus.errors import InfeasibleError
from followfocus.lens.map import load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import STANDARD, UNLIMITED, check_pull, shortest
from followfocus.motion.motion import motion_of
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.runs import runs_of
from followfocus.motion.takeup import LEAST_HOLD_S, motor_motion
from followfocus.plan.plan import make_plan

CORNERS = ["bezier(0,0,0.58,1)", "bezier(0.42,0,1,1)", "bezier(0,0,0.2,1)", "bezier(0.4,0,1,1)"]


def pull(degrees: float, duration_s: float, easing: str) -> Pull:
    return Pull.between(Mark("A", 50.0), Mark("B", 50.0 + degrees), duration_s, parse_easing(easing))


@pytest.mark.parametrize("easing", CORNERS)
def test_a_handle_on_its_corner_is_as_good_as_a_start_without_a_ramp(easing: str) -> None:
    asked = pull(41.25, 2.0, easing)
    found = check_pull(asked)
    assert found.feasible
    assert found.min_duration_s < 3.0
    assert "as a start without one" in found.warnings[0]
    fastest = shortest(asked)
    assert slips(Asked(fastest, DEFAULT_RIG, STANDARD)) == ""
    assert slips(Asked(fastest.stretched(0.2), DEFAULT_RIG, STANDARD)) != ""


@pytest.mark.parametrize("beside", [1e-7, 1e-5, 1e-3])
def test_a_handle_beside_its_corner_is_judged_as_on_it(beside: float) -> None:
    on, off = (check_pull(pull(41.25, 2.0, f"bezier({x!r},0,0.58,1)")).min_duration_s for x in (0.0, beside))
    assert off == pytest.approx(on, rel=0.02)


BESIDE = (0.0, 1e-3, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.42)


@pytest.mark.parametrize("degrees", [10.0, 41.25, 117.5])
@pytest.mark.parametrize(
    "shape",
    ["bezier({0!r},0,0.58,1)", "bezier(0.42,0,{1!r},1)", "bezier({0!r},0,{1!r},1)", "bezier({0!r},1e-5,0.58,1)"],
)
def test_a_handle_that_leaves_its_corner_changes_the_shortest_duration_little_by_little(
    shape: str, degrees: float
) -> None:
    """The nearer the corner the greater the jerk: judged by itself it asked for 66 s at 0.01, and for 0.6 s at 0."""
    fastest = [shortest(pull(degrees, 2.0, shape.format(x, 1.0 - x))) for x in BESIDE]
    durations = [each.legs[0].duration_s for each in fastest]
    assert max(durations) < 1.0
    assert all(0.66 < after / before < 1.5 for before, after in itertools.pairwise(durations)), durations
    for each in fastest:
        assert check_pull(each).feasible
        assert slips(Asked(each, DEFAULT_RIG, STANDARD)) == ""


def test_an_abrupt_ramp_that_no_jerk_limit_judges_is_said() -> None:
    said = check_pull(pull(41.25, 2.0, "bezier(0.05,0,0.58,1)")).warnings
    assert said == ("bezier(0.05,0,0.58,1) starts or stops so abruptly that its ramp is judged as a start without one",)
    gentle = check_pull(pull(41.25, 2.0, "bezier(0.42,0,0.58,1)")).warnings
    assert not any("abruptly" in words for words in gentle)


def test_a_start_with_a_speed_leaves_the_rest_to_the_jerk_limit() -> None:
    """A handle a hair off the flat is no reason to let the whole pull jerk as it likes."""
    flat, hair = (check_pull(pull(117.5, 2.0, f"bezier(0.42,{y!r},0.58,1)")) for y in (0.0, 1e-5))
    assert hair.min_duration_s == pytest.approx(flat.min_duration_s, rel=1e-3)


@pytest.mark.parametrize("same", ["bezier(0,0,0,0)", "bezier(1,1,1,1)", "bezier(0,0,1,1)"])
def test_handles_that_make_a_line_are_linear(same: str) -> None:
    linear = check_pull(pull(41.25, 2.0, "linear"))
    assert check_pull(pull(41.25, 2.0, same)).min_duration_s == pytest.approx(linear.min_duration_s, rel=1e-3)


@pytest.mark.parametrize("easing", ["bezier(0,0.05,0.58,1)", "bezier(0,1,0.5,1)", "bezier(0,0,0,1)"])
def test_an_upright_handle_is_not_blamed_on_friction(easing: str) -> None:
    found = check_pull(pull(41.25, 2.0, easing))
    assert found.binding in (None, "start speed", "step rate")
    fastest = shortest(pull(41.25, 2.0, easing))
    assert steps_too_fast(Asked(fastest, DEFAULT_RIG, STANDARD)) == ""
    assert steps_too_fast(Asked(fastest.stretched(0.2), DEFAULT_RIG, STANDARD)) != ""


def test_a_curve_that_stands_upright_in_the_middle_is_refused_for_what_it_is() -> None:
    asked = pull(41.25, 2.0, "bezier(1,0,0,1)")
    found = check_pull(asked)
    assert not found.feasible
    assert found.binding != "ring friction"
    assert "no duration works" in found.words
    with pytest.raises(InfeasibleError, match="no duration works"):
        _ = make_plan(load_lens("ideal-50"), asked).profile


@pytest.mark.parametrize("easing", ["scurve(0.002,0.5,0.5)", "scurve(0.001,0.999,0.5)", "trapezoid(0.001)"])
def test_a_short_ramp_does_not_fall_between_two_looks(easing: str) -> None:
    asked = Pull.between(Mark("A", 0.0), Mark("B", 300.0), 0.7, parse_easing(easing))
    found = check_pull(asked, DEFAULT_RIG, UNLIMITED)
    assert found.binding == "motor torque"
    assert found.torque_margin < 1.0
    fastest = Asked(shortest(asked, DEFAULT_RIG, UNLIMITED), DEFAULT_RIG, UNLIMITED)
    assert slips(fastest) == ""


def there_and_back(start: float, end: float, hold_s: float = 0.0, easing: str = "linear") -> Pull:
    marks = Mark("A", start), Mark("B", end, hold_s), Mark("A again", start)
    return Pull(marks, (Leg(1.0, parse_easing(easing)),) * 2)


@pytest.mark.parametrize(("start", "end"), [(50, 250), (263, 230), (30, 130)])
def test_straight_back_is_judged_by_twice_the_speed(start: float, end: float) -> None:
    one_way = check_pull(Pull.between(Mark("A", start), Mark("B", end), 1.0, parse_easing("linear")))
    fastest = shortest(there_and_back(start, end))
    assert fastest.legs[0].duration_s == pytest.approx(2 * one_way.min_duration_s, rel=1e-3)
    assert slips(Asked(fastest, DEFAULT_RIG, STANDARD)) == ""
    rushed = dataclasses.replace(fastest, legs=tuple(Leg(leg.duration_s * 0.6, leg.easing) for leg in fastest.legs))
    assert "straight back without a hold counts twice" in check_pull(rushed).words


def test_a_hold_in_which_the_rotor_comes_to_rest_makes_it_two_starts() -> None:
    held, rushed = (shortest(there_and_back(50, 250, hold_s)) for hold_s in (LEAST_HOLD_S, LEAST_HOLD_S / 2))
    assert rushed.legs[0].duration_s == pytest.approx(2 * held.legs[0].duration_s, rel=1e-3)
    for each in (held, rushed):
        assert slips(Asked(each, DEFAULT_RIG, STANDARD)) == ""


@pytest.mark.parametrize("lash_deg", [0.05, 0.5, 2.9])
@pytest.mark.parametrize("hold_s", [0.0, 1e-9, 1e-5, 3e-4, 0.04, 0.1])
def test_the_lash_is_taken_up_no_faster_than_the_unit_makes_steps(lash_deg: float, hold_s: float) -> None:
    rig = Rig(lash_deg=lash_deg)
    for duration_s in (None, 2.0):
        asked = there_and_back(50, 250, hold_s, "minjerk")
        asked = shortest(asked, rig) if duration_s is None else asked.stretched(duration_s)
        assert check_pull(asked, rig).feasible
        assert steps_too_fast(Asked(asked, rig, STANDARD)) == ""


def test_the_take_up_in_a_quick_leg_is_judged_with_it() -> None:
    tight, loose = Rig(lash_deg=0.0), Rig(lash_deg=2.9)
    quick = there_and_back(86.0, 84.0, 0.0, "minjerk")
    assert check_pull(quick, loose, UNLIMITED).min_duration_s > check_pull(quick, tight, UNLIMITED).min_duration_s
    assert slips(Asked(shortest(quick, loose, UNLIMITED), loose, UNLIMITED)) == ""


def test_a_hold_too_short_for_so_many_steps_is_refused() -> None:
    fine = Rig(lash_deg=2.9, microsteps=256, motor_teeth=20)
    found = check_pull(there_and_back(50, 250, 0.1, "minjerk").stretched(9.0), fine, UNLIMITED)
    assert found.binding == "step rate"
    assert math.isinf(found.min_duration_s)


@pytest.mark.parametrize("rings", [(10, 50, 40, 10), (10, 40, 50, 10), (10, 40, 30, 50)])
def test_neighbouring_through_marks_of_which_one_turns_can_be_checked(rings: tuple[float, ...]) -> None:
    marks = tuple(Mark(str(at), deg, through=0 < at < 3) for at, deg in enumerate(rings))
    asked = Pull(marks, (Leg(1.0), Leg(1.0), Leg(1.0)))
    assert check_pull(asked).feasible
    fastest = shortest(asked)
    assert check_pull(fastest).feasible
    assert shortest(fastest) == fastest
    stops = [0, *(last for _, last in asked.runs)]
    ends = np.cumsum([0.0, *(run.duration_s for run in runs_of(asked))])
    assert np.allclose(motion_of(asked).ring_deg(ends), [rings[at] for at in stops])
    assert np.allclose(motion_of(asked).speed_deg_s(ends), 0.0, atol=1e-9)


def test_a_motor_that_leads_still_goes_along_with_the_ring() -> None:
    """Where a short hold has no room for the change of sides it comes after, and each piece still turns one way."""
    motor = motor_motion(motion_of(there_and_back(50, 250, 0.01, "minjerk")), 0.5)
    for piece, after in itertools.pairwise(motor.pieces):
        assert piece.end_deg == pytest.approx(after.start_deg)
    assert motor.ring_deg(1.005) == pytest.approx(250.5)
    assert motor.ring_deg(2.01) == pytest.approx(49.5)


# Every corner and edge on which a handle can stand, and a little beside it.
EDGES = (0.0, 1e-4, 0.9999, 1.0)
ANY_HANDLES = [f"bezier({x1},{y1},{x2},{y2})" for x1, y1, x2, y2 in itertools.product(EDGES, repeat=4)]


@pytest.mark.parametrize("degrees", [0.5, 7.6, 41.25, 250.0])
def test_handles_on_every_edge_are_planned_or_refused_for_what_they_are(degrees: float) -> None:
    for easing in ANY_HANDLES[round(degrees) % 3 :: 3]:
        asked = pull(degrees, 2.0, easing)
        found = check_pull(asked)
        if math.isfinite(found.min_duration_s):
            assert check_pull(shortest(asked)).feasible, easing
        else:
            assert found.words.startswith(f"{parse_easing(easing).name} is as good as upright"), (easing, found.words)


def test_abrupt_ramps_are_counted_in_the_looks_that_a_run_has() -> None:
    (run,) = runs_of(pull(219.0, 0.3, "bezier(0,1,0,1)"))
    assert run.ramps is not None
    assert len(run.looks) < len(parse_easing("bezier(0,1,0,1)").looks())
    assert run.ramps.first.max() < run.ramps.last.min() < len(run.looks)
    assert run.ramps.last[0] == len(run.looks) - 1


@pytest.mark.parametrize("easing", ["bezier(1,1,0,0)", "bezier(0.2,0.2,0.7,0.7)", "bezier(0,0,0,0)"])
def test_handles_on_the_diagonal_are_the_even_ease(easing: str) -> None:
    even, drawn = (check_pull(pull(41.25, 2.0, name)) for name in ("linear", easing))
    assert (drawn.feasible, drawn.min_duration_s) == (even.feasible, pytest.approx(even.min_duration_s, rel=1e-4))
    at = np.linspace(0.0, 1.0, 101)
    np.testing.assert_allclose(parse_easing(easing).value(at), at, atol=1e-12)
