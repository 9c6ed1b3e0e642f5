# SPDX-License-Identifier: MIT
"""Cues and takes as screens, by real keys and mouse: typed in place, dragged, filtered, chosen, marked, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from followfocus.takes.log import TakeLog
from followfocus.takes.rows import TakeQuery
from followfocus.wire.messages import State
from followfocus_gui.menu import desk_menu
from followfocus_gui.screens.compare import TakeCompare
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.state.cue_lines import EASE, HAND, NAME, NUMBER, PULL, START, THEN, TIME
from followfocus_gui.state.cue_lines import NOTE as CUE_NOTE
from followfocus_gui.widgets.cue_list import DOTS_PX, ROW_PX
from followfocus_gui.widgets.take_cards import NOTE, SHOT, VERDICT
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY, CONTROL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def focused() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def cues(app: Opened) -> CuesScreen:
    app.window.disk.setFocus()
    QTest.keyClick(focused(), KEY.Key_T, CONTROL)
    screen = app.window.host.shown
    assert isinstance(screen, CuesScreen)
    QApplication.processEvents()
    return screen


def press(screen: CuesScreen, name: str) -> None:
    found = screen.findChild(QPushButton, name)
    assert found is not None
    assert found.isEnabled()
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def press_cell(screen: CuesScreen, row: int, column: int) -> None:
    table = screen.cues.list
    at = table.visualRect(table.cue_model.index(row, column)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def press_take(screen: CuesScreen, row: int) -> None:
    table = screen.table
    at = table.visualRect(table.takes.index(row, SHOT)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def write_cell(screen: CuesScreen, row: int, column: int, text: str) -> None:
    press_cell(screen, row, column)
    field = focused()
    assert isinstance(field, QLineEdit), field
    field.selectAll()
    QTest.keyClicks(field, text)
    enter()


def enter() -> None:
    """Return, and what it sets off: a cell commits a moment later."""
    QTest.keyClick(focused(), KEY.Key_Return)
    QApplication.processEvents()


def numbers(app: Opened) -> list[str]:
    return [cue.number for cue in app.desk.show.cues]


def cells(screen: CuesScreen, row: int) -> list[object]:
    model = screen.cues.list.cue_model
    return [model.data(model.index(row, column)) for column in range(model.columnCount())]


def logged(tmp_path: Path) -> list[tuple[int, str, str]]:
    with TakeLog(tmp_path / "takes.db") as log:
        return [(row.take, row.verdict, row.word) for row in log.rows(TakeQuery())]


# Cues -----------------------------------------------------------------------------------------------------------------


def test_a_cues_hand_is_chosen_or_typed_and_said_when_armed(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    menu = screen.cues.list.hand_menu(0)
    next(action for action in menu.actions() if action.text().startswith("ride 5cm keep")).trigger()
    assert (app.desk.cue.hand, app.desk.cue.hand_within_m, app.desk.cue.hand_keep) == ("ride", 0.05, True)
    assert screen.cues.list.cue_model.line(0).hand == "ride ±5 cm, keep"
    screen.cues.list.cue_model.typed.emit(0, HAND, "lead")
    assert app.desk.cue.hand == "ride"
    assert "is no hand" in app.says()
    app.window.host.close_screen()
    app.session.arm()
    app.until_state(State.ARMED)
    assert "Hand rides, ±5 cm, kept." in app.says()
    app.session.arm()
    app.until_state(State.LOADED)
    app.desk.undo()
    assert app.desk.cue.hand == "none"


def test_what_starts_a_cue_is_chosen_typed_and_said_when_armed_and_allowed(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    table = screen.cues.list
    assert table.isColumnHidden(START), "where nothing starts by itself, the name has the room"
    menu = table.row_menu(0)
    assert [action.text() for action in menu.actions()] == ["Starts on", "Ease", "Hand", "Note …"]
    start = table.start_menu(0)
    next(action for action in start.actions() if action.text().startswith("REC + 3 s, cut")).trigger()
    assert (app.desk.cue.rec_hold_s, app.desk.cue.stop_rec_s) == (3.0, 2.0)
    assert not table.isColumnHidden(START)
    assert table.cue_model.line(0).start == "REC + 3 s, cut + 2 s"
    start.actions()[-1].trigger()
    QTest.keyClicks(focused(), "01:00:10:00")
    enter()
    assert (app.desk.cue.rec_hold_s, app.desk.cue.at_timecode) == (None, "01:00:10:00")
    table.cue_model.typed.emit(0, START, "soon")
    assert "starts no cue" in app.says()
    app.window.host.close_screen()
    app.session.arm()
    app.until_state(State.ARMED)
    assert "01:00:10:00" not in app.says(), "GO from outside is not allowed: nothing but GO starts it"
    app.desktop.actions.outside.allow(True)
    app.until(lambda: "Goes at 01:00:10:00. Space is GO." in app.says())
    app.session.arm()
    app.until_state(State.LOADED)
    app.desk.undo()
    assert app.desk.cue.start.brief() == "REC + 3 s, cut + 2 s"


def test_a_start_is_typed_where_the_list_has_no_room_for_it_yet(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    table = screen.cues.list
    table.start_menu(0).actions()[-1].trigger()
    assert not table.isColumnHidden(START)
    QTest.keyClick(focused(), KEY.Key_Escape)
    table.show_lines(tuple(table.cue_model.line(row) for row in range(table.cue_model.rowCount())))
    assert table.isColumnHidden(START)
    assert app.desk.cue.start.brief() == "GO"


def test_a_note_is_written_beside_a_cue_and_taken_back(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    table = screen.cues.list
    table.row_menu(0).actions()[-1].trigger()
    assert not table.isColumnHidden(CUE_NOTE)
    QTest.keyClicks(focused(), "pull on the look")
    enter()
    assert app.desk.cue.note == "pull on the look"
    assert cells(screen, 0)[CUE_NOTE] == "pull on the look"
    assert table.isColumnHidden(CUE_NOTE), "where there is little room it stands below the name"
    QTest.keyClick(focused(), KEY.Key_Z, CONTROL)
    assert app.desk.cue.note == ""


def test_lists_have_names_over_their_columns(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    for table in (screen.cues.list, screen.table):
        heads = table.horizontalHeader()
        assert heads.isVisible()
        names = [str(table.model().headerData(at, Qt.Orientation.Horizontal)) for at in range(heads.count())]
        assert names[-1] == "note"
    assert screen.findChild(QComboBox, "cueMode").isVisible()  # type: ignore[union-attr]
    assert "after a take" in [label.text() for label in screen.findChildren(QLabel) if label.isVisible()]


def test_a_cue_is_typed_in_place_and_taken_back(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    press(screen, "addCue")
    assert numbers(app) == ["1", "2"]
    write_cell(screen, 1, NUMBER, "12A")
    write_cell(screen, 1, NAME, "Anna to the door")
    write_cell(screen, 1, TIME, "48f")
    assert cells(screen, 1)[:5] == ["12A", "Anna to the door", "GO", "A → B", "2.00 s"]
    press(screen, "addCue")
    screen.cues.modeChosen.emit("list")
    write_cell(screen, 2, TIME, "1.5")
    press_cell(screen, 1, NAME)
    assert app.desk.state.cue == 1
    write_cell(screen, 1, THEN, "12f")
    assert app.desk.show.cues[1].follow_s == 0.5
    assert cells(screen, 1)[THEN] == f"{app.desk.show.cues[2].number} after 0.5 s"
    QTest.keyClick(focused(), KEY.Key_Z, CONTROL)
    assert app.desk.show.cues[1].follow_s is None


def test_a_time_that_is_none_is_refused_with_a_sentence(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    before = app.desk.state
    write_cell(screen, 0, TIME, "soon")
    assert app.desk.state == before
    assert "soon" in app.says()
    write_cell(screen, 0, TIME, "0")
    assert app.desk.state == before
    assert "above 0" in app.says()


def test_a_cue_is_dragged_by_its_dots_and_moved_by_keys(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    press(screen, "addCue")
    press(screen, "addCue")
    assert app.desk.state.cue == 2
    view = screen.cues.list.viewport()
    start, end = QPoint(DOTS_PX // 2, ROW_PX * 2 + ROW_PX // 2), QPoint(DOTS_PX // 2, 6)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + (end - start) * step / 5)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert numbers(app) == ["3", "1", "2"]
    assert app.desk.state.cue == 0
    screen.cues.list.setFocus()
    QTest.keyClick(focused(), KEY.Key_Down, ALT)
    assert numbers(app) == ["1", "3", "2"]
    assert app.desk.state.cue == 1
    QTest.keyClick(focused(), KEY.Key_Up, ALT)
    QTest.keyClick(focused(), KEY.Key_Up, ALT)
    assert numbers(app) == ["3", "1", "2"]


def test_an_ease_is_picked_from_a_menu_of_curves(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    menu = screen.cues.list.ease_menu(0)
    actions = menu.actions()
    assert all(not action.icon().isNull() for action in actions)
    assert [action.text() for action in actions if action.isChecked()] == [cells(screen, 0)[EASE]]
    other = next(action for action in actions if not action.isChecked())
    other.trigger()
    assert cells(screen, 0)[EASE] == other.text()


def test_the_mode_is_in_the_then_column(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    press(screen, "returnCue")
    assert cells(screen, 1)[PULL] == "B → A"
    assert cells(screen, 0)[THEN] == "stays"
    screen.cues.modeChosen.emit("list")
    assert [cells(screen, row)[THEN] for row in (0, 1)] == ["2 on GO", "last"]
    screen.cues.modeChosen.emit("pingpong")
    assert cells(screen, 0)[THEN] == "there and back"


def test_neither_go_while_cues_are_open_nor_cues_while_armed(open_desk: Open) -> None:
    app = open_desk()
    screen = cues(app)
    screen.cues.list.setFocus()
    QTest.keyClick(focused(), KEY.Key_Space)
    QTest.keyClick(focused(), KEY.Key_Return)
    assert app.session.state is State.IDLE
    assert not app.session.busy
    QTest.keyClick(focused(), KEY.Key_Escape)
    assert app.window.host.shown is None
    app.session.arm()
    app.until_state(State.ARMED)
    app.desktop.actions.takes.show_cues()
    assert app.window.host.shown is None
    assert "rmed" in app.says()


# Takes ----------------------------------------------------------------------------------------------------------------


def test_takes_are_filtered_as_one_types_and_chosen_to_be_seen(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    app.take()
    screen = cues(app)
    model = screen.table.takes
    assert model.rowCount() == 2
    shown = screen.picture.shown
    assert shown is not None
    assert shown.take.title.endswith("take 2")
    assert "% of the sharp half" in shown.remark
    assert len(shown.marks) == 2
    press_take(screen, 1)
    assert screen.picture.shown is not None
    assert screen.picture.shown.take.title.endswith("take 1")
    assert model.setData(model.index(1, NOTE), "Anna zu früh")
    screen.search.setFocus()
    for typed, left in (("a", None), ("nna z", 1), ("x", 0)):
        QTest.keyClicks(focused(), typed)
        if left is not None:
            assert model.rowCount() == left
    count = app.window.findChild(QLabel, "takeCount")
    assert count is not None
    assert count.text() == "none found"
    assert screen.picture.shown is None
    screen.search.clear()
    assert model.rowCount() == 2


def test_a_take_is_circled_and_noted_by_buttons_keys_and_menu(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    screen = cues(app)
    model = screen.table.takes
    app.press("takeCircle")
    assert [word for _take, _verdict, word in logged(tmp_path)] == ["circled"]
    screen.table.setFocus()
    QTest.keyClick(focused(), KEY.Key_C)
    assert [word for _take, _verdict, word in logged(tmp_path)] == [""]
    menu = screen.table.menu([0])
    next(action for action in menu.actions() if action.objectName() == "take_ng").trigger()
    assert model.data(model.index(0, NOTE)) == "no good"
    app.press("takeNote")
    assert screen.table.state() == QAbstractItemView.State.EditingState
    QTest.keyClicks(focused(), "boom in")
    enter()
    assert model.data(model.index(0, NOTE)) == "no good · boom in"
    QTest.keyClick(app.window, KEY.Key_Escape)
    desk = app.window.table.takes
    assert desk.data(desk.index(0, NOTE)) == "no good · boom in"


def test_a_stopped_take_is_drawn_until_it_stopped(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=8.0)
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.session.state is State.PLAYING)
    app.until(lambda: abs(app.session.ring_deg - app.desk.pull.marks[0].ring_deg) > 1.0)
    app.session.stop()
    app.until(lambda: bool(app.kept))
    app.until_state(State.IDLE, State.LOADED)
    screen = cues(app)
    shown = screen.picture.shown
    assert shown is not None
    assert shown.stopped_s is not None
    assert 0.1 < shown.stopped_s < 8.0
    assert screen.table.takes.data(screen.table.takes.index(0, VERDICT)) == f"stopped at {shown.stopped_s:.2f} s"
    assert "until STOP" in shown.remark


def test_a_take_left_in_its_hold_is_one_line_that_was_stopped(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desk.add_mark(60.0)
    app.session.edit_mark(1, hold_for_go=True, name="door")
    app.desk.edit_pull(duration_s=1.2)
    app.take()
    app.until_state(State.ARMED)
    on_desk = app.window.table.takes
    assert on_desk.rowCount() == 1
    assert on_desk.data(on_desk.index(0, VERDICT)) == "holding"
    app.session.arm()  # again: disarms, and the hold goes on
    app.until(lambda: app.session.state is State.LOADED and not app.session.busy)
    screen = cues(app)
    assert screen.table.takes.data(screen.table.takes.index(0, VERDICT)) == "holding"
    assert "ring left" not in screen._title.text()
    screen.search.setText("door")
    assert screen.table.takes.data(screen.table.takes.index(0, VERDICT)) == "holding"
    app.window.host.close_screen()
    app.session.stop()
    app.until_state(State.IDLE, State.LOADED)
    assert on_desk.data(on_desk.index(0, VERDICT)) == "stopped on door"
    assert app.desk.show.slate.take == 2
    app.take()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: len(app.kept) == 3)
    app.until_state(State.IDLE, State.LOADED)
    model = cues(app).table.takes
    assert [model.data(model.index(row, VERDICT)) for row in range(model.rowCount())] == ["sharp", "stopped on door"]
    assert model.line(0).number == "2"
    assert [take for take, _verdict, _word in logged(tmp_path)] == [1, 2, 2]


def test_a_rehearsal_is_a_line_and_no_take(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.press("rehearse")
    app.until(lambda: bool(app.kept))
    app.until_state(State.LOADED)
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    screen = cues(app)
    assert [screen.table.takes.line(row).number for row in (0, 1)] == ["1", "rehearsal"]
    assert [take for take, _verdict, _word in logged(tmp_path)] == [0, 1]
    with TakeLog(tmp_path / "takes.db") as log:
        assert len(log.rows(TakeQuery(rehearsals=False))) == 1


def test_a_restart_goes_on_counting_where_the_log_ends(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.window.close()
    again = open_desk(folder=tmp_path)
    assert again.window.table.takes.rowCount() == 1
    assert again.desk.show.slate.take == 2


def test_takes_that_are_chosen_are_compared_on_a_screen(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    app.take()
    screen = cues(app)
    screen.table.selectAll()
    assert app.find("compareTakes").text() == "Compare 2"  # type: ignore[attr-defined]
    app.press("compareTakes")
    compared = app.window.host.shown
    assert isinstance(compared, TakeCompare)
    assert [compared.table.item(row, 0).text()[-6:] for row in (0, 1)] == ["take 2", "take 1"]  # type: ignore[union-attr]
    QTest.keyClick(app.window, KEY.Key_Escape)
    assert app.window.host.shown is None


def test_a_take_that_is_chosen_on_the_desk_lies_on_the_curve(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    table, curve = app.window.table, app.window.curve
    curve.clear_actual()
    at = table.visualRect(table.takes.index(0, SHOT)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    _, drawn = curve._canvas.actual
    assert len(drawn) > 10
    app.session.edit(lambda: app.desk.edit_pull(duration_s=1.1))
    table.clearSelection()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert "another pull" in app.says()


# The menu and the keys ------------------------------------------------------------------------------------------------


def test_undo_in_a_field_is_typing_first_and_edits_after(open_desk: Open) -> None:
    app = open_desk()
    name = app.desk.pull.marks[0].name
    app.session.edit_mark(0, name="Anna")
    field = app.find("nameA")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "x")
    assert "x" in field.text()
    QTest.keyClick(field, KEY.Key_Z, CONTROL)
    assert "x" not in field.text()
    assert app.desk.pull.marks[0].name == "Anna"
    while field.isUndoAvailable():
        QTest.keyClick(field, KEY.Key_Z, CONTROL)
    QTest.keyClick(field, KEY.Key_Z, CONTROL)
    assert app.desk.pull.marks[0].name == name


@pytest.mark.parametrize("name", ["newShow", "undo", "showCues"])
def test_the_menu_has_new_undo_and_cues_each_with_its_key(name: str, open_desk: Open) -> None:
    app = open_desk()
    menu = desk_menu(app.window, app.desktop.actions.entries())
    action = next(action for action in menu.actions() if action.objectName() == name)
    assert "\tCtrl+" in action.text()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.3))
    action.trigger()
    if name == "showCues":
        assert isinstance(app.window.host.shown, CuesScreen)
    else:
        assert app.desk.pull.duration_s != 3.3
    assert not app.window.unsaved()
