# SPDX-License-Identifier: MIT
"""Places and loudness as pure tables: two bands that hold everything, and how the five buttons look in every state."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from followfocus_gui.state.grid import BandPlaces, Box, MiddlePlaces, Type, bands, middle, shooting
from followfocus_gui.state.loudness import AT_REST, DEAD, RUNNING, TURNING, WORDS, looks, tone_of

SIZES = [(960, 540), (1280, 800), (1366, 768), (1920, 1080), (800, 1280), (1093, 614), (1024, 768), (2560, 1440)]
DESIGNED = {
    (960, 540): ((775, 468, 173, 64), (513, 468, 250, 64), (12, 468, 158, 64)),
    (1280, 800): ((1038, 712, 230, 80), (693, 712, 333, 80), (12, 712, 218, 80)),
    (1366, 768): ((1108, 683, 246, 77), (741, 683, 355, 77), (12, 683, 234, 77)),
    (1920, 1080): ((1562, 964, 346, 108), (1051, 964, 499, 108), (12, 964, 337, 108)),
    (800, 1280): ((486, 1176, 302, 96), (12, 1176, 462, 96), (12, 1104, 253, 64)),
}


def boxes(found: BandPlaces | MiddlePlaces) -> list[Box]:
    return [b for f in dataclasses.fields(found) if isinstance(b := getattr(found, f.name), Box)]


@pytest.mark.parametrize("size", DESIGNED)
def test_stop_go_and_the_first_button_stand_where_they_were_designed(size: tuple[int, int]) -> None:
    found = bands(*size)
    assert [dataclasses.astuple(box) for box in (found.stop, found.go, found.back)] == list(DESIGNED[size])


@pytest.mark.parametrize("size", [*SIZES, (800, 480), (683, 384), (640, 420)])
def test_nothing_of_a_band_meets_another_or_leaves_the_window(size: tuple[int, int]) -> None:
    found = boxes(bands(*size))
    assert all(Box(0, 0, *size).holds(box) for box in found)
    assert not [pair for pair in itertools.combinations(found, 2) if pair[0].meets(pair[1])]


@pytest.mark.parametrize("size", SIZES)
def test_the_middle_holds_its_parts_side_by_side(size: tuple[int, int]) -> None:
    room = bands(*size).middle
    found = boxes(middle(room.width, room.height, window=size))
    assert all(Box(0, 0, room.width, room.height).holds(box) for box in found)
    assert not [pair for pair in itertools.combinations(found, 2) if pair[0].meets(pair[1])]
    assert all(box.height >= 44 for box in found)


@pytest.mark.parametrize("size", SIZES)
def test_the_shooting_view_leaves_go_and_stop_where_they_are(size: tuple[int, int]) -> None:
    view, found = shooting(*size), bands(*size)
    readings = [view.slate, view.distance, view.sharp, view.picture, view.scale, view.time, view.state]
    parts = [*readings, found.go, found.stop]
    assert all(Box(0, 0, *size).holds(box) for box in parts)
    assert not [pair for pair in itertools.combinations(parts, 2) if pair[0].meets(pair[1])]


@pytest.mark.parametrize("size", SIZES)
def test_go_and_stop_are_as_high_as_a_thumb_and_apart(size: tuple[int, int]) -> None:
    found = bands(*size)
    assert min(found.go.height, found.stop.height) >= 64
    assert found.stop.x - found.go.right == 12
    assert found.state.height >= 44


@pytest.mark.parametrize("size", SIZES)
def test_the_distance_is_the_largest_and_nothing_is_smaller_than_a_hint(size: tuple[int, int]) -> None:
    letters = Type.of(*size)
    assert letters.distance == max(dataclasses.astuple(letters))
    assert letters.distance * 0.75 >= 0.055 * min(size)
    assert letters.hint >= 11
    assert letters.body >= 13


def test_stop_never_goes_grey_and_is_hot_while_something_turns() -> None:
    for word in WORDS:
        stop = looks(word)["stop"]
        assert stop.enabled
        assert (stop.style == "hot") == (word in (*RUNNING, *TURNING, "COUNTING")), word


@pytest.mark.parametrize("word", WORDS)
def test_only_armed_and_holding_are_filled_and_only_rest_lets_begin(word: str) -> None:
    found = looks(word, left_s=2.44)
    assert (found["go"].style == "filled") == (word in ("ARMED", "HOLDING"))
    assert found["rehearse"].enabled == (word in AT_REST)
    assert (found["arm"].text == "DISARM") == (word in ("ARMED", "COUNTING", "HOLDING"))
    if word in DEAD:
        assert found["go"].style == "gone"
    assert tone_of(word).ground


def test_the_words_on_go_say_what_a_press_does() -> None:
    said = {word: (looks(word, left_s=2.44)["go"].text, looks(word)["go"].hint) for word in WORDS}
    assert said["READY"] == ("GO", "arm first")
    assert said["ARMED"] == ("GO", "Space")
    assert said["HOLDING"] == ("GO ON", "Space")
    assert said["COUNTING"][0] == "2.4 s"
    assert said["PLAYING"][0] == "playing"


def test_with_a_screen_open_all_but_stop_is_dead_and_says_so() -> None:
    found = looks("READY", screen=True)
    assert found["go"].hint == "close this first"
    assert {found[name].style for name in ("backToOne", "rehearse", "arm")} == {"dead"}
    assert found["stop"].style == "stop"
