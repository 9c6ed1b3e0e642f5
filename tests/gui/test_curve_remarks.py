# SPDX-License-Identifier: MIT
"""Remarks below the curve: whole at every size, each on its own, and the planner's figures behind them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from followfocus.lens.map import LensMap, LensMark, load_lens
from followfocus.plan.sharpness import COMMON_FOCAL_MM, THIRD_STOPS
from followfocus_gui.plot.remarks import RemarkLine
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.plain_words import (
    BEYOND,
    KNOCKS,
    NEAR,
    SCALE,
    SECOND_RING,
    UNVERIFIED,
    remarks_on,
)
from followfocus_gui.state.views import Remark
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
SIZES = ((960, 540), (1280, 800), (800, 1280), (1920, 1080))
LAND = "It may land 999% off the middle of sharp. Close the iris."
RACKS = ["Move them apart.", *(f"T{stop:g} parts them." for stop in THIRD_STOPS)]
RACKS += [f"{mm} mm parts them." for mm in COMMON_FOCAL_MM]
KINDS = (SCALE, NEAR, UNVERIFIED, BEYOND, SECOND_RING, KNOCKS, LAND)
EVERY = (
    *KINDS,
    *(f"No rack: both stay sharp together. {parts}" for parts in RACKS),
    "Neither is sharp for 3600.00 s, 216000 frames.",
    "The ring kept to 9999 % of the sharp half, worst at GO + 3600.00 s.",
    "The ring kept to 0.0012°, worst at GO + 3600.00 s.",
)


def a_lens(*marks: tuple[float, float], **changes: object) -> LensMap:
    rows = tuple(LensMark(*mark) for mark in marks)
    fields = {"close_focus_m": min(metres for _, metres in marks), "marks": rows, "ideal": False}
    return dataclasses.replace(load_lens("ideal-50"), name="Made", **(fields | changes))  # type: ignore[arg-type]


WRONG = a_lens((0.0, math.inf), (89.4774, 1.77), (150.0, 1.0), (300.0, 0.5))
FEW = a_lens((0.0, math.inf), (300.0, 0.5))
LAW = ((0.0, math.inf), (75.0, 2.0), (150.0, 1.0), (300.0, 0.5))
MADE = {
    SCALE: WRONG,
    NEAR: a_lens((0.0, math.inf), (50.0, 0.9), (100.0, 0.45), (300.0, 0.15)),
    UNVERIFIED: FEW,
    BEYOND: a_lens(*LAW[:3], (200.0, 0.75)),
    SECOND_RING: a_lens(*LAW, second_scale=tuple(LensMark(*mark) for mark in LAW)),
}


def on(lens: LensMap) -> Desk:
    desk = Desk.new()
    desk.use_lens(lens)
    desk.edit_mark(0, ring_deg=40.0)
    desk.edit_mark(1, ring_deg=90.0 if lens.too_near else 290.0)
    return desk


@pytest.mark.parametrize("words", MADE)
def test_what_is_wrong_with_a_lens_is_said_in_a_sentence_with_the_rest_behind_it(words: str) -> None:
    desk = on(MADE[words])
    found = {remark.words: remark.whole for remark in remarks_on(desk)}
    assert words in found
    (plan,) = desk.plans()
    assert any(found[words].startswith(whole) for whole in plan.warnings())


@pytest.mark.parametrize("lens", [*MADE.values(), load_lens("ideal-50"), load_lens("arri-signature-prime-40")])
@pytest.mark.parametrize(("t_stop", "easing"), [(2.8, "minjerk"), (22.0, "linear")])
def test_nothing_that_the_planner_says_is_left_out(lens: LensMap, t_stop: float, easing: str) -> None:
    desk = on(lens)
    desk.edit_pull(t_stop=t_stop, easing=easing)
    (plan,) = desk.plans()
    whole = " ".join(remark.whole for remark in remarks_on(desk)) + desk.trouble()
    for words in plan.warnings():
        assert words in whole or "resonance" in words, words


def test_a_pull_between_two_that_stay_sharp_together_says_what_parts_them() -> None:
    desk = on(load_lens("ideal-50"))
    desk.edit_mark(0, ring_deg=60.0)
    desk.edit_mark(1, ring_deg=62.0)
    desk.edit_pull(t_stop=11.0)
    (words,) = (remark.words for remark in remarks_on(desk) if remark.words.startswith("No rack"))
    assert words in EVERY
    assert " ".join(remark.whole for remark in remarks_on(desk)).count("No rack: both subjects stay") == 1


def test_every_sentence_is_short() -> None:
    assert [words for words in EVERY if len(words) > 70] == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_no_sentence_below_the_curve_is_cut(size: tuple[int, int], units: str, open_desk: Open) -> None:
    """Each sentence that can stand there, with eight more behind it."""
    app = open_desk(size=size)
    if units == "imperial":
        app.desktop.actions.toggle_units()
    line = app.find("curveWords")
    assert isinstance(line, RemarkLine)
    room = line.contentsRect().width() - 2 * line.margin()
    cut = []
    for words in EVERY if line.isVisible() else ():
        line.say(Remark(words), *[Remark("x" * 70)] * 8)
        assert line.shown() == f"{words}  +8"
        if line.fontMetrics().horizontalAdvance(line.shown()) > room:
            cut.append(words)
    assert cut == []


def test_a_press_turns_to_what_has_no_room(open_desk: Open) -> None:
    line = open_desk().find("curveWords")
    assert isinstance(line, RemarkLine)
    line.say(Remark(SCALE, "All of it."), Remark(KNOCKS), Remark(BEYOND))
    assert line.shown() == f"{SCALE}  +2"
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert line.shown() == f"{KNOCKS}  +2"
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert line.shown().startswith(SCALE)
    assert line.toolTip() == f"All of it.\n{KNOCKS}\n{BEYOND}"
    line.say(Remark(KNOCKS))
    assert line.shown() == KNOCKS


@pytest.mark.parametrize("size", SIZES)
def test_why_there_is_no_curve_is_whole(size: tuple[int, int], open_desk: Open) -> None:
    app = open_desk(size=size)
    why = app.window.curve._why
    app.session.edit(lambda: app.desk.edit_mark(1, ring_deg=app.desk.pull.marks[0].ring_deg))
    assert why.isVisible()
    assert why.text()
    for words in (why.text(), "The show's lens and its marks don't go together. " * 4):
        app.window.curve.show_nothing(words)
        app.qtbot.wait(10)
        assert why.heightForWidth(why.width()) <= why.height()
    app.session.edit(lambda: app.desk.edit_mark(1, ring_deg=20.0))
    assert not why.isVisible()
