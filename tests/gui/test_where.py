# SPDX-License-Identifier: MIT
"""Where the desk asks where the ring stands: figures are the answer, wherever the focus is, and everything is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from followfocus.stage import events
from followfocus.wire.messages import State
from followfocus_gui.picture_book import Book
from followfocus_gui.widgets.lettering import width_of
from tests.gui.conftest import Opened
from tests.gui.looking import painted

Open = Callable[..., Opened]


def asking(app: Opened) -> Book:
    book = Book(app.desktop, app.until)
    book.set_up()
    book.where()
    return book


def field_of(app: Opened) -> QLineEdit:
    field = app.window.message.place_field()
    assert field is not None
    return field


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


@pytest.mark.parametrize("place", ["ringDisk", "takes", "curve", "setHereA", "arm", "register_slow"])
def test_figures_are_the_answer_wherever_the_focus_is(place: str, open_desk: Open) -> None:
    """Every digit was a key of the desk: go to that mark, or with Shift on some keyboards set it."""
    app = open_desk()
    asking(app)
    app.find(place).setFocus()
    before, note = app.desk.state, app.session.stage.note
    for key, text in ((Qt.Key.Key_2, "2"), (Qt.Key.Key_Period, "."), (Qt.Key.Key_5, "5")):
        QTest.sendKeyEvent(QTest.KeyAction.Click, focused(), key, text, Qt.KeyboardModifier.NoModifier)
    assert field_of(app).text() == "2.5"
    assert focused() is field_of(app)
    assert (app.desk.state, app.session.stage.note) == (before, note)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until_state(State.IDLE, State.LOADED)
    assert app.session.ring_deg == pytest.approx(app.desk.lens.ring_deg(2.5), abs=0.1)
    app.until(lambda: focused() is app.window.disk)


def test_a_figure_that_needs_shift_on_this_keyboard_is_one_too(open_desk: Open) -> None:
    app = open_desk()
    asking(app)
    marks = app.desk.pull.marks
    QTest.sendKeyEvent(QTest.KeyAction.Click, app.window.disk, Qt.Key.Key_1, "1", Qt.KeyboardModifier.ShiftModifier)
    assert field_of(app).text() == "1"
    assert app.desk.pull.marks == marks


def test_figures_are_keys_of_the_desk_while_nothing_is_asked_and_nobodys_on_a_screen(open_desk: Open) -> None:
    app = open_desk()
    QTest.keyClick(app.window.disk, Qt.Key.Key_2)
    app.until(lambda: abs(app.session.ring_deg - app.desk.pull.marks[1].ring_deg) < 0.1)
    asking(app)
    app.desktop.actions.show_keys()
    QTest.keyClick(focused(), Qt.Key.Key_2)
    assert field_of(app).text() == ""
    assert app.word() == "WHERE?"


def test_the_answer_is_read_in_the_units_that_are_shown(open_desk: Open) -> None:
    """A bare 6 on a desk in feet was taken for 6 m."""
    app = open_desk()
    app.desktop.actions.toggle_units()
    asking(app)
    field_of(app).setFocus()
    QTest.keyClicks(focused(), "6")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until_state(State.IDLE, State.LOADED)
    assert app.session.ring_deg == pytest.approx(app.desk.lens.ring_deg(6 * 0.3048), abs=0.1)


@pytest.mark.parametrize("size", [(960, 540), (819, 614), (1280, 800), (800, 1280), (1920, 1080)])
def test_a_second_sentence_is_read_at_every_size(size: tuple[int, int], open_desk: Open) -> None:
    """Beside the first where there is room for both, else below it; a refused answer says why there."""
    app = open_desk(size=size)
    asking(app)
    bar = app.window.message
    field_of(app).setFocus()
    QTest.keyClicks(focused(), "many")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    QApplication.processEvents()
    assert bar.text().startswith("Read the ring off the lens")
    assert "“many” is not a distance." in bar.aside()
    for words in (bar.aside(), "Take 3 was found on the unit and kept."):
        app.session._step(events.Noted(words, trouble=True, news=True))
        QApplication.processEvents()
        read = [text for text, _box in painted(bar)]
        assert bar.text() in read
        shown = next(text for text in read if text[:6] == words[:6])
        # Only one that is too long for a whole row is shortened, at its end.
        assert shown == words or width_of(words, 12) > bar.words_room()
        assert words in bar.toolTip()
