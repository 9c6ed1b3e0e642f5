# SPDX-License-Identifier: MIT
"""A rig, its limits, an easing and a pull: every figure at its bounds and just beyond them."""

from __future__ import annotations

import dataclasses
import math

import pytest

from followfocus.errors import RequestError
from followfocus.motion.bounds import RingLimits, Setting, least_s, rounded_up, rushed_hold
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import UNLIMITED, Bound
from followfocus.motion.motor import DEFAULT_RIG, Motor, Rig
from followfocus.motion.presets import quarter_turn
from followfocus.motion.pull import Leg, Mark, Pull, register_of
from followfocus.motion.takeup import LEAST_HOLD_S, change_s

NAN, INF = math.nan, math.inf

RIGS: list[tuple[dict[str, float], bool]] = [
    ({"volts": 1000.0}, True), ({"volts": 0.1}, True), ({"volts": 1001.0}, False), ({"volts": 0.0}, False),
    ({"volts": NAN}, False), ({"drive_current_a": 0.01}, True), ({"drive_current_a": 0.0}, False),
    ({"drive_current_a": INF}, False), ({"microsteps": 1}, True), ({"microsteps": 256}, True),
    ({"microsteps": 3}, False), ({"microsteps": 512}, False), ({"motor_teeth": 1}, True), ({"motor_teeth": 0}, False),
    ({"lens_teeth": 1}, True), ({"lens_teeth": 0}, False), ({"direction": -1}, True), ({"direction": 0}, False),
    ({"ring_friction_nm": 0.0}, True), ({"ring_friction_nm": -1e-9}, False), ({"ring_inertia_kgm2": 0.0}, True),
    ({"ring_inertia_kgm2": NAN}, False), ({"lash_deg": 0.0}, True), ({"lash_deg": -0.1}, False),
    ({"gear_efficiency": 0.5}, True), ({"gear_efficiency": 1.0}, True), ({"gear_efficiency": 0.49}, False),
    ({"gear_efficiency": 1.01}, False),
]  # fmt: skip


@pytest.mark.parametrize(("figures", "taken"), RIGS, ids=[str(figures) for figures, _ in RIGS])
def test_a_rig_is_within_its_bounds(figures: dict[str, float], taken: bool) -> None:
    if taken:
        Rig(**figures)  # type: ignore[arg-type]
    else:
        with pytest.raises(RequestError):
            Rig(**figures)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(("value", "taken"), [(1e-9, True), (0.0, False), (-1.0, False), (NAN, False), (INF, False)])
def test_a_motors_figures_are_above_nought(place: int, value: float, taken: bool) -> None:
    figures = [0.1, 1.0, 2.0, 1e-3, 1e-6]
    figures[place] = value
    if taken:
        Motor("it", "NEMA 17", *figures)
    else:
        with pytest.raises(RequestError):
            Motor("it", "NEMA 17", *figures)


@pytest.mark.parametrize(
    ("steps", "taken"), [(4, True), (200, True), (0, False), (-4, False), (2, False), (198, False)]
)
def test_a_motor_has_four_full_steps_to_a_cycle(steps: int, taken: bool) -> None:
    if taken:
        assert Motor("it", "NEMA 17", 0.1, 1.0, 2.0, 1e-3, 1e-6, steps).pole_pairs == steps // 4
    else:
        with pytest.raises(RequestError):
            Motor("it", "NEMA 17", 0.1, 1.0, 2.0, 1e-3, 1e-6, steps)


@pytest.mark.parametrize("limits", [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0), (NAN, 1.0, 1.0)])
def test_ring_limits_are_above_nought(limits: tuple[float, float, float]) -> None:
    RingLimits(1e-9, INF, INF)
    with pytest.raises(RequestError):
        RingLimits(*limits)


EASINGS = {
    "bezier(0,0,1,1)": True, "bezier(1,1,0,0)": True, "bezier(-0.01,0,1,1)": False, "bezier(0,0,1.01,1)": False,
    "bezier(0,-0.01,1,1)": False, "bezier(0,0,1,1.01)": False, "scurve(0.001,0.001,0.5)": True,
    "scurve(0.5,0.5,0)": True, "scurve(0.5,0.51,0)": False, "scurve(0.0009,0.5,0)": False,
    "scurve(0.5,0.0009,0)": False,
    "scurve(0.3,0.3,0.51)": False, "scurve(0.3,0.3,-0.01)": False, "trapezoid(0.5)": True, "trapezoid(0.51)": False,
    "trapezoid(0.001)": True,
}  # fmt: skip


@pytest.mark.parametrize(("text", "taken"), EASINGS.items())
def test_an_easing_is_within_its_bounds(text: str, taken: bool) -> None:
    if taken:
        easing = parse_easing(text)
        assert (easing.value(0.0), easing.value(1.0)) == pytest.approx((0.0, 1.0))
    else:
        with pytest.raises(RequestError):
            parse_easing(text)


@pytest.mark.parametrize(
    ("duration_s", "word"),
    [(0.1, "snap"), (0.499, "snap"), (0.5, "moderate"), (2.99, "moderate"), (3.0, "slow"), (60.0, "slow")],
)
def test_a_duration_has_its_word(duration_s: float, word: str) -> None:
    assert register_of(duration_s) == word


@pytest.mark.parametrize("seconds", [0.0, -1.0, NAN, INF])
def test_a_leg_takes_a_time(seconds: float) -> None:
    Leg(1e-9)
    with pytest.raises(RequestError):
        Leg(seconds)


