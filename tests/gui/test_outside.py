# SPDX-License-Identifier: MIT
"""From outside, in the app: the switch, OSC over a real socket, STOP past everything, and what is shown of it."""

from __future__ import annotations

import socket
import threading
import wave
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QListWidget, QProgressBar, QWidget
from pythonosc.osc_message import OscMessage

from followfocus.hand.events import WheelPressed, WheelTurned
from followfocus.sources.events import (
    CameraSaid,
    Origin,
    OutsideAsked,
    SourceKind,
    StripSaid,
    TimecodeSaid,
    Want,
)
from followfocus.sources.gate import NOT_ARMED
from followfocus.sources.kept import KeptWheel
from followfocus.sources.learned import LearnedControl, learned_kept
from followfocus.sources.osc import message
from followfocus.sources.timecode import Labelled
from followfocus.stage.orders import Shoot
from followfocus.stage.outside import TOO_MUCH
from followfocus.stage.outside_desk import OVERTAKEN
from followfocus.takes.diary import read_diary
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import State
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.qr_picture import QUIET
from tests.gui.conftest import WAIT_MS, Opened
from tests.sources.test_timecode import audio, label


@pytest.fixture
def app(open_desk):
    return open_desk()


@pytest.fixture
def sender():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    yield made
    made.close()


def listening(app: Opened) -> tuple[str, int]:
    outside = app.desktop.actions.outside
    outside.listen("osc://:0")
    return "127.0.0.1", outside.places.osc_ports[0]


def answer(app: Opened, sender: socket.socket) -> list[object]:
    told: list[list[object]] = []

    def came() -> bool:
        try:
            told.append(OscMessage(sender.recv(4096)).params)
        except BlockingIOError:
            return False
        return True

    app.qtbot.waitUntil(came, timeout=WAIT_MS)
    return told[0]


def test_go_from_outside_needs_the_switch_and_stop_needs_nothing(app: Opened, sender: socket.socket) -> None:
    outside, session = app.desktop.actions.outside, app.session
    to = listening(app)
    session.arm()
    app.qtbot.waitUntil(lambda: session.state is State.ARMED and not session.busy, timeout=WAIT_MS)
    sender.sendto(message("/followfocus/go", 1), to)
    assert answer(app, sender)[3:] == [0, "Outside GO is off: it is allowed at the desk."]
    outside.allow(True)
    sender.sendto(message("/followfocus/go", 2), to)
    assert answer(app, sender)[3:] == [1, "GO for cue 1."]
    app.qtbot.waitUntil(lambda: session.state is State.PLAYING, timeout=WAIT_MS)
    outside.allow(False)
    sender.sendto(message("/followfocus/stop"), to)
    assert answer(app, sender)[3] == 1
    app.qtbot.waitUntil(lambda: session.stage.last is not None and not session.busy, timeout=WAIT_MS)
    assert session.stage.last.verdict.value == "stopped"
    path = session.keeper.path
    outside.close()
    assert [(line.asked, line.passed) for line in read_diary(path)] == [("go", False), ("go", True), ("stop", True)]


def test_the_panel_shows_what_came_and_nothing_moves_behind_it(app: Opened, sender: socket.socket) -> None:
    outside = app.desktop.actions.outside
    to = listening(app)
    outside.open()
    screen = app.window.host.shown
    box, came = screen.findChild(QCheckBox, "outsideGo"), screen.findChild(QListWidget, "outsideCame")
    box.setChecked(True)
    assert outside.outside.gate.open
    sender.sendto(message("/followfocus/arm"), to)
    assert answer(app, sender)[3:] == [0, "From outside is open: close this first."]
    assert came.item(0).text() == "OSC 127.0.0.1: arm: From outside is open: close this first."
    screen.close()
    sender.sendto(message("/followfocus/take", "27A take 3"), to)
    assert answer(app, sender)[3:] == [1, "27A take 3."]
    assert str(app.desk.show.slate) == "27A take 3"
    sender.sendto(message("/followfocus/trim", "B", 0.05), to)
    assert answer(app, sender)[3:] == [1, "Mark B trimmed."]
    assert app.desk.pull.marks[1].trim_m == pytest.approx(0.05)


