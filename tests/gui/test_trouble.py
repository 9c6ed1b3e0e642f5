# SPDX-License-Identifier: MIT
"""Trouble on set, through the whole app: it is said in a sentence, the motor is safe, and nothing is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from followfocus.lens.map import load_lens
from followfocus.show.file import read_show, show_to_json, write_show
from followfocus.show.show import new_show
from followfocus.sim.store import Store
from followfocus.stage.stateline import PLAYS_ON
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import unit_on
from followfocus.unit.settings import FACTORY_NAME, LOST_NAME
from followfocus.unit.setup import LOST
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import State
from followfocus_gui.app import tell_fault
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.screens.calibration import CalibrationScreen
from followfocus_gui.screens.lenses import HINT
from followfocus_gui.state.calibrating import CalibrationPage
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.mark_tools import MarkTools
from tests.gui.conftest import Opened
from tests.support.addresses import kept_port

Open = Callable[..., Opened]
COMMAND = [sys.executable, "-W", "ignore", "-m", "followfocus"]


@pytest.fixture(name="remote")
def _remote(tmp_path: Path) -> Iterator[Callable[..., tuple[str, subprocess.Popen[str]]]]:
    """A simulated unit in a program of its own, on TCP or a pty: (port, the program). `at` takes a port again."""
    running: list[subprocess.Popen[str]] = []
    kept = contextlib.ExitStack()

    def start(*options: str, line: str = "tcp", at: str = "") -> tuple[str, subprocess.Popen[str]]:
        if line == "pty":
            port = at or str(tmp_path / "unit")
            where = ["--pty", port]
        else:
            port = at or f"socket://127.0.0.1:{kept.enter_context(kept_port())}"
            where = ["--tcp", port.removeprefix("socket://")]
        process = subprocess.Popen(
            [*COMMAND, "sim", *where, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        running.append(process)
        return port, process

    with kept:
        yield start
        for process in running:
            unplug(process, str(tmp_path / "unit"))
            process.communicate()


def unplug(unit: subprocess.Popen[str], port: str) -> None:
    """The cable is out: the device's name goes with it, as it does in /dev.

    A link that stayed would lead the app, which goes on looking for its unit, to the next pty of that number: another
    test's, perhaps.
    """
    Path(port).unlink(missing_ok=True)
    unit.kill()
    unit.wait()


@pytest.mark.parametrize("line", ["tcp", "pty"])
def test_unplugged_in_a_pull(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]], line: str
) -> None:
    port, unit = remote(line=line)
    app = open_desk(port)
    app.desk.edit_pull(duration_s=3.0)
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.session.state is State.PLAYING)
    tools = app.window.findChild(MarkTools, "tools")
    assert tools is not None
    assert tools.currentWidget().accessibleName() == "Locked till it lands."
    said: list[str] = []
    app.session.warned.connect(said.append)
    unplug(unit, port)
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value in ("lost", "faulted")
    assert any(PLAYS_ON in words for words in said)
    assert PLAYS_ON not in app.says()
    assert app.kept[0].row == 1
    assert app.session.says.connection == "lost"
    assert "lost" in app.window.connection.state_text()
    app.session.arm()
    assert app.word() == "NO UNIT"


@pytest.mark.parametrize("line", ["tcp", "pty"])
def test_plugged_in_again_where_it_was(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]], line: str
) -> None:
    port, unit = remote(line=line)
    app = open_desk(port)
    unplug(unit, port)
    app.until(lambda: app.session.says.connection == "lost")
    said: list[str] = []
    app.session.said.connect(said.append)
    app.session.warned.connect(said.append)
    remote(line=line, at=port)
    app.until(lambda: app.session.says.connection == "connected")
    app.until(lambda: app.session.state is State.UNREFERENCED)
    assert "The unit restarted. Read the ring off the lens." in said or app.word() == "WHERE?"
    app.desktop.actions.rig.say_position(2.0)
    app.until_state(State.IDLE, State.LOADED)
    app.desk.edit_pull(duration_s=0.6)
    assert app.take().take.verdict.value == "good"


def test_a_count_ends_with_the_unit_that_it_was_for(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    """It ran on unseen: a unit that was back was “getting ready” for as long as the count would have lasted."""
    port, unit = remote()
    app = open_desk(port)
    app.session.edit(lambda: app.desk.edit_cue(lead_s=3600.0))
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.word() == "COUNTING")
    unplug(unit, port)
    app.until(lambda: app.session.says.connection == "lost")
    remote(at=port)
    app.until(lambda: app.word() == "WHERE?" and not app.session.busy)
    app.desktop.actions.rig.say_position(2.0)
    app.until_state(State.IDLE, State.LOADED)
    assert app.word() == "READY"
    assert app.kept == []


def test_a_unit_that_restarts_in_a_calibration_begins_it_anew(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    """The far stop was counted from: a place that somebody says instead would make a span that nobody has measured."""
    port, unit = remote()
    app = open_desk(port)
    app.desktop.actions.rig.calibrate()
    screen = app.window.host.shown
    assert isinstance(screen, CalibrationScreen)
    app.until(lambda: screen._attempt is not None and screen._job is None)
    screen.go_on()
    app.until(lambda: screen.page is CalibrationPage.CLOSE and screen._job is None)
    unplug(unit, port)
    app.until(lambda: app.session.says.connection == "lost")
    remote(at=port)
    app.until(lambda: app.word() == "WHERE?" and not app.session.busy)
    app.until(lambda: screen.page is CalibrationPage.FAR)
    told = app.find("calibrationTrouble")
    assert isinstance(told, QLabel)
    assert told.isVisible()
    assert told.text() == "The unit restarted, and its count is gone. Begin at the far stop again."
    app.desktop.actions.rig.say_position(2.0)
    app.until(lambda: app.session.state is State.IDLE)
    assert screen.page is CalibrationPage.FAR
    screen.go_on()
    app.until(lambda: screen.page is CalibrationPage.CLOSE and screen._job is None)
    app.window.host.close_screen()


@pytest.mark.parametrize("line", ["tcp", "pty"])
def test_unplugged_in_a_jog_and_another_chosen(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]], line: str
) -> None:
    port, unit = remote(line=line)
    app = open_desk(port)
    app.until_turned(lambda: app.session.turn(200.0), lambda: app.session.state is State.MOVING)
    unplug(unit, port)
    app.until(lambda: app.session.says.connection == "lost")
    assert "looked for" in app.says() or app.word() == "NO UNIT"
    app.desktop.actions.rig.connect_to("sim")
    app.until_state(State.IDLE, State.LOADED)
    assert app.session.says.connection == "connected"
    app.desk.edit_pull(duration_s=0.6)
    assert app.take().take.verdict.value == "good"


def test_whoever_sees_that_the_motor_has_slipped_says_where_the_ring_stands(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    """Nothing on this unit sees the ring: H goes to A and says what it must read, and the answer is typed there."""
    app = open_desk(remote()[0])
    app.desk.edit_pull(duration_s=0.6)
    assert app.take().take.verdict.usable
    app.until_state(State.IDLE, State.LOADED)
    app.session.check_slip()
    app.until(lambda: "the ring must read 2.00 m" in app.says())
    app.until_state(State.IDLE, State.LOADED)
    app.desk.prefer(units="imperial")
    app.session.check_slip()
    app.until(lambda: """the ring must read 6'7\"""" in app.says())
    app.until_state(State.IDLE, State.LOADED)
    app.session.edit(lambda: app.desk.prefer(units="metric"))
    field = app.find("positionNow")
    app.until(field.isVisible)  # once the unit has said that the ring stands
    field.setFocus()
    QTest.keyClicks(field, "1.9")
    QTest.keyClick(field, Qt.Key.Key_Return)
    app.until(lambda: app.session.status.ring_deg == pytest.approx(165.0 / 1.9, abs=0.1))
    app.until(lambda: not app.session.busy)
    assert "must read" not in app.says()
    assert not field.isVisible()
    assert app.take().take.verdict.usable
    assert app.kept[-1].take.landed_deg == pytest.approx(165.0 / 4.0, abs=0.1)