@pytest.mark.parametrize(
    ("mark", "taken"),
    [
        ({"ring_deg": 0.0}, True), ({"ring_deg": NAN}, False), ({"ring_deg": INF}, False),
        ({"ring_deg": 1.0, "hold_s": 0.0}, True), ({"ring_deg": 1.0, "hold_s": -0.1}, False),
        ({"ring_deg": 1.0, "hold_s": INF}, False), ({"ring_deg": 1.0, "through": True}, True),
        ({"ring_deg": 1.0, "through": True, "hold_s": 0.1}, False),
    ],
)  # fmt: skip
def test_a_mark_is_a_place_that_is_held_or_passed(mark: dict[str, float], taken: bool) -> None:
    if taken:
        Mark("A", **mark)  # type: ignore[arg-type]
    else:
        with pytest.raises(RequestError):
            Mark("A", **mark)  # type: ignore[arg-type]


def pull(*marks: Mark) -> Pull:
    return Pull(marks, tuple(Leg(1.0) for _ in marks[1:]))


def test_a_pull_has_marks_at_places_of_their_own_and_rests_at_both_ends() -> None:
    a, b, c = Mark("A", 0.0), Mark("B", 10.0), Mark("C", 5.0)
    assert pull(a, b, c).runs == ((0, 1), (1, 2))
    for marks in ((a,), (a, a), (Mark("A", 0.0, through=True), b), (a, Mark("B", 10.0, through=True))):
        with pytest.raises(RequestError):
            pull(*marks)
    with pytest.raises(RequestError):
        Pull((a, b), (Leg(1.0), Leg(1.0)))
    through = pull(a, Mark("B", 5.0, through=True), Mark("C", 10.0))
    assert through.runs == ((0, 2),)
    assert not any(through.turns_at(mark) for mark in range(3))
    back = pull(a, Mark("B", 10.0, through=True), c)
    assert back.runs == ((0, 1), (1, 2))  # where it turns it stops, whatever it was asked
    assert [back.turns_at(mark) for mark in range(3)] == [False, True, False]


@pytest.mark.parametrize(
    ("shortest", "least"),
    [
        ([], 0.0), ([0.0], 0.0), ([0.123451, 0.1], 0.12346), ([0.12345], 0.12345), ([1.00001], 1.0001),
        ([86_400.0], 86_400.0),
        ([86_401.0], INF), ([INF], INF), ([123.456789], 123.46),
    ],
)  # fmt: skip
def test_a_shortest_duration_is_rounded_up_to_five_figures(shortest: list[float], least: float) -> None:
    assert least_s([Bound("it", 1.0, 1.0, seconds, kept=True) for seconds in shortest]) == pytest.approx(
        least, rel=1e-12
    )


@pytest.mark.parametrize(("seconds", "text"), [(0.48391, "0.49"), (0.48, "0.48"), (0.480001, "0.49"), (2.0, "2.00")])
def test_a_duration_is_said_so_that_it_is_accepted_as_it_is_said(seconds: float, text: str) -> None:
    assert rounded_up(seconds) == text


@pytest.mark.parametrize(
    ("length_s", "rests", "over_s"),
    [(0.1, True, 0.1), (0.2, True, 0.2), (5.0, True, 0.2), (0.5, False, 0.1), (1.0, False, 0.2), (5.0, False, 0.2)],
)
def test_a_change_of_sides_takes_a_fifth_of_a_leg_or_the_whole_hold(
    length_s: float, rests: bool, over_s: float
) -> None:
    assert change_s(length_s, rests=rests) == pytest.approx(over_s)


@pytest.mark.parametrize(
    ("asked_deg", "seen_deg", "teeth", "direction", "right", "turned"),
    [
        (90.0, 90.0, 50, 1, True, True), (90.0, 87.4, 50, 1, True, True), (90.0, 92.6, 50, 1, True, True),
        (90.0, -90.0, 50, -1, False, True), (90.0, 72.0, 40, 1, False, True), (90.0, 115.2, 64, 1, False, True),
        (90.0, -72.0, 40, -1, False, True), (90.0, 8.9, 50, 1, False, False), (90.0, 9.1, 8, 1, False, True),
        (-90.0, -90.0, 50, 1, True, True), (1.0, 1.0, 50, 1, True, True), (90.0, 99.0, 55, 1, False, True),
    ],
)  # fmt: skip
def test_a_quarter_turn_tells_gear_and_direction(
    asked_deg: float, seen_deg: float, teeth: int, direction: int, right: bool, turned: bool
) -> None:
    found = quarter_turn(Rig(), asked_deg, seen_deg)
    assert (found.motor_teeth, found.direction, found.right, found.turned) == (teeth, direction, right, turned)


def test_no_turn_tells_nothing() -> None:
    with pytest.raises(RequestError, match="no room for a turn"):
        quarter_turn(Rig(), 0.99, 0.99)


@pytest.mark.parametrize(("hold_s", "bound"), [(LEAST_HOLD_S, True), (LEAST_HOLD_S - 1e-6, False), (4.0, False)])
def test_a_hold_just_long_enough_to_change_sides_in_is_judged_by_its_haste(hold_s: float, bound: bool) -> None:
    marks = (Mark("A", 50.0), Mark("B", 90.0, hold_s=hold_s), Mark("C", 60.0))
    slack = dataclasses.replace(DEFAULT_RIG, lash_deg=3.0)
    found = rushed_hold(Pull(marks, (Leg(2.0), Leg(2.0))), Setting(UNLIMITED, slack, 1000.0))
    assert (found is not None) is bound
    assert rushed_hold(Pull(marks, (Leg(2.0), Leg(2.0))), Setting(UNLIMITED, None, 1000.0)) is None