def test_what_stop_at_the_desk_overtakes_on_its_way_here_neither_arms_nor_turns(app: Opened) -> None:
    outside, session = app.desktop.actions.outside, app.session
    outside.allow(True)
    console, strip = Origin(SourceKind.OSC, "10.0.0.7"), Origin(SourceKind.REMOTE, "phone")
    before_s, stands_deg = outside.now_s, session.ring_deg

    def come() -> None:
        outside.submit(OutsideAsked(console, before_s, Want.ARM))
        outside.submit(StripSaid(strip, before_s, 0.1))

    loop = threading.Thread(target=come)
    loop.start()
    loop.join()
    session.stop()  # both wait for this thread, and STOP doesn't
    app.qtbot.waitUntil(lambda: outside.history != [], timeout=WAIT_MS)
    assert outside.history[-1].words == OVERTAKEN
    assert session.target_deg is None
    assert (session.busy, session.ring_deg) == ("", stands_deg)
    outside.submit(OutsideAsked(console, outside.now_s, Want.ARM))
    app.qtbot.waitUntil(lambda: session.state is State.ARMED, timeout=WAIT_MS)


def test_a_stop_twice_at_once_is_one_and_stops_what_was_asked_between(app: Opened) -> None:
    outside, session = app.desktop.actions.outside, app.session
    stop = OutsideAsked(Origin(SourceKind.OSC, "10.0.0.7"), outside.now_s, Want.STOP)
    epochs: list[int] = []
    session.bridge.stopped.connect(epochs.append, Qt.ConnectionType.DirectConnection)
    for _ in range(2):
        outside.submit(stop)
    assert len(epochs) == 1
    session.bridge.ask(Job("nothing", lambda _unit: None))
    for _ in range(2):
        outside.submit(stop)
    assert len(epochs) == 2
    app.until(lambda: not session.busy and [line.times for line in outside.history] == [4])
    session.arm()
    outside.submit(stop)
    assert len(epochs) == 3
    app.until(lambda: not session.busy)
    assert session.state is not State.ARMED


def test_a_camera_that_only_flickers_is_stopped_where_the_unit_has_go_already(app: Opened) -> None:
    outside, session = app.desktop.actions.outside, app.session
    listening(app)
    outside.allow(True)
    session.edit(lambda: app.desk.edit_cue(rec_hold_s=0.1))
    session.edit(lambda: app.desk.edit_pull(duration_s=20.0))
    session.arm()
    app.until_state(State.ARMED)
    camera, began_s = Origin(SourceKind.CAMERA, "blackmagic pocket"), outside.now_s
    outside.submit(CameraSaid(camera, began_s, False))
    outside.submit(CameraSaid(camera, began_s, True))
    app.until(lambda: isinstance(session.stage.under_way, Shoot))
    # A flicker by the network's own time, however late it is heard here.
    outside.submit(CameraSaid(camera, began_s + 0.02, False))
    app.until(lambda: outside.history[-1].words == "The camera has stopped before the cue began: STOP.")
    # Where the ring had begun to turn, the profile that is loaded doesn't begin where it rests.
    app.until(lambda: not session.busy and session.state in (State.IDLE, State.LOADED))
    assert [one.take.verdict.value for one in app.kept] in ([], ["stopped"])


@pytest.mark.parametrize("by_hand", [False, True], ids=["pull", "by hand"])
def test_a_take_has_the_clip_that_its_camera_names_while_the_ring_turns(app: Opened, by_hand: bool) -> None:
    """GO at the desk, with a camera that rolls and timecode that runs: neither was in any take of the app's."""
    outside, session = app.desktop.actions.outside, app.session
    listening(app)
    camera = Origin(SourceKind.CAMERA, "blackmagic pocket")
    outside.submit(CameraSaid(camera, outside.now_s, True))
    if by_hand:
        session.record_hand()
        app.until(lambda: session.bridge.drive.recording)
        session.bridge.hear(WheelTurned(outside.now_s, "wheel", 60.0))
        app.until(lambda: session.ring_deg > 1.0)
    else:
        session.edit(lambda: app.desk.edit_pull(duration_s=20.0))
        session.arm()
        app.until_state(State.ARMED)
        session.go()
        app.until(lambda: session.state is State.PLAYING)
    outside.submit(CameraSaid(camera, outside.now_s, True, "A001_C002.braw"))
    app.until(lambda: outside.facts()["clip"] != "")
    session.stop()
    app.until(lambda: bool(app.kept))
    assert app.kept[0].context.clip == "A001_C002.braw"
    with TakeLog(session.keeper.path) as log:
        assert [row.context.clip for row in log.rows()] == ["A001_C002.braw"]


