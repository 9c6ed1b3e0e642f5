# SPDX-License-Identifier: MIT
"""Where a sentence has little room its names give way: never the verdict, never a figure."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QApplication

from followfocus.stage import events
from followfocus.wire.messages import State
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.widgets import shooting_still
from followfocus_gui.widgets.lettering import in_rows, metrics, shortened, width_of
from tests.gui.conftest import Opened
from tests.gui.looking import shown as controls

Open = Callable[..., Opened]
SIZES = ((960, 540), (1280, 800), (800, 1280), (1366, 768), (1920, 1080))
LONG = "Ben at the far window beside the curtain, behind the second table"
ENDINGS = (
    f"27A take 12: {LONG} sharp, dead on.",
    f"27A take 12: {LONG} at the edge of sharp, 100 % off.",
    f"27A take 12, part 2 of 3: {LONG} at the edge of sharp, 100 % off.",
    f"Rehearsal, part 2 of 3: {LONG} missed, 999 % off. The ring slipped by four full steps.",
    "27A take 12: stopped at 3600.00 s, 100'11 1/2\".",
)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("seed", range(30))
def test_only_names_are_shortened_while_that_is_enough(seed: int) -> None:
    draw = random.Random(seed)
    words, letters = draw.choice(ENDINGS[:4]), metrics(draw.randint(12, 30))
    whole, least = letters.horizontalAdvance(words), letters.horizontalAdvance(words.replace(LONG, f"{LONG[:3]}…"))
    room = draw.uniform(least + 2, whole + 20)
    found = shortened(words, ("Anna", LONG), room, letters)
    assert letters.horizontalAdvance(found) <= room
    assert found.endswith(words.partition(LONG)[2])
    assert found.startswith(words.partition(LONG)[0])
    assert (found == words) is (whole <= room)
    assert shortened(words, (), room, letters).endswith("…") is (whole > room)


@pytest.mark.usefixtures("qapp")
def test_of_two_names_the_longer_gives_way_first_and_two_rows_are_whole() -> None:
    words = f"Cue 11: Anna to {LONG} in 2.00 s. Space is GO."
    room = metrics(20).horizontalAdvance(words) - 40
    assert "Anna to Ben" in shortened(words, ("Anna", LONG), room, metrics(20))
    for room in range(190, 700, 13):
        rows = in_rows(words, room, 13, ("Anna", LONG))
        assert len(rows) <= 2
        assert all(width_of(row, 13) <= room for row in rows)
        assert " ".join(rows).endswith("Space is GO."), rows


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("words", ENDINGS)
def test_the_last_takes_verdict_is_whole_in_the_shooting_view(
    size: tuple[int, int], words: str, open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_desk(size=size)
    shooting = app.window.shooting
    app.window.turn_shooting()
    painted: list[str] = []
    one, two = shooting_still.shortened, shooting_still.in_rows

    def in_one(text: str, names: tuple[str, ...], room: float, letters: QFontMetricsF) -> str:
        found = one(text, names, room, letters)
        if text == words:
            painted[:] = [found]
        return found

    def in_two(text: str, room: float, size_px: int, names: tuple[str, ...]) -> tuple[str, ...]:
        painted[:] = two(text, room, size_px, names)
        assert all(width_of(row, size_px) <= room for row in painted)
        return tuple(painted)

    monkeypatch.setattr(shooting_still, "shortened", in_one)
    monkeypatch.setattr(shooting_still, "in_rows", in_two)
    shooting.set_view(dataclasses.replace(shooting._view, last=words, names=(LONG,)))
    shooting.grab()
    before, name, after = words.partition(LONG)
    found = " ".join(painted)
    assert found.startswith(before)
    assert found.endswith(after if name else words)


@pytest.mark.parametrize("size", SIZES)
def test_no_long_name_pushes_a_figure_out_of_a_real_take(size: tuple[int, int], open_desk: Open) -> None:
    """State line, shooting view and the title of the take: each whole but for the name."""
    app = open_desk(size=size)
    session = app.session
    session.edit_mark(1, name=LONG)
    session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    bar = app.window.message
    assert LONG in bar.text()
    assert bar.shown().endswith(bar.text().partition(LONG)[2])
    app.window.turn_shooting()
    view = app.window.shooting._view
    assert LONG in view.names
    assert LONG in view.last
    app.window.leave_shooting()
    app.desktop.actions.takes.show_cues()
    screen = app.window.host.shown
    assert isinstance(screen, CuesScreen)
    QApplication.processEvents()
    if screen._title in controls(app.window):
        assert LONG in screen._title.text()
        assert screen._title.shown().endswith("s  ·  sharp")


def test_details_are_of_the_moment_at_which_they_are_asked_for(open_desk: Open) -> None:
    app = open_desk()
    session, bar = app.session, app.window.message
    session.trouble("The program tripped (KeyError). STOP works, takes are safe.")
    words = bar.text()
    app.press("copyDetails")
    before = QGuiApplication.clipboard().text()
    app.turn(150.0)
    session.desk.edit(production="Second unit")
    session._step(events.Noted(words, trouble=True))
    assert bar.text() == words
    app.press("copyDetails")
    now = QGuiApplication.clipboard().text()
    assert before.partition("\n")[0] == now.partition("\n")[0] == words
    assert before != now
    assert f"{session.stage.unit.facts()}" in now
