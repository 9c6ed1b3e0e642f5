# SPDX-License-Identifier: MIT
"""Pulls check themselves when made."""

from __future__ import annotations

import math

import pytest

from followfocus.errors import RequestError
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import REGISTERS, Leg, Mark, Pull, register_of

A, B, C = Mark("A", 80.0), Mark("B", 40.0), Mark("C", 120.0)


def test_two_marks_are_the_usual_pull() -> None:
    pull = Pull.between(A, B, 2.0)
    assert pull.duration_s == 2.0
    assert pull.travel_deg == 40.0
    assert pull.legs[0].easing.name == "minjerk"


def test_holds_count_towards_the_duration_but_the_last() -> None:
    pull = Pull((Mark("A", 0, hold_s=1.0), Mark("B", 10, hold_s=0.5), Mark("C", 5, hold_s=9.0)), (Leg(2.0), Leg(3.0)))
    assert pull.duration_s == pytest.approx(6.5)
    assert pull.travel_deg == 15.0


def test_a_pull_can_be_turned_round_and_stretched() -> None:
    pull = Pull((A, B, C), (Leg(1.0), Leg(2.0, parse_easing("sine"))))
    assert pull.reversed().marks == (C, B, A)
    assert pull.reversed().legs[0].easing.name == "sine"
    assert pull.reversed().reversed() == pull
    assert pull.stretched(2.0).duration_s == pytest.approx(6.0)


@pytest.mark.parametrize("duration_s", [0.0, -1.0, math.nan, math.inf])
def test_a_pull_takes_time(duration_s: float) -> None:
    with pytest.raises(RequestError, match="can't take"):
        Pull.between(A, B, duration_s)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Pull((A,), ()), "two marks"),
        (lambda: Pull((A, B), ()), "two marks"),
        (lambda: Pull.between(A, Mark("B", 80.0), 1.0), "same place"),
        (lambda: Mark("A", math.nan), "needs a ring angle"),
        (lambda: Mark("A", 1.0, hold_s=-1.0), "can't be held"),
        (lambda: Mark("A", 1.0, hold_s=1.0, through=True), "passed through and held"),
        (lambda: Pull.between(Mark("A", 1.0, through=True), B, 1.0), "can't be passed through"),
    ],
)
def test_what_is_no_pull_is_refused(make: object, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        make()  # type: ignore[operator]


def test_registers_have_the_fields_words() -> None:
    assert {register_of(seconds) for seconds in REGISTERS.values()} == set(REGISTERS)
    assert register_of(0.49) == "snap"
    assert register_of(0.5) == "moderate"
    assert register_of(6.0) == "slow"