def test_the_motor_is_asked_whether_it_has_slipped(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=0.6)
    app.take()
    QTest.keyClick(app.window, Qt.Key.Key_H)
    app.until(lambda: "No slip" in app.says())

    def slip(unit: FollowFocusUnit) -> None:
        seen = unit.witness
        assert seen is not None
        unit.witness = lambda: seen() - 4 * app.desk.show.unit.rig(app.desk.lens).ring_deg_per_full_step

    app.session.bridge.ask(Job("slip", slip))
    QTest.keyClick(app.window, Qt.Key.Key_H)
    app.until(lambda: "slipped by 4 full steps" in app.says())
    assert "home it" in app.says()
    port, _ = remote()
    app.desktop.actions.rig.connect_to(port)
    app.until(lambda: app.session.says.connection == "connected" and app.session.state is State.IDLE)
    QTest.keyClick(app.window, Qt.Key.Key_H)
    app.until(lambda: "the ring must read 2.00 m" in app.says())


def test_nothing_on_the_port(open_desk: Open) -> None:
    app = open_desk("socket://127.0.0.1:9", wait=False)
    app.until(lambda: app.session.says.connection == "none")
    assert app.troubled()
    assert "no unit" in app.window.connection.state_text()
    app.session.rehearse()
    assert "no unit" in app.says()


