# SPDX-License-Identifier: MIT
"""The shooting view of the pull that stands by: a part of the scale, marks with their bands, ticks in order."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from followfocus.lens.map import load_lens
from followfocus.show.cues import After
from followfocus.show.show import ShowMark, new_show
from followfocus_gui.state.curve_axis import GO_GAP_S
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.history import DeskState
from followfocus_gui.state.shooting import SPARE, in_units, shoot_view
from followfocus_gui.widgets.shooting_view import ShootingView

FIFTY = load_lens("ideal-50")


def desk(*rings_deg: float, duration_s: float = 2.0, hold_for_go: bool = False) -> Desk:
    show = new_show("Day", FIFTY)
    marks = tuple(ShowMark(ring_deg, name) for ring_deg, name in zip(rings_deg, ("Anna", "", "door"), strict=False))
    if hold_for_go:
        marks = (marks[0], dataclasses.replace(marks[1], hold_for_go=True), *marks[2:])
    return Desk(DeskState(show.with_pull(dataclasses.replace(show.pulls[0], marks=marks, duration_s=duration_s))))


@pytest.mark.parametrize(
    ("rings_deg", "low", "high"),
    [
        ((60.0, 120.0), 60.0 - 60.0 * SPARE, 120.0 + 60.0 * SPARE),
        ((120.0, 60.0), 60.0 - 60.0 * SPARE, 120.0 + 60.0 * SPARE),
        ((100.0, 106.0), 95.0, 111.0),
        ((2.0, 62.0), 0.0, 72.0),
        ((240.0, 299.0), 240.0 - 59.0 * SPARE, FIFTY.travel_deg),
    ],
    ids=["a sixth", "either way", "five degrees at least", "infinity's end", "the close end"],
)
def test_the_scale_shows_the_pull_and_a_little_more(rings_deg: tuple[float, float], low: float, high: float) -> None:
    view = shoot_view(desk(*rings_deg), "", last_good=True)
    assert (view.low_deg, view.high_deg) == pytest.approx((low, high))
    assert view.scale
    assert all(low - 1e-6 <= ring_deg <= high + 1e-6 for ring_deg, *_ in view.scale)


def test_each_mark_has_its_letter_its_name_and_its_band() -> None:
    made = desk(60.0, 120.0)
    view = shoot_view(made, "sharp", last_good=False)
    assert [(mark.letter, mark.ring_deg) for mark in view.marks] == [("A", 60.0), ("B", 120.0)]
    assert view.marks[0].name == "Anna"
    for mark in view.marks:
        # throw × close focus / H₀ × (1 − f/s), of a 50 mm at T1.4 that closes to 0.55 m
        half = 300.0 * 0.55 * 1.4 * 0.025e-3 / 0.05**2 * (1.0 - 0.05 / (300.0 * 0.55 / mark.ring_deg))
        assert (mark.low_deg, mark.high_deg) == pytest.approx((mark.ring_deg - half, mark.ring_deg + half))
    assert (view.last, view.last_good, view.cue, view.lens) == ("sharp", False, "cue 1", f"{FIFTY.name}   T1.4")
    assert view.slate == str(made.show.slate)


@pytest.mark.parametrize("hold_for_go", [False, True])
def test_the_time_bar_is_as_long_as_all_parts_and_its_ticks_rise(hold_for_go: bool) -> None:
    made = desk(60.0, 150.0, 100.0, duration_s=3.0, hold_for_go=hold_for_go)
    plans = made.plans()
    assert len(plans) == (2 if hold_for_go else 1)
    view = shoot_view(made, "", last_good=True)
    played_s = sum(plan.motion.duration_s for plan in plans)
    assert view.whole_s > played_s if hold_for_go else view.whole_s == pytest.approx(played_s)  # a gap shows the hold
    times = [at_s for at_s, _ in view.ticks]
    assert times == sorted(times)
    assert all(0.0 <= at_s <= view.whole_s for at_s in times)
    words = [words for _, words in view.ticks]
    assert words[0].startswith("Anna soft ")
    assert words[-1].startswith("door sharp ")
    assert any(said.startswith("B sharp ") for said in words)
    own_s = [at_s - (plans[0].motion.duration_s + GO_GAP_S) * ("GO + " in said) for at_s, said in view.ticks]
    assert all(said.endswith(f" {at_s:.2f}") for at_s, (_, said) in zip(own_s, view.ticks, strict=True))
    assert any("GO + " in said for said in words) is hold_for_go


def test_a_pull_that_can_not_be_planned_has_its_scale_and_no_times() -> None:
    view = shoot_view(desk(60.0, 60.0), "", last_good=True)
    assert (view.whole_s, view.ticks) == (0.0, ())
    assert (view.low_deg, view.high_deg) == (55.0, 65.0)
    assert all(mark.low_deg == mark.high_deg == 60.0 for mark in view.marks)


def test_the_last_take_is_told_in_the_units_of_now() -> None:
    desk = Desk.new()
    words = "1 take 1: stopped at 0.74 s, 2.78 m."
    assert in_units(desk, words, 2.78) == words
    desk.prefer(units="imperial")
    told = in_units(desk, words, 2.78)
    assert told == f"1 take 1: stopped at 0.74 s, {desk.distance_text(2.78)}."
    desk.prefer(units="metric")
    assert in_units(desk, told, 2.78) == words
    assert in_units(desk, "1 take 2: door sharp, dead on.", 4.0) == "1 take 2: door sharp, dead on."
    assert in_units(desk, "Nothing yet.", None) == "Nothing yet."


@pytest.mark.parametrize(
    ("after", "follow_s", "here", "words"),
    [
        (After.REPEAT, None, 0, "then the same again"),
        (After.PINGPONG, None, 0, "then the way back"),
        (After.LIST, None, 0, "then 12  Back to Anna"),
        (After.LIST, 0.5, 0, "then 12  Back to Anna after 0.5 s"),
        (After.LIST, None, 1, "the last cue"),
    ],
)
def test_it_says_what_stands_by_next(after: After, follow_s: float | None, here: int, words: str) -> None:
    made = desk(60.0, 120.0)
    made.add_cue(back=True)
    made.edit_cue(number="12", name="Back to Anna")
    made.look_at(0)
    made.edit_cue(follow_s=follow_s)
    made.look_at(here)
    assert shoot_view(made, "", last_good=True, after=after).then == words


@pytest.mark.parametrize(
    ("imperial", "limit", "said"),
    [
        (False, "71.43", "71.43 m"),
        (False, "4.02 m", "4.02 m"),
        (False, "∞", "∞"),
        (True, "12'6\"", "12'6\""),
        (True, "∞", "∞"),
    ],
)
def test_a_limit_of_the_sharp_range_has_its_unit_and_infinity_has_none(
    qtbot: QtBot, imperial: bool, limit: str, said: str
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    view = ShootingView(parent)
    view.set_imperial(imperial)
    assert view._measured(limit) == said
