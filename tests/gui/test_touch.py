# SPDX-License-Identifier: MIT
"""A finger's room: nothing that is pressed is smaller than the least, on the usual desk and on an upright one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScroller,
    QTableView,
    QWidget,
)

from followfocus.wire.messages import State
from followfocus_gui.picture_book import Book
from followfocus_gui.screens.unit import UnitScreen
from followfocus_gui.widgets.mark_cards import WIDE_FROM, MarkCard
from followfocus_gui.widgets.theme import TOUCH_PX
from tests.gui.conftest import Opened
from tests.gui.looking import named

Open = Callable[..., Opened]
SIZES = ((1280, 800), (800, 1280))
PRESSED = QAbstractButton, QLineEdit, QComboBox


def too_small(window: QWidget) -> Iterator[str]:
    """Every control and every row in sight that is smaller; a mark's fields are pressed through its card."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget.parent(), MarkCard):
            continue
        if isinstance(widget, PRESSED) and min(widget.width(), widget.height()) < TOUCH_PX:
            yield f"{named(widget)} {widget.width()}x{widget.height()}"
        if isinstance(widget, QTableView) and widget.model().rowCount():
            if widget.rowHeight(0) < TOUCH_PX:
                yield f"row of {widget.objectName()} {widget.rowHeight(0)}"
            if widget.horizontalHeader().sectionsClickable():
                yield f"head of {widget.objectName()}"
        elif (
            isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView) and widget.model().rowCount()
        ):
            first = widget.model().index(0, 0)
            if first.flags() & Qt.ItemFlag.ItemIsSelectable and widget.visualRect(first).height() < TOUCH_PX:
                yield f"item of {widget.objectName()} {widget.visualRect(first).height()}"


@pytest.mark.parametrize("size", SIZES)
def test_whatever_is_pressed_has_a_fingers_room(size: tuple[int, int], open_desk: Open) -> None:
    app, wrong = open_desk(size=size), list[str]()
    book = Book(app.desktop, app.until)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    book.set_up()
    for state in (book.rest, book.nine_marks, book.where):
        state()
        QApplication.processEvents()
        wrong += too_small(app.window)
    book.found()
    for name, act in book.screens().items():
        act()
        screen = app.window.host.shown
        if isinstance(screen, UnitScreen):
            screen.toggle_advanced()
        app.qtbot.wait(10)
        wrong += [f"{name}: {words}" for words in too_small(app.window)]
        app.window.host.close_screen()
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_a_marks_distance_and_name_are_pressed_anywhere_on_their_side_of_the_card(open_desk: Open) -> None:
    """Their letters are 27 points high; the card hands on what falls beside them."""
    app = open_desk()
    card = app.find("distanceB").parent()
    assert isinstance(card, MarkCard)
    assert card.width() >= WIDE_FROM
    distance = app.find("distanceB")
    window = app.window.windowHandle()
    for x, name in ((distance.x() + 10, "distanceB"), (card.width() - 4, "distanceB"), (70, "nameB")):
        for y in (3, card.height() // 2, card.height() - 3):
            app.window.disk.setFocus()
            at = card.mapTo(app.window, QPoint(x, y))
            QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=at)
            QApplication.processEvents()
            assert QApplication.focusWidget() is app.find(name), (name, x, y)
            assert app.desk.state.selected == 1
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=card.mapTo(app.window, QPoint(card.width() - 20, 3)))
    for letter in "3.5":
        QTest.keyClicks(QApplication.focusWidget(), letter)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert app.desk.lens.distance_m(app.desk.pull.marks[1].ring_deg) == pytest.approx(3.5, abs=0.01)


@pytest.mark.parametrize("size", [(960, 540), *SIZES])
def test_a_marks_letter_is_pressed_only_where_it_has_a_fingers_room(size: tuple[int, int], open_desk: Open) -> None:
    """Two marks to nine: nowhere does a press on a small letter set a mark; on a small card it chooses the mark."""
    app, pressed, only_chosen = open_desk(size=size), 0, 0
    window = app.window.windowHandle()
    for count in range(2, 10):
        if count > 2:
            app.session.edit(lambda n=count: app.desk.add_mark(30.0 + 14.0 * (n % 5) + 3.0 * n))  # type: ignore[misc]
        app.session.edit(lambda: app.desk.select(0))
        QApplication.processEvents()
        marks = app.desk.pull.marks
        letter = app.find(f"mark{chr(ord('A') + count - 1)}")
        card = letter.parentWidget()
        if letter.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents):
            only_chosen += 1
            assert min(card.width(), card.height()) >= TOUCH_PX
            app.window.disk.setFocus()
            at = letter.mapTo(app.window, letter.rect().center())
            QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=at)
            QApplication.processEvents()
            assert app.desk.pull.marks == marks
            assert app.desk.state.selected == count - 1
            assert not isinstance(QApplication.focusWidget(), QLineEdit), "nor does it write anywhere"
            QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=at)
            assert QApplication.focusWidget() in card.findChildren(QLineEdit)
        else:
            pressed += 1
            assert min(letter.width(), letter.height()) >= TOUCH_PX, (count, letter.size())
    assert pressed >= 2
    assert only_chosen


def test_a_press_on_a_long_names_end_is_for_the_name(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit_mark(1, name="Ben at the far window")
    app.session.edit(lambda: app.desk.add_mark(90.0))
    QApplication.processEvents()
    card, distance = app.find("nameB").parent(), app.find("distanceB")
    assert isinstance(card, MarkCard)
    inside = QPointF(distance.x() + 12, 8)
    assert card._field_at(inside) is app.find("nameB")
    assert card._field_at(QPointF(inside.x(), card.height() - 8)) is distance


def test_a_finger_flicks_a_list_and_it_stands_still_once_armed(open_desk: Open) -> None:
    """A tap still chooses; what runs on under a finger that goes for GO would be no list to read."""
    app = open_desk(size=(800, 540))  # a finger can't be off the screen, and offscreen that is 800 wide
    table, device = app.window.table, QTest.createTouchDevice()
    app.window.page.tabs.choose("Takes")
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    taken = app.take()
    app.until_state(State.IDLE, State.LOADED)
    for _ in range(40):
        app.session.keeper.keep(taken.take, taken.context)
    table.takes.refresh()
    view, bar = table.viewport(), table.verticalScrollBar()
    app.until(lambda: bar.maximum() > 400)
    bar.setValue(0)
    at = QPoint(view.width() // 2, view.height() - 20)

    def drag() -> None:
        QTest.touchEvent(view, device).press(0, at, view).commit()
        for up in range(10, 110, 10):
            app.qtbot.wait(8)
            QTest.touchEvent(view, device).move(0, at - QPoint(0, up), view).commit()
        QTest.touchEvent(view, device).release(0, at - QPoint(0, 110), view).commit()

    drag()
    scroller = QScroller.scroller(view)
    assert bar.value() > 40
    app.until(lambda: scroller.state() == QScroller.State.Inactive)
    before = bar.value()
    drag()
    assert scroller.state() == QScroller.State.Scrolling
    app.window.page.set_locked("Locked while armed.")
    assert scroller.state() == QScroller.State.Inactive
    assert bar.value() > before
    table.clearSelection()
    QTest.touchEvent(view, device).press(0, at, view).commit()
    QTest.touchEvent(view, device).release(0, at, view).commit()
    app.until(lambda: table.chosen() == [table.rowAt(at.y())])
