# SPDX-License-Identifier: MIT
"""Colours keep their contrast in every theme; the typeface is the app's own, and has every sign that is written."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetricsF, QRawFont
from pytestqt.qtbot import QtBot

from followfocus_gui.widgets import theme

THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")
WRITTEN = "0123456789∞⅓½→°′″·–−…×±\"'%/"


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_keeps_its_contrast(name: theme.ThemeName) -> None:
    colours = theme.colours(name)
    weak = {
        pair: round(theme.contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair, least in theme.least_contrast().items()
        if round(theme.contrast(colours[pair[0]], colours[pair[1]]), 1) < least
    }
    assert not weak
    assert len(theme.least_contrast()) >= 19


def test_armed_go_outshines_stop_at_rest_in_the_red(qtbot: QtBot) -> None:
    red = theme.colours("red")
    assert theme.contrast(red["go"], red["window"]) > 2 * theme.contrast(red["stop"], red["window"])


@pytest.mark.parametrize("bold", [False, True])
def test_the_typeface_is_ours_with_digits_of_one_width(bold: bool, qtbot: QtBot) -> None:
    font = theme.figure_font(20, bold=bold)
    assert QFontInfo(font).family() == "B612"
    assert "B612" in QFontDatabase.families()
    widths = {QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}
    assert len(widths) == 1
    raw = QRawFont.fromFont(font)
    assert [sign for sign in WRITTEN if not raw.supportsCharacter(ord(sign))] == []
