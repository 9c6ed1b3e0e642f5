# SPDX-License-Identifier: MIT
"""Space is GO and Esc is STOP wherever the focus is and whatever is open, held or dragged; neither presses a button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QMenu, QWidget

from followfocus.wire.messages import State
from followfocus_gui.keys import KeyFilter
from followfocus_gui.picture_book import Book
from followfocus_gui.widgets.jog_row import JOG_MS, JogRow
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY, HELD = Qt.Key, Qt.KeyboardModifier
SCREENS = ("lenses", "tape", "unit", "calibration", "slate", "cues", "eases", "compare", "keys", "hand", "outside")
PLAIN = (HELD.NoModifier, HELD.ShiftModifier, HELD.KeypadModifier, HELD.GroupSwitchModifier)
"""Held, locked or chosen while Space is pressed: Shift is, to turn the ring finely"""
COMMANDS = (HELD.ControlModifier, HELD.AltModifier, HELD.MetaModifier)


def reached(within: QWidget) -> list[QWidget]:
    """Everything in sight that can have the focus."""
    found = [w for w in within.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    return [w for w in found if w.focusPolicy() != Qt.FocusPolicy.NoFocus]


def stops_of(app: Opened) -> list[object]:
    stops: list[object] = []
    app.session.bridge.stopped.connect(stops.append)
    return stops


def goes_of(app: Opened) -> list[str]:
    """GO is only counted: so that it can be given over and over."""
    (keys,), gone = app.window.findChildren(KeyFilter), list[str]()
    keys._go = lambda: gone.append(app.word())
    return gone


def clicks_of(app: Opened) -> list[str]:
    clicks: list[str] = []
    for button in app.window.findChildren(QAbstractButton):
        button.clicked.connect(lambda _on=False, b=button: clicks.append(b.objectName()))
    return clicks


@pytest.mark.parametrize("held", [*PLAIN, *COMMANDS])
def test_space_presses_no_button_of_the_desk_whatever_else_is_held(held: Qt.KeyboardModifier, open_desk: Open) -> None:
    app = open_desk()
    clicks, show, focus = clicks_of(app), app.desk.show, reached(app.window)
    assert len(focus) > 25
    for widget in focus:
        if isinstance(widget, QLineEdit):
            continue
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        app.session.forget_note()
        QTest.keyClick(widget, KEY.Key_Space, held)
        assert ("arm first" in app.says()) is (held in PLAIN), widget.objectName()
    assert clicks == []
    assert app.desk.show == show
    assert app.session.state in (State.IDLE, State.LOADED)


@pytest.mark.parametrize("held", PLAIN)
def test_armed_space_is_go_wherever_the_focus_is(held: Qt.KeyboardModifier, open_desk: Open) -> None:
    """In a field too, unless somebody is writing in it."""
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    gone = goes_of(app)
    focus = reached(app.window)
    assert {"nameA", "go", "stop"} <= {widget.objectName() for widget in focus}
    for number, widget in enumerate(focus, start=1):
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
        QTest.keyClick(widget, KEY.Key_Space, held)
        assert len(gone) == number, widget.objectName()
    name = app.find("nameA")
    assert isinstance(name, QLineEdit)
    name.setFocus()
    QTest.keyClicks(name, "Anna at")
    QTest.keyClick(name, KEY.Key_Space, held)
    assert name.text() == "Anna at "
    assert len(gone) == len(focus)


@pytest.mark.parametrize("name", SCREENS)
def test_escape_is_stop_from_everything_on_every_screen(name: str, open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    book, stops = Book(app.desktop, app.until), stops_of(app)
    book.screens()[name]()
    screen = app.window.host.shown
    assert screen is not None
    for number in range(len(reached(screen))):
        screen = app.window.host.shown
        if screen is None:
            book.screens()[name]()
            screen = app.window.host.shown
        assert screen is not None
        widgets = reached(screen)
        if number >= len(widgets):
            break
        widget, before = widgets[number], len(stops)
        widget.setFocus()
        QTest.keyClick(widget, KEY.Key_Escape)
        app.until(lambda n=before: len(stops) > n)


def test_in_the_list_of_every_chooser_space_goes_nowhere_and_escape_is_stop(open_desk: Open) -> None:
    app = open_desk()
    book, stops, seen = Book(app.desktop, app.until), stops_of(app), 0
    for act in book.screens().values():
        act()
        for chooser in app.window.findChildren(QComboBox):
            if not chooser.isVisible() or not chooser.isEnabled():
                continue
            chosen, before, seen = chooser.currentIndex(), len(stops), seen + 1
            chooser.showPopup()
            QApplication.processEvents()
            view = chooser.view()
            QTest.keyClick(view, KEY.Key_Down)
            QTest.keyClick(view, KEY.Key_Space)
            assert chooser.currentIndex() == chosen, chooser.objectName()
            assert "close this first" in app.says()
            QTest.keyClick(view, KEY.Key_Escape)
            app.until(lambda n=before: len(stops) > n)
            assert not view.isVisible()
        app.window.host.close_screen()
    assert seen >= 3


def test_in_the_menu_space_is_go_and_escape_is_stop(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    gone, stops = goes_of(app), stops_of(app)

    def press() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            for key in (KEY.Key_Down, KEY.Key_Space, KEY.Key_Escape):
                QTest.keyClick(menu, key)

    watch = QTimer(app.window, interval=20)
    watch.timeout.connect(press)
    watch.start()
    app.press("menu")
    watch.stop()
    assert gone == ["ARMED"]
    app.until(lambda: bool(stops))
    app.until_state(State.IDLE, State.LOADED)


@pytest.mark.parametrize("name", ["ringDisk", "curve"])
def test_after_escape_in_a_drag_the_hand_that_still_drags_turns_nothing(name: str, open_desk: Open) -> None:
    """The ring stays where STOP left it until the finger has let go."""
    app = open_desk()
    app.turn(60.0)
    widget = app.find(name)
    centre = widget.rect().center()
    asked: list[float] = []
    app.window.disk.targetRequested.connect(lambda deg, _fine: asked.append(deg))
    start = centre + QPoint(0, -round(widget.height() * 0.3)) if name == "ringDisk" else QPoint(centre)
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    for x in range(5, 30, 5):
        QTest.mouseMove(widget, start + QPoint(x, 0))
        QApplication.processEvents()
    assert asked or name == "curve"
    QTest.keyClick(widget, KEY.Key_Escape)
    show, told = app.desk.show, len(asked)
    for x in range(30, 90, 5):
        QTest.mouseMove(widget, start + QPoint(x, 0))
        QApplication.processEvents()
    assert len(asked) == told
    assert app.desk.show == show
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=start + QPoint(90, 0))
    app.until_state(State.IDLE, State.LOADED)


@pytest.mark.parametrize("screen", ["tape", "calibration"])
def test_after_escape_a_jog_button_that_is_still_held_turns_nothing(screen: str, open_desk: Open) -> None:
    app = open_desk()
    Book(app.desktop, app.until).screens()[screen]()
    app.qtbot.wait(10)
    (row,) = app.window.findChildren(JogRow)
    asked: list[float] = []
    row.turned.connect(asked.append)
    held = app.find("jogOn")
    opened = app.window.host.shown
    app.until(lambda: getattr(opened, "_job", None) is None)  # a calibration that has not begun yet takes no press
    QTest.mousePress(held, Qt.MouseButton.LeftButton)
    app.until(lambda: len(asked) > 2 and app.session.state is State.MOVING)
    stops = stops_of(app)
    QTest.keyClick(held, KEY.Key_Escape)
    app.until(lambda: bool(stops) and app.session.state is not State.MOVING)
    assert not row.turning
    told = len(asked)
    app.until(lambda: not app.session.busy)
    app.qtbot.wait(3 * JOG_MS)  # as often as it would ask again
    assert len(asked) == told
    QTest.mouseRelease(held, Qt.MouseButton.LeftButton)
