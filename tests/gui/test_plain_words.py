# SPDX-License-Identifier: MIT
"""Whatever the planner finds, a person reads plain words with one thing to do; its figures are in the details."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.errors import FollowFocusError
from followfocus.lens.map import load_lens
from followfocus_gui.state import shaping
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_names import EASES
from followfocus_gui.state.plain_words import (
    JUMPS,
    KNOCKS,
    Remedy,
    aside_of,
    neither_words,
    other_unit,
    remarks_on,
    warning_of,
)

RAW = re.compile(
    r"°/s|mN·m|jerk|torque|rpm|steps/s|resonance|microstep|rotor|smoothstep"
    r"|-0\.0+\b|nan|inf\b",
    re.IGNORECASE,
)
WORKSHOP = [ease.easing for ease in EASES] + ["smoothstep", "bezier(0.000,0.000,1.000,1.000)", "scurve(0.01,0.5,0.5)"]


@settings(max_examples=40, deadline=None)
@given(
    lens=st.sampled_from(["ideal-50", "arri-signature-prime-40"]),
    easing=st.sampled_from(WORKSHOP),
    duration_s=st.floats(0.02, 30.0),
    ends=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    t_stop=st.floats(1.9, 16.0),
    motor_teeth=st.integers(20, 160),
)
def test_no_plan_speaks_to_a_person_in_the_planners_words(
    lens: str, easing: str, duration_s: float, ends: tuple[float, float], t_stop: float, motor_teeth: int
) -> None:
    desk = Desk.new()
    try:
        desk.use_lens(load_lens(lens))
        for index, share in enumerate(ends):
            desk.edit_mark(index, ring_deg=share * desk.lens.travel_deg)
        desk.edit_pull(duration_s=duration_s, easing=easing, t_stop=t_stop)
        desk.edit(unit=type(desk.show.unit)(motor_teeth=motor_teeth))
    except FollowFocusError:
        return
    found = warning_of(desk)
    remarks = [remark.words for remark in remarks_on(desk)]
    for words in (found.words, found.offer, *remarks, aside_of(desk)):
        assert not RAW.search(words), words
        assert len(words) <= 70 or words == found.words, words
    assert found.words not in remarks, "the state line says it, once"
    assert not any("hum" in words for words in remarks), "beside the state line"
    assert len(found.words) <= 90 or not desk.plans()
    if found.offer:
        shaping.stretch(desk)
        assert warning_of(desk).words == "", "the one thing to do mends it"


@pytest.mark.parametrize("port", ["", "sim"])
def test_the_shows_own_unit_is_no_other(port: str) -> None:
    assert other_unit(Desk.new(), port).words == ""


def test_another_unit_is_said_with_one_thing_to_do() -> None:
    found = other_unit(Desk.new(), "COM5")
    assert (found.words, found.offer, found.remedy) == ("Another unit is plugged in.", "Use it", Remedy.ADOPT)
    assert "COM5" in found.details


def test_an_ease_that_no_duration_mends_is_named_by_what_it_does() -> None:
    desk = Desk.new()
    desk.edit_pull(easing="linear")
    assert KNOCKS in (warning_of(desk).words, *(remark.words for remark in remarks_on(desk)))


def test_below_the_curve_stands_how_long_neither_is_sharp() -> None:
    desk = Desk.new()
    (plan,) = desk.plans()
    frames = round((plan.sharpness.to_sharp_s - plan.sharpness.from_soft_s) * 24)
    assert f"{plan.sharpness.to_sharp_s - plan.sharpness.from_soft_s:.2f} s, {frames} frames" in neither_words(desk)
    desk.edit_pull(t_stop=22.0)
    assert "Neither" not in neither_words(desk)


@pytest.mark.parametrize("easing", ["bezier(0,1,0,1)", "bezier(1,0,0,1)", "bezier(1,0,1,0)"])
def test_an_upright_ease_jumps_and_is_not_said_to_knock_at_its_ends(easing: str) -> None:
    desk = Desk.new("ideal-85")
    desk.edit_pull(easing=easing)
    assert warning_of(desk).words == JUMPS
    assert "as good as upright" in warning_of(desk).details


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (0.3, "A and B are one place for the motor: move one of them."),
        (1.0, "A and B are 1 motor step apart: move one of them."),
        (3.0, "A and B are 3 motor steps apart: move one of them."),
    ],
)
def test_two_of_three_marks_a_motor_step_apart_ask_for_no_minute_but_for_another_mark(steps: float, words: str) -> None:
    """Their share of the time is by travel: it was "Too quick: 40.90 s is the least"."""
    desk = _marks(steps)
    desk.add_mark(40.0)
    found = warning_of(desk)
    assert found.words == words
    assert found.offer == ""
    assert "s is the least" in found.details


def _marks(steps: float) -> Desk:
    desk = Desk.new()
    desk.edit_mark(0, ring_deg=80.0)
    desk.edit_mark(1, ring_deg=80.0 - steps / desk.show.unit.rig(desk.lens).steps_per_deg)
    return desk


def test_marks_farther_apart_say_how_long_they_need() -> None:
    desk = _marks(10.0)
    desk.add_mark(40.0)
    assert warning_of(desk).words.startswith("Too quick")


@pytest.mark.parametrize("steps", [0.3, 1.0, 3.0])
def test_a_pull_of_one_motor_step_is_played_in_any_time(steps: float) -> None:
    assert warning_of(_marks(steps)).words == ""
