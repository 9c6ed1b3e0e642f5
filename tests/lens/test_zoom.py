# SPDX-License-Identifier: MIT
"""A zoom's move: as it is written, on other clocks, and standing while the ring rests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.zoom import Zoom, is_move, is_timed, parse_zoom, zoom_words

moves = st.lists(
    st.tuples(st.integers(1, 4000), st.integers(10, 600)), min_size=2, max_size=5, unique_by=lambda point: point[0]
).map(lambda points: Zoom(*zip(*((at / 1000, float(mm)) for at, mm in sorted(points)), strict=True)))


@pytest.mark.parametrize(
    ("text", "times_s", "focals_mm"),
    [
        ("24..70", (0.0, 2.0), (24.0, 70.0)),
        ("70..24..35", (0.0, 1.0, 2.0), (70.0, 24.0, 35.0)),
        ("24mm.. 70,5 mm", (0.0, 2.0), (24.0, 70.5)),
        ("24@0..50@1.5s..70@3s", (0.0, 1.5, 3.0), (24.0, 50.0, 70.0)),
        ("24@500ms..70@3s", (0.5, 3.0), (24.0, 70.0)),
    ],
)
def test_a_move_is_read_as_it_is_written(text: str, times_s: tuple[float, ...], focals_mm: tuple[float, ...]) -> None:
    assert is_move(text)
    assert is_timed(text) is ("@" in text)
    assert parse_zoom(text, 2.0) == Zoom(times_s, focals_mm)


@pytest.mark.parametrize(("fps", "end_s"), [(24, 2.0), (48, 1.0), (25, 1.92)])
def test_frames_of_a_move_are_of_the_shot_s_rate(fps: float, end_s: float) -> None:
    assert parse_zoom("24@0..70@48f", 9.0, fps) == Zoom((0.0, end_s), (24.0, 70.0))


@pytest.mark.parametrize(
    "text", ["", "35", "24-70", "24..", "..70", "24..x", "24..70000", "24@0..70", "24@2s..70@1s", "24..0", "24@1s"]
)
def test_what_is_no_move_is_refused_in_words(text: str) -> None:
    with pytest.raises(RequestError):
        parse_zoom(text, 2.0)


@given(moves)
def test_a_move_s_words_are_read_back(zoom: Zoom) -> None:
    assert parse_zoom(zoom_words(zoom), 9.0) == zoom


@pytest.mark.parametrize(
    ("times_s", "focals_mm"),
    [
        ((0.0,), (24.0,)), ((0.0, 1.0), (24.0,)), ((0.0, 0.0), (24.0, 70.0)), ((1.0, 0.0), (24.0, 70.0)),
        ((0.0, np.inf), (24.0, 70.0)), ((0.0, np.nan), (24.0, 70.0)), ((0.0, 1.0), (24.0, 0.0)),
        ((0.0, 1.0), (np.nan, 24.0)),
    ],
)  # fmt: skip
def test_a_move_that_can_t_be_is_refused(times_s: tuple[float, ...], focals_mm: tuple[float, ...]) -> None:
    with pytest.raises(RequestError):
        Zoom(times_s, focals_mm)


@given(moves, st.floats(-5, 5), st.floats(0.1, 5))
def test_on_another_clock_it_is_where_it_was(zoom: Zoom, by_s: float, over_s: float) -> None:
    at_s = np.linspace(-1, 6, 50)
    assert zoom.shifted(by_s).focal_mm(at_s - by_s) == pytest.approx(zoom.focal_mm(at_s), abs=1e-6)
    assert zoom.mirrored(over_s).focal_mm(over_s - at_s) == pytest.approx(zoom.focal_mm(at_s), abs=1e-6)
    inside = np.linspace(0, over_s, 50)
    assert zoom.within(over_s).focal_mm(inside) == pytest.approx(zoom.focal_mm(inside), abs=1e-6)
    assert zoom.within(over_s).at_mm(over_s + 9) == pytest.approx(zoom.at_mm(over_s), abs=1e-6)


@given(
    moves, st.lists(st.tuples(st.integers(0, 4500), st.integers(10, 2000)), max_size=3, unique_by=lambda rest: rest[0])
)
def test_a_move_rests_where_it_is_told_to_and_goes_on_from_there(zoom: Zoom, rests_ms: list[tuple[int, int]]) -> None:
    rests = [(at_ms / 1000, rest_ms / 1000) for at_ms, rest_ms in sorted(rests_ms)]
    resting, own_s, clock_s = zoom.resting(rests), 0.0, 0.0
    for at_s, rest_s in rests:
        clock_s += at_s - own_s
        own_s = at_s
        for share in (0.0, 0.5, 1.0):
            assert resting.at_mm(clock_s + share * rest_s) == pytest.approx(zoom.at_mm(own_s), abs=1e-3)
        clock_s += rest_s
    assert resting.at_mm(clock_s + 0.7) == pytest.approx(zoom.at_mm(own_s + 0.7), abs=1e-3)
