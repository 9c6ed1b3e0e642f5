# SPDX-License-Identifier: MIT
"""The keyboard does everything else than the first pull too: any button, every dialog, the whole calibration."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget

from followfocus.wire.messages import State
from followfocus_gui.picture_book import Book
from followfocus_gui.state.jobs import Job
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def dialog_of(app: Opened, name: str) -> QDialog:
    found = app.window.findChild(QDialog, name)
    assert found is not None, name
    app.until(found.isActiveWindow)
    return found


def tab_to(app: Opened, name: str) -> QWidget:
    """Press Tab until the control of that name has the focus, as someone without a mouse does."""
    for _ in range(80):
        if focused().objectName() == name:
            return focused()
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {name}")


def test_tab_reaches_a_button_and_return_presses_it(open_desk: Open) -> None:
    app = open_desk()
    before_s = app.desk.pull.duration_s
    tab_to(app, "register_slow")
    assert app.window.focus_ring.around() is focused()
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert app.desk.pull.duration_s == 5.0 > before_s
    assert app.session.state is State.IDLE
    tab_to(app, "allCues")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert app.window.host.shown is not None


def test_return_in_a_field_leaves_the_desk_its_keys(open_desk: Open) -> None:
    """Typed, Return, Return, Space: the second Return arms, and Space is GO."""
    app = open_desk()
    field = app.find("distanceB")
    assert isinstance(field, QLineEdit)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    QTest.keyClicks(field, "much")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert focused() is field  # refused: it can be typed anew
    field.selectAll()
    QTest.keyClicks(field, "3.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    app.until(lambda: focused() is app.window.disk)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until_state(State.ARMED)


def test_a_field_that_goes_passes_return_to_no_button(open_desk: Open) -> None:
    """Nobody knew where the ring was; its place is typed, and the field goes: Return must not press GO then."""
    app = open_desk()
    app.session.bridge.ask(Job("let go", lambda unit: unit.release()))
    app.until(lambda: app.word() == "WHERE?")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert app.session.stage.note.trouble
    field = app.find("positionNow")
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.hide()  # as the state does that needs it no more
    QApplication.processEvents()
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert "arm first" not in app.session.stage.note.words
    app.session.set_position(app.desk.lens.ring_deg(2.0))
    app.until_state(State.IDLE, State.LOADED)
    assert not app.troubled()  # what was asked for is known now


def test_tab_goes_round_everything_and_is_caught_nowhere(open_desk: Open) -> None:
    open_desk()
    reached = set()
    for _ in range(80):
        reached.add(focused().objectName())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert {"slate", "lens", "connection", "menu", "ringDisk", "distanceA", "goToA", "lockA", "addMark"} <= reached
    assert {"durationS", "go", "stop", "takes", "allCues", "register_slow"} <= reached


def test_a_button_that_was_clicked_does_not_take_return_from_arm(open_desk: Open) -> None:
    app = open_desk()
    app.press("register_slow")
    assert focused().objectName() == "register_slow"
    duration_s = app.desk.pull.duration_s
    app.session.edit(lambda: app.desk.edit_pull(duration_s=duration_s + 0.5))
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until_state(State.ARMED)
    assert app.desk.pull.duration_s == duration_s + 0.5


def test_space_never_presses_a_screens_button_and_return_does(open_desk: Open) -> None:
    app = open_desk()
    QTest.keyClick(app.window.disk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    screen = app.window.host.shown
    assert screen is not None
    done = tab_to(app, "screenDone")
    QTest.keyClick(done, Qt.Key.Key_Space)
    assert app.window.host.shown is screen
    assert "close this first" in app.says()
    QTest.keyClick(done, Qt.Key.Key_Return)
    assert app.window.host.shown is None


ORDERS = {
    "lenses": "lensSearch lensGroups mapLens importLens lensList lensCalibrate lensFavourite correctMark exportLens",
    "tape": "tapeDistance tapePut jogFastBack jogBack jogOn jogFastOn tapeName tapeSerial tapeFocal tapeStop "
    "tapeTravel tapeMarks tapeDrop tapeUndo",
    "outside": "outsideGo outsidePlace outsideListen outsidePage outsideServe outsideTell outsideSend outsideCame "
    "outsideLearn outsideKeys",
}


@pytest.mark.parametrize("name", ORDERS)
def test_tab_goes_through_a_screen_as_it_is_read(name: str, open_desk: Open) -> None:
    app = open_desk()
    Book(app.desktop, app.until).screens()[name]()
    screen, order = app.window.host.shown, ORDERS[name].split()
    assert screen is not None
    app.find(order[0]).setFocus()
    reached = [focused().objectName()]
    while screen.isAncestorOf(focused()) and len(reached) < 40:
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        reached.append(focused().objectName())
    assert reached == [*order, "screenDone"]


DESK = (
    "slate lens connection menu cueCard0 cueCard1 allCues ringDisk goToDistance curve markA nameA distanceA "
    "markB nameB distanceB markC nameC distanceC addMark setHereB goToB nudgeBLess trimB nudgeBMore waitB lockB "
    "allSubjects durationS register_slow easing_even easing_more takes backToOne rehearse arm go stop"
)


def test_tab_goes_over_the_desk_as_it_is_read_whenever_a_mark_or_a_cue_was_made(open_desk: Open) -> None:
    """Cues, disk, curve, marks, tools, time, ease, takes, and the buttons below; back the same way."""
    app = open_desk()
    book = Book(app.desktop, app.until)
    book.set_up()
    book.rest()
    app.desk.select(1)
    app.session.changed.emit()
    app.find("slate").setFocus()
    there = DESK.split()
    for key, order in ((Qt.Key.Key_Tab, there), (Qt.Key.Key_Backtab, [there[0], *reversed(there[1:])])):
        reached = []
        for _ in there:
            reached.append(focused().objectName())
            QTest.keyClick(focused(), key)
        assert reached == order
        assert focused().objectName() == "slate"


def test_tab_stays_in_what_is_asked_and_in_what_is_seen(open_desk: Open) -> None:
    """Under the shooting view, and while it is asked whether to close, what is covered is nobody's to reach."""
    app = open_desk()
    app.window.turn_shooting()
    reached = set()
    for _ in range(8):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        reached.add(focused().objectName())
    assert reached == {"go", "stop"}
    app.window.leave_shooting()
    app.window.unsaved = lambda: "Something is not saved."
    app.window.close()
    reached = set()
    for _ in range(5):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        reached.add(focused().objectName())
    assert reached == {"keepPlaying", "stopAndClose", "stop"}


