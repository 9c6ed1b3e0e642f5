# SPDX-License-Identifier: MIT
"""How far a calibration is, as a table: what is found, how fast the ring may turn, and what is said of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from followfocus.lens.map import load_lens
from followfocus.motion.motor import Rig
from followfocus.unit.calibration import Gear
from followfocus_gui.state.calibrating import PAGES, Calibrating, CalibrationPage, play_words

LENS, RIG = load_lens("ideal-50"), Rig()
OTHER = Gear(40, 40.01, -RIG.direction, fits=False, words="")
SAME = Gear(RIG.motor_teeth, float(RIG.motor_teeth), RIG.direction, fits=True, words="")
FAR, CLOSE, PLAY, KEEP = PAGES


def at(page: CalibrationPage, **changes: Any) -> Calibrating:
    return dataclasses.replace(Calibrating(LENS, RIG, page), **changes)


@pytest.mark.parametrize(
    ("page", "far", "close"), [(FAR, False, False), (CLOSE, True, False), (PLAY, True, True), (KEEP, True, True)]
)
def test_what_is_found_by_then(page: CalibrationPage, far: bool, close: bool) -> None:
    assert (at(page).far_found, at(page).close_found) == (far, close)


@pytest.mark.parametrize(
    ("page", "turned_deg", "asked", "given"),
    [
        (CLOSE, 254.0, 90.0, 90.0), (CLOSE, 256.0, 90.0, 10.0), (CLOSE, 256.0, -90.0, -10.0), (CLOSE, 256.0, 8.0, 8.0),
        (CLOSE, -256.0, 90.0, 10.0), (CLOSE, 256.0, 10.0, 10.0), (FAR, 256.0, 90.0, 90.0), (PLAY, 256.0, 90.0, 90.0),
    ],
)  # fmt: skip
def test_the_last_part_before_the_close_stop_is_slow(
    page: CalibrationPage, turned_deg: float, asked: float, given: float
) -> None:
    known = at(page, steps=round(turned_deg * RIG.steps_per_deg))
    assert known.turned_deg == pytest.approx(abs(turned_deg) if page is CLOSE else turned_deg, abs=0.1)
    assert known.slowed(asked, 10.0) == given


def test_a_gear_that_is_found_is_used_unless_what_is_set_stays() -> None:
    assert at(KEEP).used_rig == RIG
    found = at(KEEP, gear=OTHER).used_rig
    assert (found.motor_teeth, found.direction) == (40, -RIG.direction)
    assert at(KEEP, gear=OTHER, as_set=True).used_rig == RIG


def test_below_each_step_stands_how_far_it_is() -> None:
    assert [at(FAR).stage_words(page) for page in PAGES] == ["now", "then this", "last, 10 s", ""]
    assert [at(PLAY).stage_words(page) for page in PAGES] == ["found", "found", "now", ""]
    kept = at(KEEP, play_deg=0.3)
    assert [kept.stage_words(page) for page in PAGES] == ["found", "found", "play 0.30°", "now"]
    assert at(KEEP).stage_words(PLAY) == ""


@pytest.mark.parametrize(
    ("play_deg", "words"),
    [(0.0, "play 0.00°: too small to see"), (0.1, "play 0.10°: too small to see"), (0.11, "play 0.11°")],
)
def test_the_play_in_words(play_deg: float, words: str) -> None:
    assert play_words(play_deg) == words


def test_each_page_has_its_own_words() -> None:
    for words in (Calibrating.title, Calibrating.help, Calibrating.go_words):
        assert len({words(at(page)) for page in PAGES}) == len(PAGES)
    assert "6933 steps" in at(KEEP, span_steps=-6933).help()


@pytest.mark.parametrize(
    ("known", "fault", "facts"),
    [
        (at(FAR), "", [("seen at the close stop", None), ("counts from the far stop", None),
                       (f"set: {RIG.motor_teeth} teeth on a {RIG.lens_teeth}-tooth ring", None),
                       ("as it should be", True)]),
        (at(CLOSE, steps=500), "", [("right: it turns towards close", True), ("500 steps since the far stop", True),
                                    (f"set: {RIG.motor_teeth} teeth", None), ("as it should be", True)]),
        (at(CLOSE), "stalled", [("seen as it turns", None), ("0 steps since the far stop", True),
                                (f"set: {RIG.motor_teeth} teeth", None), ("stalled", False)]),
        (at(KEEP, span_steps=-6933, gear=OTHER), "",
         [("the other way round: it will be set so", False), ("6933 steps since the far stop", True),
          (f"it is a gear of 40 teeth, not {RIG.motor_teeth}", False), ("as it should be", True)]),
        (at(KEEP, span_steps=6933, gear=OTHER, as_set=True), "",
         [("right: it turns towards close", True), ("6933 steps since the far stop", True),
          (f"{RIG.motor_teeth} teeth, as set", True), ("as it should be", True)]),
        (at(KEEP, span_steps=6933, gear=SAME), "",
         [("right: it turns towards close", True), ("6933 steps since the far stop", True),
          (f"fits {RIG.motor_teeth} teeth on a {RIG.lens_teeth}-tooth ring", True), ("as it should be", True)]),
    ],
    ids=["far", "close", "a fault", "another gear", "as set", "fits"],
)  # fmt: skip
def test_the_facts_beside_it(known: Calibrating, fault: str, facts: list[tuple[str, bool | None]]) -> None:
    assert [(fact.words, fact.right) for fact in known.facts(fault=fault)] == facts