@pytest.mark.skipif(sys.platform == "win32", reason="ptys")
def test_another_program_holds_the_port(open_desk: Open, tmp_path: Path) -> None:
    link = tmp_path / "unit"
    unit = subprocess.Popen([*COMMAND, "sim", "--pty", str(link)], stdout=subprocess.PIPE, text=True)
    assert unit.stdout is not None
    unit.stdout.readline()
    holder = unit_on(str(link))
    try:
        holder.connect()
        app = open_desk(str(link), wait=False)
        app.until(lambda: app.session.says.connection == "none")
        assert "another program" in app.says() or "in use" in app.says()
    finally:
        holder.close()
        unplug(unit, str(link))
        unit.communicate()


def test_a_unit_that_resets_asks_where_the_ring_stands(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    port, _ = remote("--fault", "reset:take1+0.3s")
    app = open_desk(port)
    app.desk.edit_pull(duration_s=1.5)
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: bool(app.kept))
    assert app.kept[0].take.verdict.value == "faulted"
    assert not app.kept[0].take.position_known
    app.until(lambda: app.session.state is State.UNREFERENCED and not app.session.busy)
    app.until(lambda: app.find("positionNow").isVisible())
    assert app.window.distance.text() == "– –"
    app.session.arm()
    assert app.word() == "WHERE?"
    field = app.find("positionNow")
    field.setFocus()
    QTest.keyClicks(field, "2.5m")
    QTest.keyClick(field, Qt.Key.Key_Return)
    app.until(lambda: app.session.state in (State.IDLE, State.LOADED))
    assert app.desk.lens.distance_m(app.session.ring_deg) == pytest.approx(2.5, abs=0.02)


def test_a_unit_that_has_lost_its_settings_says_so_until_they_are_stored(
    open_desk: Open, remote: Callable[..., tuple[str, subprocess.Popen[str]]], tmp_path: Path
) -> None:
    kept = Store(tmp_path / "unit.json")
    assert kept.write(config=dataclasses.replace(kept.kept.config, name=LOST_NAME))
    port, _ = remote("--state", str(tmp_path / "unit.json"))
    app = open_desk(port)
    app.until(lambda: LOST in app.says())
    app.desktop.actions.rig.unit_settings()
    app.press("unitMore")
    app.press("storeSettings")
    app.until(lambda: Store(tmp_path / "unit.json").kept.config.name == FACTORY_NAME)


def test_equal_marks_and_impossible_times_are_said_and_not_shot(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.set_distance(1, 2.0))
    assert "same place" in app.says()
    app.session.arm()
    assert "same place" in app.says()
    assert app.session.state is State.IDLE
    app.session.edit(lambda: app.desk.set_distance(1, 4.0))
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.05))
    app.session.arm()
    assert "is the least" in app.says()
    app.press("takeOffer")
    assert app.desk.trouble() == ""
    app.session.edit(lambda: app.desk.set_distance(0, 0.1))
    assert app.troubled()


def test_a_broken_lens_file_is_told_whole_and_changes_nothing(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    before = app.desk.show
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "followfocus-lens", "version": 1, "lens": {"name": 7, "marks": []}}')
    app.press("lens")
    screen = app.window.host.shown
    screen.read([broken])
    app.until(lambda: "Reading" not in screen.hint and screen.hint != HINT)
    assert "problems" in screen.hint
    assert "name" in screen.hint
    screen.close()
    assert app.desk.show == before