def test_timecode_that_ends_in_an_odd_label_starts_nothing(app: Opened) -> None:
    """One label may be misread; nothing comes after it to say so, and the desk looks again by itself before the cue."""
    outside, session, fps = app.desktop.actions.outside, app.session, Fraction(25)
    listening(app)
    outside.allow(True)
    session.edit(lambda: app.desk.edit_cue(at_timecode="01:00:01:20"))
    session.edit(lambda: app.desk.edit_pull(duration_s=20.0))
    session.arm()
    app.until_state(State.ARMED)
    start_s, ltc = outside.now_s - 1.0, Origin(SourceKind.LTC, "line")
    for n, number in enumerate((*range(90_000, 90_025), 7000)):
        began_s = start_s + n / 25
        outside.submit(TimecodeSaid(ltc, began_s + 0.04, Labelled(label(number, fps), began_s), fps))
    app.until(lambda: any(line.words.startswith("Timecode went on as 00:04:40:00.") for line in outside.history))
    app.until(lambda: not session.busy)
    assert [one.take.verdict.value for one in app.kept] in ([], ["stopped"])


def test_a_flood_is_a_line_that_says_how_many_and_hides_nothing(app: Opened) -> None:
    outside = app.desktop.actions.outside
    listening(app)
    outside.allow(True)
    console, now_s = Origin(SourceKind.OSC, "10.0.0.7"), outside.now_s
    outside.submit(OutsideAsked(console, now_s, Want.TAKE, "27A take 3"))
    for i in range(2000):
        outside.submit(OutsideAsked(console, now_s + i / 1000, Want.GO))
    outside.submit(OutsideAsked(console, now_s + 3.0, Want.GO))
    app.until(lambda: len(outside.history) > 1 and outside.history[-1].words.startswith("Not armed"))
    lines = {line.words: line.times for line in outside.history}
    assert list(lines) == ["27A take 3.", TOO_MUCH, "Not armed. Nothing has moved."]
    screen = opened_panel(app)
    came = screen.findChild(QListWidget, "outsideCame")
    assert not came.item(0).icon().isNull()
    assert came.item(2).text() == "OSC 10.0.0.7: take: 27A take 3."
    assert came.item(0).text() == f"OSC 10.0.0.7: go: Not armed. Nothing has moved. ({lines[NOT_ARMED]} times)"
    path = app.session.keeper.path
    outside.close()
    kept: Counter[str] = Counter()
    for line in read_diary(path):
        kept[line.words] += line.times
    assert kept[TOO_MUCH] + kept[NOT_ARMED] == 2001, "in the log every one is counted"


def test_stop_over_and_over_stops_each_time_and_leaves_the_window_free(app: Opened) -> None:
    outside, bridge = app.desktop.actions.outside, app.session.bridge
    listening(app)
    console, now_s = Origin(SourceKind.OSC, "10.0.0.7"), outside.now_s
    for _ in range(200):  # a flood of what is refused comes first
        outside.submit(OutsideAsked(console, now_s, Want.GO))
    outside.submit(OutsideAsked(console, now_s, Want.STOP))
    epoch, answers = bridge._worker.runner.epoch, []
    for i in range(3000):
        outside.submit(OutsideAsked(console, now_s + i / 1000, Want.STOP), answers.append)
    assert len([answer for answer in answers if answer.words == "STOP."]) > 2700, "at once, not by the window"
    assert 250 <= bridge._worker.runner.epoch - epoch <= 310, "once in ten milliseconds"
    app.until(lambda: any(line.asked == "stop" and line.times > 1000 for line in outside.history))
    assert [line.asked for line in outside.history].count("stop") == 1
    path = app.session.keeper.path
    outside.close()
    kept: Counter[str] = Counter()
    for line in read_diary(path):
        kept[line.asked] += line.times
    assert kept["stop"] == 3001


