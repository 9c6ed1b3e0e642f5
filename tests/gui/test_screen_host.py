# SPDX-License-Identifier: MIT
"""A screen between the bands: ARM and GO are dead while it is open, none opens armed, Esc is STOP first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout

from followfocus.wire.messages import State
from followfocus_gui.screens.host import Screen
from followfocus_gui.unit_ear import MOVING
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY = Qt.Key


def a_screen(app: Opened, *, stays: bool = False) -> Screen:
    class Page(Screen):
        def may_close(self) -> bool:
            return not stays

    screen = Page("page", "A page is open", "Type a word.")
    QVBoxLayout(screen).addWidget(QLineEdit(screen))
    app.window.host.open(screen)
    return screen


def type_key(key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def test_the_first_field_has_the_focus_and_space_writes(open_desk: Open) -> None:
    app = open_desk()
    screen = a_screen(app)
    QTest.keyClicks(QApplication.focusWidget(), "two words")
    field = screen.findChild(QLineEdit)
    assert field is not None
    assert field.text() == "two words"
    assert app.session.state in (State.IDLE, State.LOADED)
    assert not app.session.busy


def test_nothing_of_the_desk_moves_or_arms_while_a_screen_is_open(open_desk: Open) -> None:
    app = open_desk()
    screen = a_screen(app)
    screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    screen.setFocus()
    for key in (KEY.Key_Space, KEY.Key_Return, KEY.Key_R, KEY.Key_Backspace, KEY.Key_2, KEY.Key_A, KEY.Key_F):
        before = app.desk.show
        type_key(key)
        assert not app.session.busy, key
        assert app.session.target_deg is None, key
        assert app.desk.show == before, key
    assert app.window.host.shown is screen


def test_armed_none_opens(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    a_screen(app)
    assert app.window.host.shown is None
    assert app.session.state is State.ARMED


def test_escape_is_stop_first_and_closes_at_rest(open_desk: Open) -> None:
    app = open_desk()
    a_screen(app)
    stops = []
    app.session.bridge.stopped.connect(stops.append)
    app.session.turn(300.0)
    app.until(lambda: app.session.state in MOVING)
    type_key(KEY.Key_Escape)
    assert len(stops) == 1
    assert app.window.host.shown is not None
    app.until_state(State.IDLE)
    type_key(KEY.Key_Escape)
    assert len(stops) == 2
    assert app.window.host.shown is None
    assert app.window.disk.hasFocus()


def test_a_screen_that_has_something_to_end_stays(open_desk: Open) -> None:
    app = open_desk()
    screen = a_screen(app, stays=True)
    assert not app.window.host.close_screen()
    assert not app.window.host.open(Screen("other", "Another is open"))
    assert app.window.host.shown is screen