def test_a_log_that_cannot_be_written_keeps_the_take(open_desk: Open, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    app = open_desk(folder=folder)
    app.desk.edit_pull(duration_s=0.6)
    kept = app.take()
    assert kept.row == 1
    away = tmp_path / "away"
    folder.rename(away)
    kept = app.take()
    assert kept.row is None
    assert "kept here and tried again" in app.says()
    assert "not saved" in app.window.table.takes.line(0).note
    away.rename(folder)
    assert app.take().row == 3
    with TakeLog(folder / "takes.db") as log:
        assert [row.take for row in log.rows()] == [1, 2, 3]


def test_a_show_that_cannot_be_saved_is_kept_and_saved_later(open_desk: Open, tmp_path: Path) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    write_show(new_show("Day 3", load_lens("ideal-50")), folder / "day.ffshow")
    app = open_desk(show=folder / "day.ffshow")
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.3))
    away = tmp_path / "away"
    folder.rename(away)
    assert not app.desktop.document.save()
    assert "kept here and tried again" in app.says()
    away.rename(folder)
    assert app.desktop.document.save()
    assert read_show(folder / "day.ffshow").show.pulls[0].duration_s == 3.3


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of this kind there")
def test_a_full_disk_costs_neither_take_nor_show(open_desk: Open, tmp_path: Path) -> None:
    import resource

    write_show(new_show("Day 3", load_lens("ideal-50")), tmp_path / "day.ffshow")
    before = (tmp_path / "day.ffshow").read_bytes()
    app = open_desk(show=tmp_path / "day.ffshow")
    app.desk.edit_pull(duration_s=0.6)
    assert app.take().row == 1
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, old[1]))  # no file may grow beyond this
    try:
        kept = app.take()
        assert kept.row is None
        assert "kept here and tried again" in kept.trouble
        assert app.troubled()  # of the log, or of the journal, which has as little room
        app.session.edit(lambda: app.desk.edit_pull(duration_s=0.7))
        assert not app.desktop.document.save()
        assert "kept here and tried again" in app.says()
        assert (tmp_path / "day.ffshow").read_bytes() == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert app.take().row == 3
    assert app.desktop.document.save()
    assert read_show(tmp_path / "day.ffshow").show.pulls[0].duration_s == 0.7
    with TakeLog(tmp_path / "takes.db") as log:
        assert [row.take for row in log.rows()] == [1, 2, 3]


@pytest.mark.parametrize("yes", [False, True])
def test_closing_in_a_take_asks(open_desk: Open, tmp_path: Path, yes: bool) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=4.0 if yes else 1.5)
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.session.state is State.PLAYING)
    app.window.close()
    assert app.window.isVisible()
    assert app.window.question.text() == "It is playing. A take that runs is kept."
    app.press("stopAndClose" if yes else "keepPlaying")
    if yes:
        assert not app.window.isVisible()
        with TakeLog(tmp_path / "takes.db") as log:
            assert [row.verdict for row in log.rows()] == ["stopped"]
    else:
        assert app.window.isVisible()
        app.until(lambda: bool(app.kept))
        assert app.kept[0].take.verdict.value == "good"


def test_a_newer_show_opens_to_read_only(open_desk: Open, tmp_path: Path) -> None:
    path = tmp_path / "new.ffshow"
    document = json.loads(show_to_json(new_show("Later", load_lens("ideal-50")))) | {"version": 2, "hologram": 1}
    path.write_text(json.dumps(document))
    app = open_desk(show=path)
    assert "newer version 2" in app.says()
    assert app.desk.show.production == "Later"
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.0))
    assert not app.desktop.document.save()
    assert "read only" in app.says()
    assert json.loads(path.read_text()) == document
    assert app.desktop.document.save_as(tmp_path / "mine.ffshow")
    assert read_show(tmp_path / "mine.ffshow").show.pulls[0].duration_s == 3.0


def test_a_show_knows_its_unit(
    open_desk: Open, tmp_path: Path, remote: Callable[..., tuple[str, subprocess.Popen[str]]]
) -> None:
    port, _ = remote()
    path, show = tmp_path / "day.ffshow", new_show("Day 3", load_lens("ideal-50"))
    write_show(dataclasses.replace(show, unit=dataclasses.replace(show.unit, port=port)), path)
    app = open_desk(show=path)
    assert app.session.bridge.port == port
    other = open_desk("sim", folder=tmp_path / "other")
    other.desktop.actions.open_path(shutil.copy(path, tmp_path / "another day.ffshow"))
    assert other.window.message.text() == "Another unit is plugged in."
    assert port in other.session.says.warning.details
    other.press("takeOffer")
    assert other.desk.show.unit.port == "sim"
    assert other.session.says.warning.words == ""
    other.session.edit(other.desk.undo)
    other.session.arm()  # it is said, and forbids nothing
    other.until_state(State.ARMED)


