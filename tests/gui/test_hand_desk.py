# SPDX-License-Identifier: MIT
"""By hand at the desk: the disk turns the ring, the hand's screen shows what a setting does, a recording is a take."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QScrollArea

from followfocus.clock import SystemClock
from followfocus.hand.events import WheelTurned
from followfocus.sources import midi_port
from followfocus.sources.kept import KeptWheel, keep_wheel, wheels_kept
from followfocus.sources.midi import Dialect, MidiWheel
from followfocus.stage.hand_take import FELL_SILENT, LET_GO
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, State
from followfocus_gui.screens.hand import HandScreen
from followfocus_gui.state.carried import MOST_AHEAD_S
from followfocus_gui.state.desk_views import ring_view
from followfocus_gui.unit_ear import STOPPED_SHORT
from followfocus_gui.widgets.frame_beat import FRAME_MS, FrameBeat
from tests.gui.conftest import Opened
from tests.gui.looking import scrolled

Open = Callable[..., Opened]


class Rack:
    """The MIDI inputs of a computer: what is plugged in, and what it says."""

    def __init__(self) -> None:
        self.plugged: list[str] = []
        self._heard: dict[str, Callable[[bytes], None]] = {}

    def names(self) -> list[str]:
        return list(self.plugged)

    def open(self, name: str, heard: Callable[[bytes], None], *, timecode: bool) -> None:
        self._heard[name] = heard

    def close(self) -> None:
        """Another input may be open still: nothing is forgotten."""

    def turn(self, name: str, clicks: int, value: int) -> None:
        """So many clicks of a relative encoder on CC 60."""
        for _ in range(clicks):
            self._heard[name](bytes((0xB0, 60, value)))


@pytest.fixture
def rack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rack:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = Rack()
    monkeypatch.setattr(midi_port, "_input", lambda: made)
    return made


def test_a_wheel_that_is_known_turns_the_ring_as_it_is_plugged_in(open_desk: Open, rack: Rack) -> None:
    keep_wheel("Knob", KeptWheel(wheel=MidiWheel(channel=1, number=60, dialect=Dialect.SIGN_BIT)))
    app = open_desk()
    before = app.session.ring_deg
    rack.plugged.append("Knob")
    app.until(lambda: "Knob turns the ring." in app.says())
    # and nothing was pressed
    app.until_turned(lambda: rack.turn("Knob", 4, 1), lambda: app.session.ring_deg > before + 5.0)
    app.until(app.hand_is_off)


def test_a_wheel_that_is_not_known_is_learned_by_one_gesture(open_desk: Open, rack: Rack) -> None:
    app = open_desk()
    wheels, before = app.desktop.actions.hand.wheels, app.session.ring_deg
    rack.plugged.append("Slider")
    app.until(lambda: "turn its wheel slowly to the right" in app.says())
    rack.turn("Slider", 5, 1)  # to the right, then back: one action, and it moves nothing
    app.until(lambda: wheels._lesson is not None and bool(wheels._lesson._right))
    rack.turn("Slider", 5, 65)
    app.until(lambda: "Slider turns the ring." in app.says())
    assert app.session.ring_deg == before
    app.until_turned(lambda: rack.turn("Slider", 4, 1), lambda: app.session.ring_deg > before + 5.0)
    app.until(app.hand_is_off)


def turn(app: Opened, degrees: float, source: str = "wheel") -> None:
    """A wheel of 300 clicks a turn."""
    app.session.bridge.hear(WheelTurned(SystemClock().now(), source, degrees))


def opened_hand(app: Opened) -> HandScreen:
    app.desktop.actions.hand.open()
    screen = app.window.host.shown
    assert isinstance(screen, HandScreen)
    return screen


def test_the_disk_turns_the_ring_as_a_gear_would(open_desk: Open) -> None:
    app = open_desk()
    app.window.disk.setFocus()
    for _ in range(3):
        assert turned_by_a_key(app) == pytest.approx(1.0, abs=0.15)


def turned_by_a_key(app: Opened) -> float:
    """How far a press turns the ring; pressed anew where a busy machine was silent for too long on the way."""
    drive = app.session.bridge.drive
    while True:
        before = app.session.ring_deg
        app.until(lambda deg=before: app.window.disk._start() == pytest.approx(deg, abs=0.15))
        QTest.keyClick(app.window.disk, Qt.Key.Key_Right)
        assert drive.busy
        app.until(app.hand_is_off)
        if app.session.status.cause is not Cause.SILENCE:
            return app.session.ring_deg - before


def test_the_disk_is_a_wheel_in_a_pull_too_and_asks_for_no_place_there(open_desk: Open) -> None:
    app = open_desk()
    disk, turned, asked = app.window.disk, list[float](), list[float]()
    disk.turned.connect(turned.append)
    disk.targetRequested.connect(lambda deg, _fine: asked.append(deg))
    playing = dataclasses.replace(app.session.status, state=State.PLAYING, ring_deg=50.0)
    disk.set_view(ring_view(app.desk, playing, None, None))
    QTest.keyClick(disk, Qt.Key.Key_Right)
    assert (turned, asked) == ([1.0], [])


def test_what_stirs_at_rest_is_shown_at_once_and_within_a_frame_with_the_next(qapp: QCoreApplication) -> None:
    shown: list[int] = []
    beat = FrameBeat(lambda: shown.append(beat.interval()), lambda: False, qapp)
    beat.stir()
    assert (beat.isActive(), beat.interval()) == (True, 0)
    beat.timeout.emit()
    beat.stir()
    beat.timeout.emit()
    assert (shown, beat.isActive()) == ([FRAME_MS, FRAME_MS], True)
    beat.timeout.emit()
    assert (len(shown), beat.isActive()) == (2, False)
    beat.end()
    beat.stir()
    assert not beat.isActive()


def test_a_hand_lets_go_for_a_take(open_desk: Open) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    turn(app, 4.0)
    app.qtbot.wait(30)
    assert app.take().take.verdict.value == "good"


def test_a_recording_is_a_take_and_the_slate_counts_on(open_desk: Open) -> None:
    app = open_desk()
    number = app.desk.show.slate.take
    app.session.record_hand()
    app.until(lambda: app.session.bridge.drive.recording)
    for _ in range(10):
        turn(app, 2.0)
        app.qtbot.wait(15)
    if app.session.bridge.drive.recording:  # a busy computer may have been silent: the take is over then, and says so
        app.session.record_hand()
    app.until(lambda: bool(app.kept))
    kept = app.kept[0]
    assert (kept.take.take, kept.context.pull) == (number, "by hand")
    assert kept.take.verdict.value == "good" or kept.take.reasons in ((LET_GO,), (FELL_SILENT,))
    assert kept.row is not None
    assert app.desk.show.slate.take == number + 1


def test_stop_ends_a_recording_and_it_is_kept(open_desk: Open) -> None:
    app = open_desk()
    app.session.record_hand()
    app.until(lambda: app.session.bridge.drive.recording)
    before = app.session.ring_deg
    turn(app, 60.0)
    app.until(lambda: app.session.ring_deg > before + 1.0)
    app.session.stop()
    app.until(lambda: bool(app.kept))
    assert app.kept[-1].take.verdict.value == "stopped"
    assert not app.session.bridge.drive.recording


def test_stop_before_the_hand_has_turned_the_ring_ends_the_recording_and_says_so(open_desk: Open) -> None:
    app = open_desk()
    number = app.desk.show.slate.take
    app.session.record_hand()
    app.until(lambda: app.session.bridge.drive.recording)
    app.session.stop()
    app.until(lambda: not app.session.bridge.drive.recording)
    app.until(lambda: "nothing was recorded" in app.says())
    before = app.session.ring_deg
    app.until_turned(lambda: turn(app, 5.0), lambda: app.session.ring_deg > before + 4.9)
    app.until(app.hand_is_off)
    assert (app.kept, app.desk.show.slate.take) == ([], number)


def test_a_recording_whose_hand_the_unit_would_not_follow_is_closed_and_says_why(open_desk: Open) -> None:
    app = open_desk()
    app.session.record_hand()
    app.until(lambda: app.session.bridge.drive.recording)
    app.session.arm()
    app.until_state(State.ARMED)
    turn(app, 5.0)
    app.until(lambda: bool(app.kept))
    kept = app.kept[-1]
    assert (kept.take.verdict.value, kept.take.start_deg) == ("refused", kept.take.end_deg)
    assert kept.row is not None
    assert not app.session.bridge.drive.recording


def test_a_setting_is_seen_in_the_curve_is_in_force_and_is_kept(open_desk: Open) -> None:
    app = open_desk()
    hand = app.desktop.actions.hand
    screen = HandScreen({"Knob": KeptWheel()}, app.desk.lens, (100.0,), hand._now, app.window)
    screen.behaved.connect(hand._behave)
    assert app.window.host.open(screen)
    field = screen._fields["high_deg"]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "150deg")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert screen.curve.shape.high_deg == pytest.approx(150.0)
    assert wheels_kept()["Knob"].manners.high_deg == pytest.approx(150.0)
    box = screen.findChild(QCheckBox, "handReversed")
    assert box is not None
    box.click()
    assert screen.curve.shape.direction == -1
    screen.change(low_deg=200.0)
    assert "can't be" in screen.hint
    assert screen.manners.low_deg == 0.0
    screen.grab()


def test_the_screen_shows_where_the_ring_is_while_it_turns(open_desk: Open) -> None:
    app = open_desk()
    screen = opened_hand(app)
    before = screen.distance.text()
    turn(app, 10.0)
    app.until(lambda: screen.distance.text() != before)
    assert "–" in screen.distance.text()
    screen.gear.click()
    screen.look()
    assert screen.gear.text() == "Fine gear"


def test_buttons_of_a_wheel_do_what_they_were_given_by_the_gate(open_desk: Open) -> None:
    app = open_desk()
    hand, outside = app.desktop.actions.hand, app.desktop.actions.outside
    hand.press("gear", "Knob", SystemClock().now())
    assert app.session.bridge.drive.hand.is_fine
    app.desk.edit_pull(duration_s=0.6)
    for action in ("arm", "back", "mark A"):  # outside GO is off: nothing that turns the ring is let in
        hand.press(action, "Knob", SystemClock().now())
        assert "Outside GO is off" in app.says()
    assert not app.session.busy
    app.session.arm()
    app.until_state(State.ARMED)
    hand.press("go", "Knob", SystemClock().now())
    app.qtbot.wait(50)
    assert app.session.state is State.ARMED
    assert not outside.history[-1].passed
    outside.allow(True)
    hand.press("go", "Knob", SystemClock().now())
    app.until(lambda: bool(app.kept))
    assert "Knob" in app.kept[-1].context.started_by
    app.until_state(State.IDLE, State.LOADED)
    hand.press("mark A", "Knob", SystemClock().now())
    mark = app.desk.pull.marks[0].ring_deg
    app.until(lambda: abs(app.session.ring_deg - mark) < 0.1)
    app.until_state(State.IDLE, State.LOADED)
    hand.press("arm", "Knob", SystemClock().now())
    app.until_state(State.ARMED)


def test_stop_forgets_what_waited_for_the_hand(open_desk: Open) -> None:
    app = open_desk()
    for _ in range(5):
        turn(app, 4.0)
        app.qtbot.wait(10)
    app.session.arm()
    app.session.stop()
    app.until_state(State.IDLE, State.LOADED)
    app.qtbot.wait(500)
    assert app.session.state in (State.IDLE, State.LOADED)


def test_a_ring_that_the_dead_man_stopped_is_told_of(open_desk: Open) -> None:
    app = open_desk()
    assert STOPPED_SHORT not in app.says()
    status = app.session.status
    short = dataclasses.replace(status, cause=Cause.SILENCE, cause_clock=status.cause_clock + 1)
    app.session.bridge.statusChanged.emit(short)
    app.until(lambda: STOPPED_SHORT in app.says())
    assert app.troubled()
    app.until_turned(lambda: app.session.turn(app.session.ring_deg + 40.0), lambda: app.session.state is State.MOVING)
    app.until_state(State.IDLE, State.LOADED)
    app.session.arm()
    app.until_state(State.ARMED)
    assert STOPPED_SHORT not in app.says()


def test_the_part_that_a_wheel_turns_over_is_said_in_the_units_that_are_chosen(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.toggle_units()
    app.desktop.actions.hand.open()
    screen = app.window.host.shown
    assert isinstance(screen, HandScreen)
    assert [screen._fields[name].text() for name in ("low_deg", "high_deg")] == ["∞", "1'10\""]


def test_a_mark_taken_from_a_ring_that_turns_is_where_it_was_and_says_so(open_desk: Open) -> None:
    app = open_desk()
    desk, session, clock = app.desk, app.session, SystemClock()
    said: list[str] = []

    def touch(status: UnitStatus) -> None:
        if said or status.state is not State.MOVING or status.ring_deg is None or abs(status.speed_deg_s) < 100.0:
            return
        session.set_mark(0)
        # Not where the unit's last word had it, by which it has turned some tenths of a degree since.
        most_deg = status.speed_deg_s * min(session.bridge.age_s(status, clock.now()), MOST_AHEAD_S)
        marked_deg = desk.pull.marks[0].ring_deg
        assert 0.0 < marked_deg - status.ring_deg <= most_deg
        where = desk.distance_text(desk.lens.distance_m(marked_deg))
        said.extend((session.line.aside, f"A marked while the ring was turning, at {where}."))

    session.bridge.statusChanged.connect(touch)
    session.turn(250.0)
    app.until(lambda: bool(said))
    assert said[0] == said[1]
    app.until_state(State.IDLE)
    session.set_mark(1)
    assert "turning" not in app.says()
    assert desk.pull.marks[1].ring_deg == app.session.ring_deg


def test_no_mark_is_taken_where_nobody_knows_where_the_ring_stands(open_desk: Open) -> None:
    app = open_desk("", wait=False)
    app.until(lambda: app.word() == "NO UNIT")
    before = app.desk.pull.marks
    QTest.keyClick(app.window.disk, Qt.Key.Key_A)
    assert app.desk.pull.marks == before
    assert "isn't known" in app.says()


@pytest.mark.parametrize("size", [(800, 1280), (1280, 800), (1366, 768), (1920, 1080)])
def test_a_wheels_settings_need_no_scrolling(size: tuple[int, int], open_desk: Open) -> None:
    """On an upright screen half of them were out of sight, with room to spare below."""
    app = open_desk(size=size)
    app.desktop.actions.hand.open()
    screen = app.window.host.shown
    assert isinstance(screen, HandScreen)
    app.qtbot.wait(10)
    bars = [area.verticalScrollBar().maximum() for area in screen.findChildren(QScrollArea)]
    assert [*bars, *scrolled(app.window)] == [0]
    assert screen.curve.height() >= 120


def test_on_a_low_window_the_ring_and_its_buttons_stay_in_sight(open_desk: Open) -> None:
    """1024x768 at 125 %: the settings scroll, and not the whole screen."""
    app = open_desk(size=(819, 614))
    app.desktop.actions.hand.open()
    app.qtbot.wait(10)
    area = app.window.host.area
    assert area.verticalScrollBar().maximum() == area.horizontalScrollBar().maximum() == 0
    for name in ("recordHand", "handGear", "handDistance"):
        widget = app.find(name)
        assert app.window.host.rect().contains(widget.geometry().translated(widget.parentWidget().pos())), name