def test_a_phone_s_strip_turns_the_ring_while_it_may(app: Opened) -> None:
    outside, session = app.desktop.actions.outside, app.session
    phone = Origin(SourceKind.REMOTE, "10.0.0.9")
    began_deg = session.ring_deg
    outside.submit(StripSaid(phone, outside.now_s, 0.02))
    QApplication.processEvents()
    assert session.target_deg is None, "outside GO is off"
    outside.allow(True)
    outside.submit(StripSaid(phone, outside.now_s, 0.02))
    wanted_deg = began_deg + 0.02 * app.desk.lens.travel_deg
    app.qtbot.waitUntil(lambda: abs(session.ring_deg - wanted_deg) < 0.1, timeout=WAIT_MS)


def opened_panel(app: Opened) -> QWidget:
    app.desktop.actions.outside.open()
    screen = app.window.host.shown
    assert screen is not None
    return screen


def words(screen: QWidget, name: str) -> str:
    label = screen.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def test_a_source_s_delay_to_the_ring_stands_beside_it(app: Opened, sender: socket.socket) -> None:
    outside, session = app.desktop.actions.outside, app.session
    to = listening(app)
    outside.allow(True)
    session.arm()
    app.until_state(State.ARMED)
    sender.sendto(message("/followfocus/go", 1), to)
    app.until(lambda: bool(app.kept))
    app.until_state(State.IDLE, State.LOADED)
    screen = opened_panel(app)
    said = words(screen, "outsidePlaces")
    assert said.startswith(f"OSC on 127.0.0.1:{to[1]}. GO came once; the ring began ")
    (delay_ms,) = outside._delays.kept_ms["OSC"]
    assert 0.0 < delay_ms < WAIT_MS
    assert f"{delay_ms:.1f} ms later" in said


def test_the_ring_is_told_to_others_while_the_switch_is_on(app: Opened) -> None:
    screen = opened_panel(app)
    field = screen.findChild(QLineEdit, "outsideTell")
    field.setText("freed://127.0.0.1")
    app.press("outsideSend")
    assert "isn't an address to send to" in app.says()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hears:
        hears.bind(("127.0.0.1", 0))
        hears.settimeout(WAIT_MS / 1e3)
        field.setText(f"freed://127.0.0.1:{hears.getsockname()[1]}")
        app.press("outsideSend")
        app.until(lambda: app.desktop.actions.outside.tracks._of is not None)
        packet = hears.recv(100)
        assert (len(packet), packet[0]) == (29, 0xD1)
        app.until(lambda: "The ring is told to freed://127.0.0.1:" in words(screen, "outsideTelling"))
        app.press("outsideSend")
        assert not app.desktop.actions.outside.tracks.on
        assert words(screen, "outsideTelling") == ""


def test_a_key_is_learned_for_go_is_listed_asks_by_the_gate_and_is_forgotten(app: Opened) -> None:
    screen, session = opened_panel(app), app.session
    keys = screen.findChild(QListWidget, "outsideKeys")
    app.press("outsideLearn")
    QTest.keyClick(app.window, Qt.Key.Key_PageDown)
    assert "PgDown has its use at the desk already" in app.says()
    app.press("outsideLearn")
    QTest.keyClick(app.window, Qt.Key.Key_F9)
    assert [keys.item(row).text() for row in range(keys.count())] == ["the key F9"]
    assert [one.control for one in learned_kept()] == ["F9"]
    screen.close()
    session.arm()
    app.until_state(State.ARMED)
    QTest.keyClick(app.window, Qt.Key.Key_F9)
    assert "Outside GO is off" in app.says()
    assert session.state is State.ARMED
    app.desktop.actions.outside.allow(True)
    QTest.keyClick(app.window, Qt.Key.Key_F9)
    app.until(lambda: bool(app.kept))
    assert app.kept[0].context.started_by == "key F9"
    app.until_state(State.IDLE, State.LOADED)
    screen = opened_panel(app)
    screen.findChild(QListWidget, "outsideKeys").setCurrentRow(0)
    app.press("outsideForget")
    assert not learned_kept()
    assert screen.findChild(QListWidget, "outsideKeys").item(0).text().startswith("None.")


