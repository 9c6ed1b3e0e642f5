# SPDX-License-Identifier: MIT
"""A mark that the others speak against: which it is, and which slip of the pen explains it."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.lens.typos import (
    TOLERANCE,
    MarkRow,
    _guesses,
    least_squares,
    likely_typo,
    reciprocal,
    robust_line,
    scale_warnings,
)
from followfocus.units import FOOT_M, INCH_M

TRAVEL = 300.0
OFFSET = 0.1
DISTANCES = (math.inf, 8.0, 4.0, 2.5, 1.6, 1.2, 0.9)


def scale(*distances_m: float) -> list[MarkRow]:
    """Marks on one law: 0° at infinity, and 240° for each 1/m."""
    return [(240.0 * reciprocal(metres, OFFSET), metres, "") for metres in distances_m]


def mistaken(index: int, entered_m: float) -> list[MarkRow]:
    """The same with one distance as somebody entered it."""
    marks = scale(*DISTANCES)
    marks[index] = (marks[index][0], entered_m, "")
    return marks


@pytest.mark.parametrize(
    ("metres", "found"), [(math.inf, 0.0), (1.1, 1.0), (0.6, 2.0), (0.1, math.inf), (0.05, math.inf)]
)
def test_one_over_a_distance_counts_from_inside_the_lens(metres: float, found: float) -> None:
    assert reciprocal(metres, OFFSET) == pytest.approx(found)


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=2, max_size=12))
def test_least_squares_is_numpys(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).T
    offset, slope = least_squares([(float(a), float(b)) for a, b in points])
    if np.ptp(x) == 0:
        assert (offset, slope) == (pytest.approx(y.mean()), 0.0)
    else:
        assert (slope, offset) == pytest.approx(tuple(np.polyfit(x, y, 1)), abs=1e-9)


@given(
    st.floats(0.5, 300.0),
    st.floats(-50.0, 50.0),
    st.sets(st.integers(0, 8), max_size=3),
    st.sampled_from([-30.0, 12.0, 47.0]),
)
def test_the_line_is_that_of_most_points_whatever_the_others_are(
    slope: float, start: float, wrong: set[int], off: float
) -> None:
    points = [(at / 4, start + slope * at / 4) for at in range(9)]
    spoiled = [(x, y + off * (1 + at) if at in wrong else y) for at, (x, y) in enumerate(points)]
    (offset, found), agreeing = robust_line(spoiled, 0.01)
    assert agreeing == [at for at in range(9) if at not in wrong]
    assert (offset, found) == pytest.approx((start, slope), abs=1e-6)


def test_points_that_only_fall_have_the_line_of_least_squares() -> None:
    points = [(0.0, 3.0), (1.0, 2.0), (2.0, 1.0)]
    assert robust_line(points, 0.01) == ((3.0, -1.0), [0, 1, 2])


SLIPS = [
    (2.0 / FOOT_M, 2.0, "6.56 feet entered as metres"),
    (2.0 * FOOT_M, 2.0, "2 metres entered as feet"),
    (2.0 + FOOT_M, 2.0, "a foot too many"),
    (2.0 - FOOT_M, 2.0, "a foot too few"),
    (20.0, 2.0, "a decimal point one place off"),
    (0.2, 2.0, "a decimal point one place off"),
    (200.0, 2.0, "centimetres entered as metres"),
    (2000.0, 2.0, "millimetres entered as metres"),
    (2.0 / INCH_M, 2.0, "inches entered as metres"),
    (5.6 * FOOT_M, 66 * INCH_M, "5.6 ft where 5'6\" was meant"),
    (5.11 * FOOT_M, 71 * INCH_M, "5.11 ft where 5'11\" was meant"),
    (5.6, 66 * INCH_M, "5.6 m where 5'6\" was meant"),
    (66 * INCH_M, 5.6 * FOOT_M, "5'6\" where 5.6 ft was meant"),
    (66 * INCH_M, 5.6, "5'6\" where 5.6 m was meant"),
    (71 * INCH_M, 5.11 * FOOT_M, "5'11\" where 5.11 ft was meant"),
    (70 * INCH_M, 5.1 * FOOT_M, "5'10\" where 5.1 ft was meant"),
]


@pytest.mark.parametrize(("entered_m", "meant_m", "words"), SLIPS, ids=[words for *_, words in SLIPS])
def test_each_slip_of_the_pen_is_recognised(entered_m: float, meant_m: float, words: str) -> None:
    assert words in likely_typo(entered_m, lambda metres: abs(metres - meant_m), 1e-3)


@pytest.mark.parametrize("entered_m", [5.5 * FOOT_M, 5.0 * FOOT_M, 0.6 * FOOT_M, 5.12 * FOOT_M, 5.625 * FOOT_M])
def test_what_can_be_no_feet_and_inches_is_not_taken_for_them(entered_m: float) -> None:
    found = [words for _, words in _guesses(entered_m) if "ft where" in words and "'" in words.split(" where ")[1]]
    assert found == (["5.5 ft where 5'5\" was meant"] if entered_m == 5.5 * FOOT_M else [])


@given(st.floats(0.05, 500.0))
def test_every_guess_is_a_distance(entered_m: float) -> None:
    assert all(metres > 0 for metres, _ in _guesses(entered_m))
    assert likely_typo(entered_m, lambda _: 2.0, 1.9) == ""
    assert likely_typo(entered_m, lambda _: 2.0, 2.0) != ""


def test_infinity_is_no_slip() -> None:
    assert likely_typo(math.inf, lambda _: 0.0, 1.0) == ""


def test_a_scale_on_one_law_has_no_warning() -> None:
    assert scale_warnings(scale(*DISTANCES), TRAVEL, OFFSET) == ()


@pytest.mark.parametrize(("share", "told"), [(0.9, False), (1.1, True), (-1.1, True)])
def test_a_mark_is_told_of_from_half_a_per_cent_of_the_travel_on(share: float, told: bool) -> None:
    marks = scale(*DISTANCES)
    marks[3] = (marks[3][0] + share * TOLERANCE * TRAVEL, marks[3][1], "door")
    found = scale_warnings(marks, TRAVEL, OFFSET)
    assert len(found) == told
    assert not told or "marks[3] (door, 2.50 m / 8'2 1/2\"" in found[0]


@pytest.mark.parametrize("index", range(1, len(DISTANCES)))
def test_the_one_wrong_mark_is_named_with_its_slip_and_what_is_there(index: int) -> None:
    (words,) = scale_warnings(mistaken(index, DISTANCES[index] * 10), TRAVEL, OFFSET)
    assert f"marks[{index}]" in words
    assert "likely a decimal point one place off" in words
    assert f"which have {DISTANCES[index]:.2f} m" in words


def test_where_half_of_the_marks_disagree_the_scale_is_told_of_as_one() -> None:
    angles = (0.0, 100.0, 110.0, 130.0, 131.0, 290.0)
    marks = [(angle, metres, "") for angle, metres in zip(angles, DISTANCES, strict=False)]
    (words,) = scale_warnings(marks, TRAVEL, OFFSET)
    assert words.startswith("The marks follow no common 1/distance law")


def test_of_three_marks_the_one_that_a_slip_explains_is_named() -> None:
    marks = scale(math.inf, 4.0, 1.2)
    (words,) = scale_warnings([marks[0], (marks[1][0], 40.0, ""), marks[2]], TRAVEL, OFFSET)
    assert "marks[1] (40.00 m" in words
    assert "likely a decimal point one place off" in words


def test_a_table_of_a_thousand_rows_is_checked_as_fast_as_a_scale() -> None:
    places = [0.0, *(i / 550 for i in range(1, 1001))]
    rows = [(0.3 * i, 1 / place if place else math.inf, "") for i, place in enumerate(places)]
    assert scale_warnings(rows, 300.3, 0.0) == ()
    wrong = [*rows[:500], (rows[500][0], rows[500][1] * 1.0005, ""), *rows[501:]]
    bent = [(ring + 30 * math.sin(ring / 50), distance, label) for ring, distance, label in rows]
    assert scale_warnings(wrong, 300.3, 0.0) == ()
    (words,) = scale_warnings(bent, 300.3, 0.0)
    assert "no common 1/distance law" in words


def test_as_many_marks_agree_as_on_any_line_through_two_of_them() -> None:
    """Against every pair, with marks that scatter by about as much as is allowed: refitting must lose none."""
    draw = random.Random(5)
    for _ in range(400):
        points = [(x / 8, 40.0 * x / 8 + draw.uniform(-2.0, 2.0)) for x in range(draw.randrange(3, 9))]
        (offset, slope), agreeing = robust_line(points, 1.0)
        assert agreeing == [i for i, (x, y) in enumerate(points) if abs(offset + slope * x - y) <= 1.0]
        for (x0, y0), (x1, y1) in itertools.combinations(points, 2):
            rise = (y1 - y0) / (x1 - x0)
            if rise > 0:
                assert len(agreeing) >= sum(abs(y0 + rise * (x - x0) - y) <= 1.0 - 1e-9 for x, y in points)
