# SPDX-License-Identifier: MIT
"""Who is in front of the lens, as it is written: a place, a walk through places, with times or without."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.subjects import Subject, SubjectTrack, check_names, parse_subject, parse_where, walk_words

tenths = st.integers(5, 300).map(lambda found: found / 10)


@given(st.lists(tenths, min_size=2, max_size=6), st.floats(0.5, 60.0))
def test_places_without_times_are_met_evenly_over_the_pull(places: list[float], duration_s: float) -> None:
    walk = parse_where("..".join(f"{metres:g}m" for metres in places), duration_s)
    assert isinstance(walk, SubjectTrack)
    assert walk.distances_m == tuple(places)
    assert (walk.times_s[0], walk.times_s[-1]) == (0.0, pytest.approx(duration_s))
    steps = [b - a for a, b in zip(walk.times_s, walk.times_s[1:], strict=False)]
    assert steps == pytest.approx([duration_s / (len(places) - 1)] * len(steps))


@given(st.lists(tenths, min_size=2, max_size=6), st.integers(0, 30))
def test_a_walk_comes_back_as_it_is_written(places: list[float], begins: int) -> None:
    walk = SubjectTrack(tuple(begins / 10 + 0.5 * i for i in range(len(places))), tuple(places))
    subject = Subject("ANNA", walk)
    assert parse_subject(walk_words(subject), 99.0) == subject


@pytest.mark.parametrize("metres", [0.5, 2.0, 12.25, math.inf])
def test_who_stands_comes_back_too(metres: float) -> None:
    assert parse_subject(f" DOOR = {metres:g}m" if math.isfinite(metres) else "DOOR=inf", 2.0) == Subject(
        "DOOR", metres
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a subject"), ("ANNA", "is not a subject"), ("ANNA=", "is not a subject"),
        ("ANNA=  ", "is not a subject"), ("=3m", "is not a subject"), (" = ", "is not a subject"),
        ("ANNA=3m@0s..2m", "gives a time for some places only"), ("ANNA=3m..2m@1s", "gives a time for some"),
        ("ANNA=3m@1s..2m@1s", "rise"), ("ANNA=3m@2s..2m@1s", "rise"), ("ANNA=near", "near"),
    ],
)  # fmt: skip
def test_what_is_no_subject_is_said(text: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        parse_subject(text, 2.0)


@given(st.floats(-2.0, 8.0))
def test_a_walk_is_at_its_first_place_before_and_at_its_last_after(at_s: float) -> None:
    walk = parse_where("4m@1s..2m@3s", 9.0)
    assert isinstance(walk, SubjectTrack)
    metres = float(walk.distance_m(at_s))
    assert metres == pytest.approx(min(max(4.0 - (at_s - 1.0), 2.0), 4.0))


@pytest.mark.parametrize(
    ("text", "fps", "end_s"), [("4m@0..2m@48f", 24, 2.0), ("4m@0..2m@48f", 48, 1.0), ("4m@0..2m@00:00:02:00", 25, 2.0)]
)
def test_frames_of_a_walk_are_of_the_shot_s_rate(text: str, fps: float, end_s: float) -> None:
    assert parse_where(text, 9.0, fps) == SubjectTrack((0.0, end_s), (4.0, 2.0))


def test_a_walk_on_a_tape_in_feet_needs_no_units() -> None:
    walk = parse_subject("ANNA=10..5'6\"..2m", 2.0, bare="ft").where
    assert isinstance(walk, SubjectTrack)
    assert walk.distances_m == pytest.approx((3.048, 1.6764, 2.0))


def test_another_clock_and_the_way_back() -> None:
    walk = SubjectTrack((0.0, 1.0, 3.0), (4.0, 3.0, 2.0))
    assert walk.shifted(1.5) == SubjectTrack((-1.5, -0.5, 1.5), (4.0, 3.0, 2.0))
    assert walk.mirrored(4.0) == SubjectTrack((1.0, 3.0, 4.0), (2.0, 3.0, 4.0))
    assert walk.mirrored(4.0).mirrored(4.0) == walk


@pytest.mark.parametrize("names", [("ANNA", "Anna"), ("Anna", "Ben", "ANNA"), ("Straße", "STRASSE")])
def test_two_of_one_name_are_refused_in_whatever_case(names: tuple[str, ...]) -> None:
    with pytest.raises(RequestError, match=f"^Two are called {names[-1]}"):
        check_names(names)


@pytest.mark.parametrize("names", [(), ("Anna",), ("Anna", "Ben", "Hanna")])
def test_names_that_differ_are_let_be(names: tuple[str, ...]) -> None:
    check_names(iter(names))