def test_a_button_of_a_wheel_that_is_for_nothing_can_be_learned(app: Opened) -> None:
    outside, wheels = app.desktop.actions.outside, app.desktop.actions.hand.wheels
    outside.keys.learn()
    wheels._hear(WheelPressed(0.0, "Knob", "3"))
    assert [str(one) for one in outside.keys.learned] == ["Knob, button 3"]
    app.session.arm()
    app.until_state(State.ARMED)
    outside.allow(True)
    wheels._hear(WheelPressed(0.0, "Knob", "4"))
    assert app.session.state is State.ARMED
    wheels._hear(WheelPressed(0.0, "Knob", "3"))
    app.until(lambda: bool(app.kept))
    assert app.kept[0].context.started_by == "pedal or wheel Knob"


def test_a_button_of_a_wheel_that_stop_overtakes_does_nothing(app: Opened) -> None:
    outside, wheels, session = app.desktop.actions.outside, app.desktop.actions.hand.wheels, app.session
    wheels.behave("Knob", KeptWheel(buttons={"1": "arm", "2": "mark A"}))
    outside.allow(True)
    before_s = outside.now_s
    session.stop()
    for button in ("1", "2"):
        wheels._hear(WheelPressed(before_s, "Knob", button))
        assert session.stage.note.words == OVERTAKEN
        assert not session.busy
    wheels._hear(WheelPressed(outside.now_s, "Knob", "1"))
    app.until_state(State.ARMED)


def test_escape_is_stop_while_a_key_is_learned_and_learns_nothing(app: Opened) -> None:
    outside = app.desktop.actions.outside
    outside.keys.start()
    learned = outside.keys.learned
    outside.keys.learn()
    QTest.keyClick(app.window, Qt.Key.Key_Escape)
    assert not outside.keys.learning
    assert outside.keys.learned == learned


def test_what_is_typed_into_a_field_is_no_go(app: Opened) -> None:
    outside = app.desktop.actions.outside
    outside.keys.learned = (LearnedControl(kind="key", control="G"),)
    outside.keys._listen()
    screen = opened_panel(app)
    field = screen.findChild(QLineEdit, "outsidePlace")
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, "gg")
    assert field.text() == "gg"


def test_the_page_for_phones_is_shown_as_a_code_that_can_be_read(app: Opened) -> None:
    outside = app.desktop.actions.outside
    outside.serve_page("127.0.0.1:0")
    screen = opened_panel(app)
    picture, phones = screen.findChild(QWidget, "outsideQr"), outside.phones
    assert picture.isVisible()
    assert phones.code in words(screen, "outsidePhones")
    rows, image = phones.qr_rows(), picture.grab().toImage()
    side = picture.width() // (len(rows) + 2 * QUIET)
    start = (picture.width() - side * (len(rows) + 2 * QUIET)) // 2 + QUIET * side + side // 2
    shown = tuple(
        tuple(image.pixelColor(start + x * side, start + y * side).lightnessF() < 0.5 for x in range(len(rows)))
        for y in range(len(rows))
    )
    assert shown == rows
    assert image.pixelColor(1, 1).lightnessF() > 0.5, "a margin of light, whatever the theme"


def test_timecode_and_its_level_are_shown_as_they_run(app: Opened, tmp_path: Path) -> None:
    outside = app.desktop.actions.outside
    path = tmp_path / "tc.wav"
    samples = audio([label(n, Fraction(25)) for n in range(250)], Fraction(25))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((samples * 20_000).astype("<i2").tobytes())
    outside.listen(f"ltc:{path}")
    screen = opened_panel(app)
    app.until(lambda: "00:00:0" in words(screen, "outsidePlaces"))
    assert "at 25 fps" in words(screen, "outsidePlaces"), "its own rate, though the show counts at 24"
    level = screen.findChild(QProgressBar, "outsideLevel")
    app.until(lambda: level.isVisible() and level.value() > 10)
