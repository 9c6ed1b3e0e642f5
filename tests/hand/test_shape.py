# SPDX-License-Identifier: MIT
"""From the wheel to the ring and back: onto its range, one way, without a jump, held on marks and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.hand.manners import HandManners
from followfocus.hand.shape import Shape

shapes = st.builds(
    Shape,
    low_deg=st.floats(0.0, 140.0),
    high_deg=st.floats(150.0, 300.0),
    direction=st.sampled_from([1, -1]),
    curve=st.floats(-0.9, 0.9),
    soft_end_deg=st.floats(0.0, 60.0),
    detents_deg=st.lists(st.floats(0.0, 300.0), max_size=4, unique_by=round).map(lambda found: tuple(sorted(found))),
    detent_deg=st.sampled_from([0.0, 0.5, 2.0, 9.0]),
)
PLACES = np.linspace(0.0, 1.0, 1001)


def rings(shape: Shape) -> np.ndarray:
    return np.array([shape.ring_deg(float(place)) for place in PLACES])


@given(shapes)
def test_the_wheel_covers_its_range_one_way_and_without_a_jump(shape: Shape) -> None:
    found = rings(shape)[:: shape.direction]
    assert (found[0], found[-1]) == (pytest.approx(shape.low_deg), pytest.approx(shape.high_deg))
    steps = np.diff(found)
    assert steps.min() >= -1e-9
    width = min(shape.soft_end_deg / shape.span_deg, 0.5)
    steepest = (1 + abs(shape.curve)) / (1 - width) * (1.5 if shape.detent_deg else 1.0)
    assert steps.max() <= steepest * shape.span_deg / 1000 * (1 + 1e-6)


@given(shapes, st.floats(0.0, 1.0))
def test_for_wherever_the_ring_stands_there_is_a_place(shape: Shape, share: float) -> None:
    ring_deg = shape.low_deg + share * shape.span_deg
    assert shape.ring_deg(shape.place(ring_deg)) == pytest.approx(ring_deg, abs=1e-6)


@given(shapes)
def test_past_an_end_it_is_the_end(shape: Shape) -> None:
    assert shape.ring_deg(-3.0) == shape.ring_deg(0.0)
    assert shape.ring_deg(7.0) == shape.ring_deg(1.0)


@pytest.mark.parametrize("direction", [1, -1])
def test_soft_ends_slow_down_evenly_to_nothing_and_the_middle_is_even(direction: int) -> None:
    shape = Shape(0.0, 300.0, direction, soft_end_deg=30.0)
    slopes = np.diff(rings(shape)[::direction]) * 1000 / 300.0
    assert slopes[0] == pytest.approx(0.0, abs=0.01)
    assert slopes[50] == pytest.approx(slopes[500] / 2, abs=0.01)
    assert slopes[150:850] == pytest.approx(np.full(700, 1 / 0.9))
    assert slopes == pytest.approx(slopes[::-1])


@pytest.mark.parametrize(("curve", "at_half_deg"), [(0.0, 150.0), (0.5, 187.5), (-0.5, 112.5)])
def test_the_curve_bends_the_middle(curve: float, at_half_deg: float) -> None:
    assert Shape(0.0, 300.0, curve=curve).ring_deg(0.5) == pytest.approx(at_half_deg)


@pytest.mark.parametrize(
    ("detents", "half_deg", "wheel_deg", "ring_deg"),
    [
        ((100.0,), 1.0, 100.99, 100.0), ((100.0,), 1.0, 99.01, 100.0), ((100.0,), 1.0, 101.5, 100.75),
        ((100.0,), 1.0, 98.0, 98.5), ((100.0,), 1.0, 103.0, 103.0), ((100.0,), 1.0, 120.0, 120.0),
        # two wells meet half way
        ((100.0, 102.0), 1.0, 100.33, 100.0), ((100.0, 102.0), 1.0, 100.5, 100.25), ((100.0, 102.0), 1.0, 101.0, 101.0),
        ((100.0, 102.0), 1.0, 101.67, 102.0),
        # a well ends at an end, but for that of a mark on it
        ((1.5,), 1.0, 1.01, 1.5), ((1.5,), 1.0, 0.9, 1.5 - 0.15), ((1.5,), 1.0, 0.0, 0.0), ((0.0,), 1.0, 0.9, 0.0),
        ((299.5,), 1.0, 299.7, 299.6 - 0.05), ((300.0,), 1.0, 299.1, 300.0),
        # without a width, or without marks, there are none
        ((100.0,), 0.0, 100.1, 100.1), ((), 1.0, 100.1, 100.1),
    ],
)  # fmt: skip
def test_a_mark_holds_the_ring_within_its_width(
    detents: tuple[float, ...], half_deg: float, wheel_deg: float, ring_deg: float
) -> None:
    shape = Shape(0.0, 300.0, detents_deg=detents, detent_deg=half_deg)
    assert shape.ring_deg(wheel_deg / 300.0) == pytest.approx(ring_deg, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "travel", "range_deg"),
    [
        (0.0, None, 300.0, (0.0, 300.0)), (20.0, 100.0, 300.0, (20.0, 100.0)), (20.0, 400.0, 300.0, (20.0, 300.0)),
        (200.0, 280.0, 150.0, (150.0, 150.0)),
    ],
)  # fmt: skip
def test_a_range_is_cut_at_the_travel(
    low: float, high: float | None, travel: float, range_deg: tuple[float, float]
) -> None:
    shape = Shape.of(HandManners(low_deg=low, high_deg=high), travel, (90.0, 30.0, 90.0))
    assert (shape.low_deg, shape.high_deg) == range_deg
    assert shape.detents_deg == (30.0, 90.0)


def test_where_the_ring_stands_outside_the_range_reaches_there() -> None:
    shape = Shape(50.0, 100.0)
    assert (shape.reaching(20.0).low_deg, shape.reaching(20.0).high_deg) == (20.0, 100.0)
    assert (shape.reaching(120.0).low_deg, shape.reaching(120.0).high_deg) == (50.0, 120.0)
    assert shape.reaching(70.0) == shape