def test_a_damaged_show_gives_what_can_be_saved(open_desk: Open, tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    show = new_show("Day 3", load_lens("ideal-50"))
    write_show(show, path)
    write_show(dataclasses.replace(show, production="Day 4"), path)
    path.write_text(path.read_text()[:400])
    app = open_desk(show=path)
    assert app.desk.show.production == "Day 3"
    assert "not a whole show" in app.says()


def test_what_was_open_is_open_again(open_desk: Open, tmp_path: Path) -> None:
    first = open_desk()
    first.session.edit(lambda: first.desk.edit_pull(duration_s=3.7))
    first.session.edit(lambda: first.desk.edit_mark(0, name="Änna"))
    first.window.close()
    second = open_desk(folder=tmp_path)
    assert second.desk.pull.duration_s == 3.7
    assert second.desk.pull.marks[0].name == "Änna"


_CRASH = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from followfocus_gui.app import open_desk
application = QApplication([])
desktop = open_desk(application, "sim", Path(sys.argv[1]))
desktop.window.show()
desk, session = desktop.session.desk, desktop.session
session.edit(lambda: desk.edit_pull(duration_s=2.9))

def noted():
    if (Path(sys.argv[1]) / ".untitled.ffshow.journal").exists():
        print("noted", flush=True)

watch = QTimer()
watch.timeout.connect(noted)
watch.start(50)
application.exec()
"""


def test_a_crash_costs_no_edit(open_desk: Open, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-W", "ignore", "-c", _CRASH, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as crashing:
        assert crashing.stdout is not None
        assert crashing.stdout.readline().strip() == "noted"
        crashing.send_signal(signal.SIGKILL)
    app = open_desk(folder=tmp_path)
    assert app.desk.pull.duration_s == 2.9
    assert "are back" in app.says()


def test_a_fault_of_the_program_is_said_and_stop_still_works(open_desk: Open, caplog: pytest.LogCaptureFixture) -> None:
    app = open_desk()

    def broken(_unit: object) -> object:
        raise ZeroDivisionError

    app.session.bridge.ask(Job("odd", broken))
    app.until(lambda: "tripped" in app.says())
    assert "ZeroDivisionError" in caplog.text
    app.press("copyDetails")
    app.desk.edit_pull(duration_s=0.6)
    assert app.take().take.verdict.value == "good"


def test_the_bridge_ends_its_thread_whatever_is_on_the_port() -> None:
    from followfocus.motion.motor import DEFAULT_RIG

    for port in ("sim", "socket://127.0.0.1:9", ""):
        bridge = UnitBridge(port, DEFAULT_RIG)
        bridge.start()
        bridge.close()
        assert not bridge.alive, port


def test_what_nobody_expected_is_said_and_logged(open_desk: Open, caplog: pytest.LogCaptureFixture) -> None:
    app = open_desk()
    try:
        raise LookupError("odd")
    except LookupError as error:
        tell_fault(app.session, Path("followfocus.log"), LookupError, error, error.__traceback__)
    assert "LookupError" in app.says()
    assert "followfocus.log" in app.says()
    assert "odd" in caplog.text


def test_what_a_screen_says_is_read_whatever_speaks_against_the_pull(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.05))
    assert app.troubled()
    app.desktop.actions.rig.map_lens(None)
    screen = app.window.host.shown
    assert screen is not None
    app.session.go()
    screen.say("Give the lens a name, such as Cooke S4 40.")
    assert "Give the lens a name" in app.window.message.shown()


def test_a_refusal_goes_with_the_next_edit(open_desk: Open) -> None:
    app = open_desk()
    app.session.go()
    assert "arm first" in app.says()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.0))
    assert "arm first" not in app.says()


def test_without_a_unit_arm_and_go_say_what_to_do(open_desk: Open) -> None:
    app = open_desk()
    app.session.bridge.disconnect_unit()
    app.until(lambda: app.word() == "NO UNIT")
    app.session.arm()
    assert app.says() == "There is no unit: check cable and power."
    app.session.go()
    assert app.says() == "Nothing moved. There is no unit: check cable and power."


def test_a_slip_is_looked_for_only_with_a_pull_that_can_be_shot(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.05))
    app.session.check_slip()
    assert app.says().startswith("Too quick:")
