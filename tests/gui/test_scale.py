# SPDX-License-Identifier: MIT
"""One scale for every screen: letters, rows, fields and paddings grow with the window, and come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from followfocus_gui.picture_book import Book
from followfocus_gui.state.grid import Type
from followfocus_gui.widgets import scale
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
BANDS = "distanceReadout", "depthReadout"


@pytest.fixture(autouse=True)
def _as_before() -> object:
    before = scale._body
    yield
    scale.use(before)


def test_lengths_grow_and_are_never_less_than_a_finger_needs(qtbot: QtBot) -> None:
    found = {}
    for body in (13, 15, 20):
        scale.use(body)
        found[body] = scale.letters(13), scale.px(44)
    assert found == {13: (13, 44), 15: (15, 44), 20: (20, 59)}


def test_what_is_set_once_is_set_anew(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    scale.use(15)
    row = QHBoxLayout(widget)
    scale.measured(row.setContentsMargins, 6, 3, 6, 3)
    scale.measured(widget.setMinimumSize, 60, 30)
    scale.use(20)
    scale.measure_anew()
    margins = row.contentsMargins()
    assert (margins.left(), margins.top(), widget.minimumWidth(), widget.minimumHeight()) == (8, 4, 80, 40)


@pytest.mark.parametrize(
    ("size", "body"), [((960, 540), 13), ((1280, 800), 15), ((1920, 1080), 20), ((1280, 1024), 15), ((800, 1280), 14)]
)
def test_the_letters_that_are_read(size: tuple[int, int], body: int) -> None:
    """A 53rd of the height, where the width has room for them."""
    assert Type.of(*size).body == body


def letters_of(app: Opened) -> dict[str, int]:
    """The letters of every control of the open screen."""
    screen = app.window.host.shown
    assert screen is not None
    read = [w for kind in (QAbstractButton, QLabel, QLineEdit) for w in screen.findChildren(kind) if w.isVisible()]
    return {f"{number} {w.objectName()}": w.font().pixelSize() for number, w in enumerate(read)}


def test_no_screen_keeps_its_letters_on_a_large_window(open_desk: Open) -> None:
    app = open_desk()
    window, book = app.window, Book(app.desktop, app.until)
    book.set_up()
    book.rest()
    for name in ("lenses", "tape", "unit", "calibration", "slate", "cues", "hand", "outside"):
        window.resize(1280, 800)
        book.screens()[name]()
        before = letters_of(app)
        window.resize(1920, 1080)
        after = letters_of(app)
        assert before, name
        kept = {which: size for which, size in before.items() if after.get(which, 99) < 1.25 * size}
        assert not kept, (name, kept)
        window.resize(1280, 800)
        again = letters_of(app)
        assert {which: again[which] for which in before if which in again} == before, name
        window.host.close_screen()
