# SPDX-License-Identifier: MIT
"""The ring's place by the wheel's and its settings: monotone, onto, and back again."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from followfocus.hand.manners import HandManners
from followfocus.hand.shape import Shape

shares = st.floats(0.0, 1.0)
shapes = st.builds(
    Shape,
    low_deg=st.floats(0, 100),
    high_deg=st.floats(120, 300),
    direction=st.sampled_from((1, -1)),
    curve=st.floats(-0.9, 0.9),
    soft_end_deg=st.floats(0, 30),
    detents_deg=st.lists(st.floats(0, 300), max_size=4, unique=True).map(lambda marks: tuple(sorted(marks))),
    detent_deg=st.floats(0, 3),
)


@given(shapes, st.lists(shares, min_size=2, max_size=40))
def test_the_ring_goes_the_wheels_way_and_never_leaves_its_part(shape, places):
    rings = [shape.ring_deg(place) for place in sorted(places)]
    assert all((b - a) * shape.direction >= -1e-9 for a, b in pairwise(rings))
    assert all(shape.low_deg - 1e-9 <= ring <= shape.high_deg + 1e-9 for ring in rings)
    assert {round(shape.ring_deg(0.0), 6), round(shape.ring_deg(1.0), 6)} == {
        round(shape.low_deg, 6),
        round(shape.high_deg, 6),
    }


@given(shapes, shares)
def test_there_is_a_place_for_every_ring_angle(shape, share):
    ring = shape.low_deg + share * shape.span_deg
    assert shape.ring_deg(shape.place(ring)) == pytest.approx(ring, abs=1e-6)


@given(shapes, shares)
def test_nothing_jumps(shape, place):
    near = shape.ring_deg(min(place + 1e-6, 1.0)) - shape.ring_deg(place)
    assert abs(near) <= 1e-6 * shape.span_deg * 1.9 * 1.5 * 2.0 + 1e-9  # steepest curve, detent's way out, soft ends


def test_a_detent_holds_the_ring_on_its_mark():
    shape = Shape(0.0, 300.0, detents_deg=(100.0,), detent_deg=1.0)
    assert shape.ring_deg(100.9 / 300) == 100.0
    assert shape.ring_deg(99.2 / 300) == 100.0
    assert shape.ring_deg(103.0 / 300) == pytest.approx(103.0)
    assert shape.ring_deg(104.0 / 300) == pytest.approx(104.0)


def test_a_range_is_cut_at_the_travel_and_reaches_the_ring():
    shape = Shape.of(HandManners(low_deg=50, high_deg=400), 300.0)
    assert (shape.low_deg, shape.high_deg) == (50.0, 300.0)
    assert shape.reaching(20.0).low_deg == 20.0


@pytest.mark.parametrize(
    "wrong",
    [{"low_deg": 50, "high_deg": 20}, {"curve": 2}, {"turn_counts": 0}, {"ratoi": 1}, {"cutoff_hz": float("nan")}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        HandManners().but(**wrong)
