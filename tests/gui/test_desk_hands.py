# SPDX-License-Identifier: MIT
"""Real keys and mouse events that can move a motor or misstate a distance: Space, GO, STOP, marks, typed values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from followfocus.show.file import write_show
from followfocus.wire.messages import State
from followfocus_gui.keys import Once
from followfocus_gui.screens.host import Screen
from followfocus_gui.state import grid
from followfocus_gui.state.desk import Desk
from followfocus_gui.unit_ear import MOVING, STOPPED_SHORT
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.ring_disk import GRIP_MS
from followfocus_gui.window import FRAME_PX
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SIZES = [(960, 540), (1280, 800), (1366, 768), (1920, 1080), (800, 1280)]


def key(app: Opened, pressed: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or app.window, pressed)


def type_into(app: Opened, name: str, text: str) -> NumberField:
    field = app.find(name)
    assert isinstance(field, NumberField)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, KEY.Key_Return)
    return field


def armed(app: Opened) -> None:
    app.window.disk.setFocus()
    key(app, KEY.Key_Return)
    app.until_state(State.ARMED)


# Space and GO ------------------------------------------------------------


def test_space_writes_in_a_field_and_goes_everywhere_else(open_desk: Open) -> None:
    app = open_desk()
    armed(app)
    name = app.find("nameA")
    assert isinstance(name, QLineEdit)
    QTest.mouseClick(name, LEFT)
    QTest.keyClicks(name, "two words")
    assert name.text() == "two words"
    assert app.session.state is State.ARMED
    QTest.keyClick(name, KEY.Key_Return)
    app.window.disk.setFocus()
    key(app, KEY.Key_Space)
    app.until(lambda: app.session.state is State.PLAYING)


def test_arming_takes_the_focus_out_of_a_field(open_desk: Open) -> None:
    app = open_desk()
    app.find("nameA").setFocus()
    app.press("arm")
    app.until_state(State.ARMED)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_a_bouncing_go_is_one_go() -> None:
    done: list[float] = []
    now = [10.0]
    go = Once(lambda: done.append(now[0]), lambda: True, lambda: now[0])
    for at_s in (10.0, 10.05, 10.49, 10.5, 10.9, 11.01):
        now[0] = at_s
        go()
    assert done == [10.0, 10.5, 11.01]


def test_a_go_that_starts_nothing_is_answered_each_time() -> None:
    done: list[int] = []
    go = Once(lambda: done.append(1), lambda: False, lambda: 5.0)
    go()
    go()
    assert len(done) == 2


# The state line ------------------------------------------------------------


def test_the_line_is_of_the_state_and_never_left_over(open_desk: Open) -> None:
    app = open_desk()
    armed(app)
    assert (app.word(), "Space is GO" in app.says()) == ("ARMED", True)
    key(app, KEY.Key_Return)
    app.until_state(State.IDLE, State.LOADED)
    assert app.word() == "READY"
    assert "Space is GO" not in app.says()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=4.0))
    armed(app)
    key(app, KEY.Key_Space)
    app.until(lambda: app.session.state is State.PLAYING)
    app.until(lambda: app.word() == "PLAYING")
    assert "Space" not in app.says()
    at_a = app.session.ring_deg
    app.until(lambda: abs(app.session.ring_deg - at_a) > 1.0)
    key(app, KEY.Key_Escape)
    app.until(lambda: bool(app.kept) and app.session.state not in MOVING)
    app.until(lambda: app.word() == "STOPPED")
    assert "stopped at" in app.says()


def test_a_hold_is_a_state_of_its_own_and_ends_with_stop(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.add_mark(60.0))
    app.session.edit_mark(1, hold_for_go=True)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.0))
    armed(app)
    key(app, KEY.Key_Space)
    app.until(lambda: app.word() == "HOLDING" and app.session.state is State.ARMED and not app.session.busy)
    assert app.window.transport.go.look.text == "GO ON"
    assert "Space goes on to C" in app.says()
    key(app, KEY.Key_Escape)
    app.until(lambda: app.session.state in (State.IDLE, State.LOADED) and not app.session.busy)
    assert app.word() != "HOLDING"
    assert "Space goes on" not in app.says()


def test_a_refusal_goes_with_the_next_value_that_is_taken(open_desk: Open) -> None:
    app = open_desk()
    field = type_into(app, "durationS", "2x")
    assert app.troubled()
    assert "2x" in app.says()
    assert "In force: 2 s" in app.says()
    assert field.text() == "2 s"
    type_into(app, "durationS", "2.5")
    assert not app.troubled()
    assert "2x" not in app.says()


def test_a_press_on_a_number_takes_all_of_it_so_that_what_is_typed_replaces_it(open_desk: Open) -> None:
    app = open_desk()
    field = app.find("durationS")
    QTest.mouseClick(field, LEFT, pos=QPoint(field.width() // 2, field.height() // 2))
    QTest.keyClicks(field, "3")
    key(app, KEY.Key_Return)
    assert app.desk.pull.duration_s == 3.0
    QTest.mouseClick(field, LEFT, pos=QPoint(field.width() // 2, field.height() // 2))
    QTest.mouseClick(field, LEFT, pos=QPoint(field.width() // 2 - 20, field.height() // 2))  # a second puts the caret
    assert isinstance(field, QLineEdit)
    assert not field.hasSelectedText()


def test_after_a_refusal_return_leaves_the_field_and_takes_the_sentence_with_it(open_desk: Open) -> None:
    app = open_desk()
    field = type_into(app, "durationS", "2x")
    assert field.hasFocus()
    assert field.selectedText() == "2 s"
    key(app, KEY.Key_Return)
    app.until(app.window.disk.hasFocus)
    assert not app.troubled()
    app.session.tell("The unit restarted. Read the ring off the lens.", trouble=True)
    field.setFocus()
    key(app, KEY.Key_Return)
    assert app.troubled()  # that is no refusal


def test_what_a_refusal_leaves_in_force_is_read_before_how_to_write_it(open_desk: Open) -> None:
    app = open_desk()
    app.window.resize(960, 540)
    type_into(app, "durationS", "a while")
    assert app.window.message.shown().startswith("“a while” is not a duration. In force: 2 s. Write seconds")
    assert app.window.message.text() in app.window.message.toolTip()


def test_a_long_sentence_stands_on_two_lines_before_it_is_cut(open_desk: Open) -> None:
    app = open_desk()
    type_into(app, "durationS", "a while")
    assert app.window.message.shown() == app.window.message.text()


def test_while_something_wrong_is_typed_the_value_in_force_stands_beside_it(open_desk: Open) -> None:
    app = open_desk()
    field = app.find("durationS")
    field.setFocus()
    QTest.keyClicks(field, "2x")
    beside = app.window.findChild(QWidget, "inForce")
    assert beside is not None
    assert beside.isVisible()
    assert field.property("wrong") is True
    places = [button.geometry() for button in app.window.transport.buttons.values()]
    QTest.keyClick(field, KEY.Key_Backspace)
    app.until(lambda: app.window.findChild(QWidget, "inForce") is None)
    assert [button.geometry() for button in app.window.transport.buttons.values()] == places


def test_too_quick_a_pull_is_said_and_mended_by_one_press(open_desk: Open) -> None:
    app = open_desk()
    type_into(app, "durationS", "0.2")
    assert app.says().startswith("Too quick: ")
    app.press("takeOffer")
    assert not app.desk.trouble()
    assert "Too quick" not in app.says()


# Marks and ring ------------------------------------------------------------


def drag(app: Opened, start: QPointF, end: QPointF) -> None:
    disk = app.window.disk
    QTest.mousePress(disk, LEFT, pos=start.toPoint())
    for number in range(1, 11):
        QTest.mouseMove(disk, (start + (end - start) * number / 10).toPoint())
    QTest.mouseRelease(disk, LEFT, pos=end.toPoint())


def test_after_a_the_natural_drag_turns_the_ring_and_not_the_mark(open_desk: Open) -> None:
    app = open_desk()
    disk = app.window.disk
    app.until(lambda: disk._view is not None and disk._view.enabled)
    disk.setFocus()
    key(app, KEY.Key_A)
    here, before = app.session.ring_deg, app.desk.pull.marks
    app.until_turned(
        lambda: drag(app, disk.point(app.session.ring_deg, 0.55), disk.point(here + 40.0, 0.55)),
        lambda: app.session.state is State.IDLE and abs(app.session.ring_deg - here - 40.0) < 3.0,
    )
    assert app.desk.pull.marks == before


def test_a_tab_is_chosen_by_a_tap_and_moved_only_by_a_hold(open_desk: Open) -> None:
    app = open_desk()
    disk = app.window.disk
    app.until(lambda: disk._view is not None and disk._view.enabled)
    assert disk._view is not None
    before = app.desk.pull.marks
    spot = disk._place.spots(disk._view)[1]
    QTest.mouseClick(disk, LEFT, pos=spot.toPoint())
    assert app.desk.state.selected == 1
    drag(app, spot, disk.point(before[1].ring_deg + 30.0, 0.92))
    assert app.desk.pull.marks == before
    assert app.session.target_deg is None
    QTest.mousePress(disk, LEFT, pos=spot.toPoint())
    app.qtbot.wait(GRIP_MS + 120)
    QTest.mouseMove(disk, disk.point(before[1].ring_deg + 20.0, 0.92).toPoint())
    QTest.mouseRelease(disk, LEFT, pos=disk.point(before[1].ring_deg + 20.0, 0.92).toPoint())
    assert app.desk.pull.marks[1].ring_deg == pytest.approx(before[1].ring_deg + 20.0, abs=2.0)
    assert app.desk.pull.marks[0] == before[0]


def test_a_press_alone_never_moves_the_ring(open_desk: Open) -> None:
    app = open_desk()
    disk = app.window.disk
    for share in (0.2, 0.55, 0.75, 0.92):
        QTest.mouseClick(disk, LEFT, pos=disk.point(200.0, share).toPoint())
    assert app.session.target_deg is None
    assert app.session.state in (State.IDLE, State.LOADED)


def turn_wheel(app: Opened, at_ms: int, *, shift: bool = False) -> None:
    disk = app.window.disk
    centre = QPointF(disk.rect().center())
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        centre, disk.mapToGlobal(centre), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.setTimestamp(at_ms)
    QApplication.sendEvent(disk, event)


def test_the_wheel_is_coarse_when_fast_fine_when_slow_and_says_so(open_desk: Open) -> None:
    app = open_desk()
    disk = app.window.disk
    app.until(lambda: disk._view is not None and disk._view.enabled)
    asked: list[float] = []
    disk.targetRequested.connect(lambda deg, _fine: asked.append(deg))
    turn_wheel(app, 1_000)
    assert disk.gear == "fine"
    turn_wheel(app, 2_000)
    for at_ms in range(3_000, 3_600, 60):
        turn_wheel(app, at_ms)
    assert disk.gear == "coarse"
    turn_wheel(app, 3_640, shift=True)
    assert disk.gear == "fine"
    assert max(asked) > 40.0
    app.until_state(State.IDLE, State.LOADED)


# Places ------------------------------------------------------------


def fixed(app: Opened) -> list[QRect]:
    window = app.window
    found = (window.transport.go, window.transport.stop, window.message, window.distance)
    return [QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()) for widget in found]


@pytest.mark.parametrize("size", SIZES)
def test_go_stop_line_and_distance_stand_still_in_every_state(size: tuple[int, int], open_desk: Open) -> None:
    app = open_desk()
    app.window.resize(*size)
    app.session.edit(lambda: app.desk.add_mark(60.0))
    app.session.edit_mark(1, hold_for_go=True)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=1.6))
    seen: dict[str, list[QRect]] = {app.word(): fixed(app)}
    app.session.refuse("A very long refusal " * 20)
    seen["refused"] = fixed(app)
    app.session.warned.connect(lambda _w: seen.setdefault(app.word(), fixed(app)))
    app.session.said.connect(lambda _w: seen.setdefault(app.word(), fixed(app)))
    app.desktop.actions.toggle_units()
    seen["feet"] = fixed(app)
    screen = Screen("page", "A page is open")
    app.window.host.open(screen)
    seen["screen"] = fixed(app)
    app.window.host.close_screen()
    app.session.go()
    armed(app)
    app.session.go()
    app.until(lambda: app.word() == "HOLDING" and app.session.state is State.ARMED and not app.session.busy)
    app.session.go()
    app.until(lambda: len(app.kept) == 2 and app.session.state in (State.IDLE, State.LOADED))
    app.until(lambda: app.word() == "LANDED")
    assert {"ARMED", "PLAYING", "HOLDING", "LANDED", "refused", "feet", "screen"} <= set(seen)
    assert {tuple(map(str, places)) for places in seen.values()} == {tuple(map(str, fixed(app)))}


def test_go_and_stop_stand_still_in_the_shooting_view_too(open_desk: Open) -> None:
    app = open_desk()
    before = fixed(app)[:2]
    key(app, KEY.Key_F11)
    assert app.window.shooting.isVisible()
    assert fixed(app)[:2] == before
    assert app.window.shooting.distance.text() == app.window.distance.text()
    app.window.resize(1400, 900)
    app.desktop.actions.toggle_units()
    app.qtbot.wait(20)
    picture = grid.shooting(app.window.width(), app.window.height()).picture
    assert app.window.rack.geometry() == QRect(picture.x, picture.y, picture.width, picture.height)
    QTest.mouseDClick(app.window.shooting, LEFT)
    assert not app.window.shooting.isVisible()


def test_no_screen_opens_over_the_shooting_view_and_armed_it_stays(open_desk: Open) -> None:
    app = open_desk()
    app.window.turn_shooting()
    app.window.host.open(Screen("page", "A page is open"))
    assert not app.window.shooting.isVisible()
    app.window.turn_shooting()
    assert app.window.host.shown is None
    armed(app)
    assert app.window.shooting.isVisible()
    assert app.word() == "ARMED"


# A way on, and a way out ------------------------------------------------------------


def test_a_and_b_at_one_place_reopened_are_ready_and_say_what_to_do(open_desk: Open, tmp_path: Path) -> None:
    desk = Desk.new()
    desk.edit_mark(1, ring_deg=desk.pull.marks[0].ring_deg)
    path = tmp_path / "one-place.ffshow"
    write_show(desk.show, path)
    app = open_desk(show=path, folder=tmp_path / "data")
    app.until_state(State.IDLE, State.LOADED)
    assert app.session.ring_deg == pytest.approx(0.0, abs=0.1)
    assert "same place" in app.says()
    assert app.troubled()
    app.turn(200.0)
    app.window.disk.setFocus()
    key(app, KEY.Key_B)
    assert not app.desk.trouble()
    assert not app.troubled() or STOPPED_SHORT in app.says()  # a busy machine's trouble on the way there, if any


def test_stop_the_motor_and_close_does_not_default_to_yes(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=20.0))
    armed(app)
    key(app, KEY.Key_Space)
    app.until(lambda: app.session.state is State.PLAYING)
    app.window.close()
    assert app.window.question.open
    key(app, KEY.Key_Return)
    assert not app.window.question.open
    assert app.window.isVisible()
    assert app.session.state is State.PLAYING
    key(app, KEY.Key_Escape)
    app.until(lambda: bool(app.kept))


def test_the_window_remembers_its_size_and_opens_within_the_screen(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk(size=None)
    screen = app.window.screen().availableGeometry()
    assert app.window.width() <= screen.width()
    assert app.window.height() <= screen.height()
    app.window.showNormal()
    app.window.resize(700, 500)
    app.window.close()
    again = open_desk(folder=tmp_path, size=None)
    assert (again.window.width(), again.window.height()) == (700, 500)
    again.window.open_as((5_000, 4_000), maximised=False)
    assert again.window.width() <= screen.width()
    assert again.window.height() <= screen.height()


def test_a_window_as_large_as_the_screen_leaves_room_for_its_frame(open_desk: Open) -> None:
    app = open_desk(size=None)
    room = app.window.screen().availableGeometry()
    app.window.showNormal()
    app.window.open_as((room.width(), room.height()), maximised=False)
    assert app.window.isMaximized()
    assert app.window.normal_size() == (room.width() - FRAME_PX[0], room.height() - FRAME_PX[1])


def test_the_desk_opens_whole_on_this_screen(open_desk: Open) -> None:
    """On whatever screen this runs: the window within it, and STOP, GO, the line and the distance within the window."""
    app = open_desk(size=None)
    app.qtbot.wait(100)
    area, window = app.window.screen().availableGeometry(), app.window
    assert window.width() <= area.width()
    assert window.height() <= area.height()
    assert all(window.rect().contains(box) for box in fixed(app))
    for button in window.transport.buttons.values():
        assert area.contains(QRect(button.mapToGlobal(QPoint(0, 0)), button.size())), button.objectName()
    QTest.mouseClick(window.transport.arm, LEFT)
    app.until_state(State.ARMED)
    QTest.mouseClick(window.transport.stop, LEFT)
    app.until_state(State.IDLE, State.LOADED)


def test_a_quick_drag_of_many_moves_turns_the_ring_by_the_hand_and_no_further(open_desk: Open) -> None:
    """All moves before the unit is told of the first: what they ask adds up to where the hand is, not to their sum."""
    app = open_desk()
    disk = app.window.disk
    app.until(lambda: disk._view is not None and disk._view.enabled)
    seen: list[float] = []
    app.session.bridge.statusChanged.connect(lambda status: seen.append(status.ring_deg or 0.0))
    app.until_turned(
        lambda: drag(app, disk.point(app.session.ring_deg + 8.0, 0.55), disk.point(38.0, 0.55)),
        lambda: app.session.state is State.IDLE and abs(app.session.ring_deg - 30.0) < 3.0,
    )
    app.qtbot.wait(300)
    assert app.session.ring_deg == pytest.approx(30.0, abs=3.0)
    assert max(seen) < 36.0


def test_armed_what_cannot_be_touched_steps_back_and_comes_again(open_desk: Open) -> None:
    app = open_desk()
    register = app.window.findChild(QPushButton, "register_slow")
    add = app.window.findChild(QPushButton, "addMark")
    assert register is not None
    assert add is not None

    def lights() -> tuple[bool, bool]:
        return bool(register.property("dim")), add.isVisible()

    assert lights() == (False, True)
    armed(app)
    app.until(lambda: lights() == (True, False))
    app.session.arm()
    app.until(lambda: lights() == (False, True))


def test_before_the_first_take_its_place_says_so(open_desk: Open) -> None:
    app = open_desk()
    app.qtbot.wait(20)
    empty = app.window.table.viewport().grab().toImage()
    grounds = {empty.pixelColor(x, empty.height() // 2).name() for x in range(empty.width())}
    assert len(grounds) > 2, "words stand in the middle"