SCREENS = ("lenses", "tape", "unit", "calibration", "slate", "cues", "eases", "compare", "keys", "hand", "outside")


@pytest.mark.parametrize("name", SCREENS)
def test_on_every_screen_space_is_never_go_and_escape_is_stop_first(name: str, open_desk: Open) -> None:
    """Wherever Tab leads: Space writes in a field, and elsewhere does nothing but say that the screen is in the way."""
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    book = Book(app.desktop, app.until)
    show, takes, stops = app.desk.show, len(app.kept), list[int]()
    app.session.bridge.stopped.connect(stops.append)
    book.screens()[name]()
    screen, first = app.window.host.shown, focused()
    assert screen is not None
    assert screen.isAncestorOf(first) or first is screen, "the focus is in the screen when it opens"
    for _ in range(60):
        field = focused()
        before = field.text() if isinstance(field, QLineEdit) else ""
        checked = [box.isChecked() for box in screen.findChildren(QAbstractButton)]
        QTest.keyClick(field, Qt.Key.Key_Space)
        assert app.window.host.shown is screen, field.objectName()
        assert [box.isChecked() for box in screen.findChildren(QAbstractButton)] == checked, field.objectName()
        if isinstance(field, QLineEdit) and not field.isReadOnly():
            assert field.text() != before, field.objectName()
            field.setText(before)
        else:
            assert "close this first" in app.says(), field.objectName()
        app.session.forget_note()
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        if focused() is first:
            break
    assert (app.session.state, len(app.kept), stops) == (State.LOADED, takes, [])
    assert app.desk.show == show
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    app.until(lambda: bool(stops))
    assert app.window.host.shown is None
    assert focused() is app.window.disk


@pytest.mark.parametrize("name", SCREENS)
def test_armed_no_screen_opens_from_the_keyboard(name: str, open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    Book(app.desktop, app.until).screens()[name]()
    assert app.window.host.shown is None
    assert app.session.state is State.ARMED
    assert app.session.stage.note.trouble, "and why not is said"
