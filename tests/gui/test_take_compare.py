# SPDX-License-Identifier: MIT
"""Takes over each other: every line has a pattern of its own, the figures are right, and a theme change keeps both."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.takes.whole import Outcome
from followfocus_gui.screens.compare import PATTERNS, TakeCompare, compare_words, largest, pen_of, sample_of
from followfocus_gui.screens.host import Room
from followfocus_gui.state.views import CompareTake
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.list_signs import OUTCOME_SIGNS

T = np.linspace(0.0, 2.0, 101)
PLANNED = np.linspace(80.0, 40.0, 101)
EMPTY = np.empty(0)


def _take(title: str, worst_deg: float, at: int = 60) -> CompareTake:
    off = np.zeros(101)
    off[at] = worst_deg
    return CompareTake(title, T, PLANNED, PLANNED + off, "+1 %", "good", 0.5, play_deg=0.001)


def _cells(dialog: TakeCompare, row: int) -> list[str]:
    items = [dialog.table.item(row, column) for column in range(dialog.table.columnCount())]
    return [item.text() for item in items if item is not None]


def test_the_table_says_what_the_lines_show(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take("27A take 1", 0.02), _take("27A take 2", -0.04)])
    assert _cells(dialog, 1) == ["27A take 2", "−0.040° at 1.20 s, 8 %", "+1 %", "good"]
    dialog.set_takes([_take("27A take 3", 0.02)])
    assert dialog.table.rowCount() == 1
    assert _cells(dialog, 0)[0] == "27A take 3"


def test_a_verdict_has_its_sign_and_its_colour_in_every_theme(qtbot: QtBot, qapp: QApplication) -> None:
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.show()
    outcomes = (Outcome.SHARP, Outcome.EDGE, Outcome.MISSED, Outcome.STOPPED)
    dialog.set_takes([dataclasses.replace(_take(each.name, 0.02), outcome=each) for each in outcomes])
    for name in ("dark", "red", "bright"):
        theme.apply(qapp, name)
        qapp.processEvents()
        items = [dialog.table.item(row, 3) for row in range(4)]
        signs = [item.icon().pixmap(20, 20).toImage() for item in items if item is not None]
        assert all(signs[a] != signs[b] for a in range(4) for b in range(a))
        tones = [item.foreground().color() for item in items if item is not None]
        assert tones == [theme.colour(OUTCOME_SIGNS[each][1]) for each in outcomes]


def test_the_largest_difference_in_words() -> None:
    takes = [_take("take 1", 0.02), _take("take 2", -0.04)]
    assert largest(takes[1]) == pytest.approx((-0.04, 1.2))
    assert compare_words(takes) == "All kept to 8 % of the sharp half; take 2 was farthest off, at 1.20 s."
    assert "Choose" in compare_words([])


def test_noise_looks_as_small_as_it_is(qtbot: QtBot, qapp: QApplication) -> None:
    """The scale is the sharp half, whatever the takes were off by; a take that left it has room too."""
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take("1", 0.004), _take("2", -0.002)])
    low, high = dialog.off_range
    assert low <= -100.0 <= 100.0 <= high
    assert np.abs(dialog.traces[0][0].yData).max() == pytest.approx(0.8)  # percent of the half of 0.5°
    dialog.set_takes([_take("1", 0.9)])
    assert dialog.off_range[1] >= 180.0


def test_what_is_within_the_play_is_the_same(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take("1", 0.02), _take("2", -0.03)], play_deg=0.05)
    assert [_cells(dialog, row)[1] for row in (0, 1)] == ["within the play"] * 2
    assert dialog.words == "All are the same within the play, to 7 % of the sharp half."
    dialog.set_takes([_take("1", 0.02), _take("2", -0.059)], play_deg=0.05)
    assert _cells(dialog, 1)[1] == "−0.059° at 1.20 s, 12 %"
    assert dialog.words.startswith("All kept to 12 %")


def test_a_take_without_samples_has_its_figures(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    lost = CompareTake("take 4", EMPTY, EMPTY, EMPTY, "", "lost")
    dialog.set_takes([lost])
    assert _cells(dialog, 0) == ["take 4", "–", "–", "lost"]
    assert "trace" in compare_words([lost])


@pytest.mark.parametrize("room", [Room(936, 338), Room()])
def test_the_table_is_in_sight_also_after_a_large_window(qtbot: QtBot, qapp: QApplication, room: Room) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take(f"take {number}", 0.02) for number in range(6)])
    dialog.resize(1896, 1400)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.grab()
    dialog.fit(room)
    layout = dialog.layout()
    assert layout is not None
    layout.invalidate()  # as a change of style or of words does
    assert dialog.heightForWidth(room.width) <= 0.6 * room.height  # whatever the plots would like to have
    assert dialog.minimumSizeHint().height() <= room.height


def test_no_two_of_six_takes_share_a_pattern() -> None:
    patterns = [tuple(pen_of(number, 2.0).dashPattern()) for number in range(len(PATTERNS))]
    assert len(set(patterns)) == len(PATTERNS)


def test_a_chosen_row_is_the_thicker_line(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take("1", 0.02), _take("2", 0.03)])
    dialog.table.selectRow(1)
    widths = [off.opts["pen"].widthF() for off, _ in dialog.traces]
    assert widths == [2.0, 4.0]


@pytest.mark.parametrize("name", ["dark", "red", "bright"])
def test_lines_are_drawn_in_every_theme(name: theme.ThemeName, qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark" if name != "dark" else "bright")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.set_takes([_take("1", 0.02), _take("2", 0.03, 20)])
    dialog.show()
    theme.apply(qapp, name)
    image: QImage = dialog.grab().toImage()
    tone = theme.colour("actual")
    seen = {image.pixelColor(x, y).name() for x in range(80, 880, 2) for y in range(10, 200, 2)}
    assert tone.name() in seen
    assert sample_of(0, 1.0).toImage().pixelColor(10, 10).name() == theme.colour("plan").name()


def test_a_take_has_room_for_its_name_and_some_behind_it(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    dialog = TakeCompare()
    qtbot.addWidget(dialog)
    dialog.resize(1200, 600)
    dialog.show()
    for title in ("1 take 1", "the long slate of the second unit, take 12"):
        dialog.set_takes([_take(title, 0.02)])
        assert dialog.table.columnWidth(0) >= dialog.table.sizeHintForColumn(0) + 20
        assert not dialog.table.wordWrap()
