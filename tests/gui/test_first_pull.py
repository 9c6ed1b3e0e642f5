# SPDX-License-Identifier: MIT
"""A first pull on the simulated unit as a person does it, by keyboard, mouse or touch; and what must never happen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import State
from followfocus_gui.paper_actions import MANY
from followfocus_gui.widgets.take_cards import NOTE
from tests.gui.conftest import Opened
from tests.support.takes import a_take

Open = Callable[..., Opened]
CONTRACT = (
    "ringDisk", "markA", "markB", "durationS", "easing", "rehearse", "arm", "go", "stop", "backToOne", "takes",
    "connection", "distanceReadout",
)  # fmt: skip


def type_into(app: Opened, name: str, text: str) -> None:
    field = app.find(name)
    field.setFocus()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_every_control_has_its_names(open_desk: Open) -> None:
    app = open_desk()
    for name in CONTRACT:
        assert app.find(name).accessibleName(), name
    for button in app.window.findChildren(QPushButton):
        assert button.objectName(), button.text()
        assert button.accessibleName(), button.objectName()


def test_by_keyboard_only(open_desk: Open) -> None:
    """Two distances, a time, Return, Space: a landed rack."""
    app = open_desk()
    type_into(app, "distanceA", "1.2m")
    type_into(app, "distanceB", "6'2\" + 3in")
    QTest.keyClick(app.window.disk, Qt.Key.Key_T)
    field = app.find("durationS")
    QTest.keyClicks(field, "12f")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert app.desk.pull.duration_s == 0.5
    assert app.desk.lens.distance_m(app.desk.pull.marks[1].ring_deg) == pytest.approx(1.9558)
    app.window.disk.setFocus()
    QTest.keyClick(app.window.disk, Qt.Key.Key_Return)
    app.until_state(State.ARMED)
    QTest.keyClick(app.window.disk, Qt.Key.Key_Space)
    app.until(lambda: bool(app.kept))
    take = app.kept[0].take
    assert take.verdict.value == "good"
    assert take.duration_error_ms == pytest.approx(0.0, abs=0.01)
    assert app.window.table.takes.rowCount() == 1
    assert app.desk.show.slate.take == 2


def test_by_mouse_only(open_desk: Open) -> None:
    """The needle is dragged to two places, each is marked, then moderate, ARM, GO."""
    app = open_desk()
    for degrees, mark in ((60.0, "markA"), (25.0, "markB")):
        drag_needle(app, degrees)
        app.press(mark)
    app.press("register_moderate")
    app.press("arm")
    app.until_state(State.ARMED)
    app.press("go")
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "good"
    assert app.kept[0].take.landed_deg == pytest.approx(25.0, abs=2.0)


def drag_needle(app: Opened, to_deg: float) -> None:
    disk = app.window.disk
    app.until(lambda: disk._view is not None and disk._view.enabled)  # the disk shows that the ring may be turned

    def drag() -> None:
        here = app.session.ring_deg
        QTest.mousePress(disk, Qt.MouseButton.LeftButton, pos=disk.point(here + 8.0, 0.55).toPoint())
        count = 20
        for number in range(1, count + 1):
            at = here + 8.0 + (to_deg - here) * number / count
            QTest.mouseMove(disk, disk.point(at, 0.55).toPoint())
        QTest.mouseRelease(disk, Qt.MouseButton.LeftButton, pos=disk.point(to_deg + 8.0, 0.55).toPoint())

    rests = (State.IDLE, State.LOADED)
    app.until_turned(drag, lambda: app.session.state in rests and abs(app.session.ring_deg - to_deg) < 2.0)


def test_by_touch_only(open_desk: Open) -> None:
    app = open_desk(size=None)  # a finger reaches no further than the screen
    device = QTest.createTouchDevice()
    app.tap(device, "register_moderate")
    assert app.desk.pull.duration_s == 1.5
    app.tap(device, "arm")
    app.until_state(State.ARMED)
    app.tap(device, "go")
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "good"


@pytest.mark.parametrize("count", [2, 5, 9])
def test_two_five_and_nine_marks(count: int, open_desk: Open) -> None:
    app = open_desk()
    for number in range(count - 2):
        app.desk.add_mark(60.0 + 12.0 * number)
    app.session.changed.emit()
    app.window.editor.fastestRequested.emit()
    assert not app.desk.trouble()
    taken = app.take()
    while taken.take.reasons == ("the profile ran dry: the line was too slow or cut",):  # or this machine was
        app.session.clear_fault()
        app.until_state(State.IDLE, State.LOADED)
        taken = app.take()
    assert taken.take.verdict.value == "good", taken.take.reasons
    assert len(taken.context.marks) == count
    assert all(app.find(f"mark{chr(ord('A') + i)}").isVisible() for i in range(count))


def test_a_typed_distance_turns_the_ring(open_desk: Open) -> None:
    app = open_desk()
    there = app.desk.lens.ring_deg(1.3716)
    app.until_turned(
        lambda: type_into(app, "goToDistance", "4'6\""),
        lambda: app.session.state is State.IDLE and abs(app.session.ring_deg - there) < 0.1,
    )


def test_the_report_is_written_from_the_app(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    for kind, name in (("camera", "c.pdf"), ("focus", "f.pdf"), ("camera", "c.csv"), ("camera", "c.json")):
        app.desktop.actions.paper.write_report(kind, tmp_path / name)
        app.until((tmp_path / name).exists)
    app.desktop.actions.paper.write_certificate(1, tmp_path / "certificate.pdf")
    app.until(lambda: "certificate.pdf: certificate of 1 take." in app.says())
    app.desktop.actions.paper.write_report("camera", tmp_path / "not there" / "x.pdf")
    app.until(lambda: "cannot be written" in app.says())


def test_a_long_report_says_how_far_it_is_and_is_stopped_from_the_menu(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    with TakeLog(app.session.keeper.path) as log:
        for number in range(1, MANY + 2):
            log.append(a_take(number), TakeContext(lens="ideal-50", pull="A → B"))
    actions = app.desktop.actions
    actions.paper.write_report("focus", tmp_path / "long.pdf")
    (offered,) = (entry for entry in actions.entries() if entry is not None and entry.name == "stopWriting")
    assert offered.words.startswith("Stop writing long.pdf, ")
    offered.act()
    app.until(lambda: not actions.paper.writing)
    assert "Stopped: nothing is written to long.pdf." in app.says()
    assert not list(tmp_path.glob("*.pdf*"))
    assert all(entry is None or entry.name != "stopWriting" for entry in actions.entries())
    told = list[str]()
    actions.paper._begun.connect(told.append)
    actions.paper.write_report("camera", tmp_path / "long.pdf")
    app.until(lambda: f"long.pdf: {MANY + 1} takes." in app.says())
    assert told == [f"Writing long.pdf, {MANY + 1} takes. The menu says how far it is, and stops it."]


def test_go_does_nothing_unarmed_and_says_why(open_desk: Open) -> None:
    app = open_desk()
    QTest.keyClick(app.window.disk, Qt.Key.Key_Space)
    assert "arm first" in app.says()
    assert app.session.state is State.IDLE
    assert not app.kept


def test_escape_stops_from_a_field_and_the_take_is_kept(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=20.0)
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.session.state is State.PLAYING)
    field = app.find("nameA")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "stopped"
    assert app.kept[0].take.position_known
    assert app.kept[0].row == 1


def test_armed_no_screen_opens_and_space_still_goes(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=20.0)
    app.session.arm()
    app.until_state(State.ARMED)
    for key, modifier in (
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier),
    ):
        QTest.keyClick(app.window.disk, key, modifier)
        assert app.window.host.shown is None
    app.press("slate")
    assert app.window.host.shown is None
    QTest.keyClick(app.window.disk, Qt.Key.Key_Space)
    app.until(lambda: app.session.state is State.PLAYING)
    QTest.keyClick(app.window.disk, Qt.Key.Key_Escape)
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "stopped"


def test_nothing_can_be_changed_while_armed_but_a_trim(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    before = app.desk.state
    app.press("register_slow")
    assert app.desk.state == before
    assert "Locked while armed" in app.says()
    app.window.lens.click()
    assert app.window.host.shown is None
    app.session.edit_mark(1, trim_m=0.10)
    app.until(lambda: "Trimmed" in app.says() and not app.session.busy)
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: bool(app.kept))
    landed_m = app.desk.lens.distance_m(app.kept[0].take.landed_deg or 0.0)
    assert landed_m == pytest.approx(4.10, abs=0.01)
    assert app.desk.pull.marks[1].ring_deg == before.show.pulls[0].marks[1].ring_deg


def test_what_is_changed_while_the_pull_is_being_loaded_is_refused_or_loaded_too(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    before = app.desk.state
    app.press("register_slow")
    assert app.desk.state == before
    assert "Locked while it loads" in app.says()
    app.session.edit_mark(1, trim_m=0.10)
    app.until(lambda: "Changed" in app.says() and app.session.state is State.ARMED and not app.session.busy)
    app.session.go()
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "good"
    assert app.desk.lens.distance_m(app.kept[0].take.landed_deg or 0.0) == pytest.approx(4.10, abs=0.01)


def test_go_plays_nothing_but_what_was_armed(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    app.desk.edit_pull(duration_s=5.0)  # past the session, as no control can
    app.session.go()
    assert "Changed since arming" in app.says()
    assert app.session.state is State.ARMED


def test_a_hold_for_go_waits_and_goes_on(open_desk: Open) -> None:
    app = open_desk()
    app.desk.add_mark(60.0)
    app.session.edit_mark(1, hold_for_go=True)
    app.desk.edit_pull(duration_s=1.2)
    first = app.take()
    assert (first.context.part, first.context.parts) == (1, 2)
    app.until_state(State.ARMED)
    assert app.word() == "HOLDING"
    assert app.desk.show.slate.take == 1
    app.session.go()
    app.until(lambda: len(app.kept) == 2)
    assert app.kept[1].context.part == 2
    assert app.kept[1].take.landed_deg == pytest.approx(60.0, abs=0.1)
    assert app.desk.show.slate.take == 2


def test_the_lead_is_counted_down_and_can_be_stopped(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.desk.edit_cue(lead_s=1.5)
    app.session.arm()
    app.until_state(State.ARMED)
    counts: list[float] = []
    app.session.counted.connect(counts.append)
    app.session.go()
    assert app.session.counting
    assert app.session.state is State.ARMED
    app.until(lambda: bool(app.kept))
    assert max(counts) <= 1.5
    assert len(counts) >= 3
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.session.stop()
    app.until(lambda: app.session.state is State.LOADED)
    assert not app.session.counting
    assert len(app.kept) == 1


def test_a_cue_list_loads_the_next_and_follows_on(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.8)
    app.desk.add_cue(back=True)
    app.desk.look_at(0)
    app.desk.edit_cue(follow_s=0.2)
    app.session.choose_mode("list")
    app.take()
    app.until(lambda: len(app.kept) == 2)
    app.until_state(State.LOADED)
    assert [taken.context.cue for taken in app.kept] == ["1", "2"]
    assert app.kept[1].take.landed_deg == pytest.approx(app.desk.pull.marks[0].ring_deg, abs=0.1)
    assert [str(taken.context.slate) for taken in app.kept] == ["1 take 1", "1 take 1"]
    assert app.desk.show.slate.take == 2
    assert app.desk.state.cue == 0


def test_there_and_back_turns_every_second_take(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.8)
    app.session.choose_mode("pingpong")
    landings = [app.take().take.landed_deg for _ in range(2)]
    marks = app.desk.pull.marks
    assert landings == [pytest.approx(marks[1].ring_deg, abs=0.1), pytest.approx(marks[0].ring_deg, abs=0.1)]


def test_a_rehearsal_returns_and_counts_no_take(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.press("rehearse")
    app.until(lambda: bool(app.kept))
    app.until_state(State.LOADED)
    assert app.kept[0].rehearsed
    assert app.desk.show.slate.take == 1
    assert app.session.ring_deg == pytest.approx(82.5, abs=0.2)


def test_takes_are_circled_noted_and_compared(open_desk: Open, tmp_path: Path) -> None:
    from followfocus.takes.log import TakeLog

    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    app.take()
    app.window.disk.setFocus()
    QTest.keyClick(app.window.disk, Qt.Key.Key_C)
    model = app.window.table.takes
    assert "circled" in str(model.data(model.index(0, 5)))
    assert model.setData(model.index(1, NOTE), "Anna zu früh")
    with TakeLog(tmp_path / "takes.db") as log:
        rows = log.rows()
    assert [row.word for row in rows] == ["", "circled"]
    assert [row.note for row in rows] == ["Anna zu früh", ""]
    QTest.keyClick(app.window.disk, Qt.Key.Key_K)
    app.until(lambda: app.window.host.shown is not None)
    assert app.window.host.close_screen()
