# SPDX-License-Identifier: MIT
"""Unit, calibration and ports, by what they do; by real keys and mouse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import ShowUnit, new_show
from followfocus.unit.calibration import Calibration, CalibrationStore
from followfocus.unit.connect import Found
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.messages import State
from followfocus.wire.serialport import PortEntry
from followfocus_gui.screens.calibration import TURNING, CalibrationScreen
from followfocus_gui.screens.unit import UnitScreen
from followfocus_gui.state.calibrating import CalibrationPage
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.holds import holds_words
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.port_watch import SIMULATED, PortWatch
from tests.gui.conftest import Opened
from tests.stage.scenarios import two_lenses

Open = Callable[..., Opened]
KEY = Qt.Key


def label(app: Opened, name: str) -> str:
    found = app.window.findChild(QLabel, name)
    assert found is not None, name
    return found.text()


def focused() -> object:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def unit_screen(app: Opened) -> UnitScreen:
    app.desktop.actions.rig.unit_settings()
    screen = app.window.host.shown
    assert isinstance(screen, UnitScreen)
    return screen


def calibration(app: Opened) -> CalibrationScreen:
    app.desktop.actions.rig.calibrate()
    screen = app.window.host.shown
    assert isinstance(screen, CalibrationScreen)
    app.until(lambda: screen._attempt is not None)
    return screen


def write(app: Opened, name: str, text: str) -> None:
    field = app.find(name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, KEY.Key_Return)


def test_a_preset_is_taken_at_once_and_what_follows_is_said(open_desk: Open) -> None:
    app = open_desk()
    unit_screen(app)
    assert "600°/s, with nine times the force needed" in label(app, "unitFollows")
    app.press("supply_0")
    app.press("gear_2")
    assert (app.desk.show.unit.volts, app.desk.show.unit.motor_teeth) == (12.0, 64)
    assert "nine times" not in label(app, "unitFollows")
    app.press("motor_0")
    assert app.desk.show.unit.motor == "sy28sth45-0674a"
    QTest.keyClick(app.window, KEY.Key_Escape)
    assert app.window.host.shown is None


def test_unit_settings_go_to_the_show_and_the_unit(open_desk: Open) -> None:
    app = open_desk()
    screen = unit_screen(app)
    assert not screen.advanced.isVisible()
    app.press("unitMore")
    assert screen.advanced.isVisible()
    app.until(lambda: app.find("armedSilence").isEnabled())
    write(app, "motorTeeth", "x")
    assert "in force" in screen.hint
    assert app.desk.show.unit.motor_teeth == 50
    write(app, "motorTeeth", "40")
    screen.advanced.set_text("linkLoss", "slow_down")
    write(app, "armedSilence", "300")
    screen.advanced.set_text("stopInput", "HOME_SWITCH")
    assert (app.desk.show.unit.motor_teeth, app.desk.show.unit.link_loss) == (40, "slow_down")
    unit = app.session.bridge.unit
    assert unit is not None
    app.until(lambda: unit.config.stop_input.name == "HOME_SWITCH")
    QTest.keyClick(app.window, KEY.Key_Escape)
    app.session.back_to_one()
    app.until_state(State.LOADED)
    assert unit.config.motor_teeth == 40
    assert unit.config.take_silence.name == "SLOW_DOWN"
    assert unit.config.stop_input.name == "HOME_SWITCH"
    assert unit.safety.armed_silence_s == 300


def test_a_quarter_turn_says_that_all_is_right(open_desk: Open) -> None:
    app = open_desk()
    unit_screen(app)
    began_deg: list[float] = []

    def turn() -> None:
        began_deg.append(app.session.ring_deg)
        app.press("turnQuarter")

    app.until_turned(turn, lambda: "are right" in label(app, "quarterWords"))
    assert app.session.ring_deg == pytest.approx(began_deg[-1] + 90.0, abs=0.2)


def test_wiping_the_unit_asks_beside_the_button(open_desk: Open) -> None:
    app = open_desk()
    unit_screen(app)
    app.press("unitMore")
    asked: list[str] = []
    app.session.bridge.finished.connect(lambda job, _answer: asked.append(job.what))
    app.press("factoryReset")
    app.press("factoryKeep")
    assert app.find("factoryReset").isVisible()
    app.press("factoryReset")
    app.press("factoryWipe")
    app.until(lambda: "factory settings" in asked)


def test_no_stop_is_taken_from_a_ring_that_turns(open_desk: Open) -> None:
    app = open_desk()
    screen = calibration(app)
    QTest.mousePress(screen.words.jogs.buttons[2], Qt.MouseButton.LeftButton)
    app.until(lambda: app.session.state is State.MOVING)
    screen.go_on()
    assert "The ring is turning" in screen.hint
    QTest.mouseRelease(screen.words.jogs.buttons[2], Qt.MouseButton.LeftButton)
    app.until_state(State.IDLE)
    screen.say(TURNING)
    # Asked for already, and nothing of it was heard yet: the unit itself is asked.
    app.session.bridge.ask(Job("jog", lambda unit: unit.jog(40.0), by_hand=True))
    screen.go_on()
    app.until(lambda: "The ring is turning" in screen.hint)
    assert screen.page is CalibrationPage.FAR
    app.session.bridge.ask(Job("jog", lambda unit: unit.jog(0.0), by_hand=True))
    app.until_state(State.MOVING)
    app.until_state(State.IDLE)
    screen.go_on()
    app.until(lambda: screen.page is CalibrationPage.CLOSE)


def test_calibration_by_keys_finds_span_and_play(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    screen = calibration(app)
    assert app.session.status_now().ring_deg is None
    assert screen.picture.shown.turned_deg is None
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: screen.page is CalibrationPage.CLOSE)
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: "hardly turned" in label(app, "calibrationTrouble"))
    app.turn(300.0)
    assert screen.picture.shown.turned_deg == pytest.approx(300.0, abs=0.5)
    assert app.session.status_now().ring_deg is None
    known: list[bool] = []
    screen.doubted.connect(lambda on: on or known.append(screen._job is None))
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: screen.page is CalibrationPage.KEEP)
    assert known == [True]  # not while another gear is being set, when the unit itself knows of no place
    assert app.session.status_now().ring_deg is not None
    assert "fits 50 teeth" in app.find("calibrationFact2").accessibleName()
    QTest.keyClicks(focused(), "K0815")
    app.find("calibrationNote").setFocus()
    QTest.keyClicks(app.find("calibrationNote"), "12 °C, night")
    QTest.keyClick(app.find("calibrationNote"), KEY.Key_Return)
    app.until(lambda: app.window.host.shown is None)
    assert app.desk.lens.serial == "K0815"
    kept = CalibrationStore(tmp_path / "calibrations").load(app.desk.lens)
    assert kept is not None
    assert kept.note == "12 °C, night"
    rig = app.desk.show.unit.rig(app.desk.lens)
    assert "noted: 12 °C, night" in holds_words(kept, app.desk.lens, rig, "", kept.at_utc_s)[0]
    assert kept.motor_teeth == 50
    assert kept.lash_deg == pytest.approx(0.05, abs=0.12)
    assert "Calibrated" in app.says()


def test_stop_stops_the_ring_in_a_calibration_and_cancel_puts_everything_back(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    before = app.session.ring_deg
    screen = calibration(app)
    QTest.keyPress(focused(), KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    app.until(lambda: app.session.ring_deg - before > 2.0)
    assert app.find("stop").isEnabled()
    app.press("stop")
    app.until(lambda: app.session.state is State.IDLE)
    assert not screen.words.jogs.turning
    QTest.keyRelease(focused(), KEY.Key_Right)
    turned = app.session.ring_deg - before
    assert turned > 1.0
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: screen.page is CalibrationPage.CLOSE)
    assert app.session.ring_deg == 0.0
    app.press("calibrationCancel")
    assert app.window.host.shown is None
    app.until(lambda: abs(app.session.ring_deg - before - turned) < 0.1)
    assert app.session.status_now().ring_deg is not None
    assert not (tmp_path / "calibrations").exists()


@pytest.mark.parametrize("keeps", [False, True])
def test_a_calibration_says_where_the_ring_of_its_own_lens_is(
    open_desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool
) -> None:
    """Kept, the place is of the lens that was calibrated; cancelled, it is of the one before, as it was."""
    monkeypatch.setattr(UnitInfo, "on_bench", property(lambda _info: False))
    app = open_desk(wait=False)
    app.until_state(State.UNREFERENCED)
    write_show(two_lenses(), tmp_path / "two.ffshow")
    app.desktop.actions.open_path(tmp_path / "two.ffshow")
    app.session.set_position(82.5)  # the motor takes hold, and asks to look again
    app.until(lambda: "Look again" in app.says())
    app.session.set_position(82.5)
    app.until_state(State.IDLE)
    app.session.choose_cue(1)
    app.until_state(State.UNREFERENCED)
    screen = calibration(app)
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: screen.page is CalibrationPage.CLOSE)
    if keeps:
        app.session.bridge.ask(Job("turn", lambda unit: unit.goto_deg(app.desk.lens.travel_deg)))
        app.until(lambda: (screen.picture.shown.turned_deg or 0.0) > app.desk.lens.travel_deg - 0.5)
        QTest.keyClick(focused(), KEY.Key_Return)
        app.until(lambda: screen.page is CalibrationPage.KEEP)
        QTest.keyClick(focused(), KEY.Key_Return)
    else:
        app.press("calibrationCancel")
    app.until(lambda: app.window.host.shown is None)
    app.until_state(State.IDLE if keeps else State.UNREFERENCED)
    app.session.choose_cue(0)
    app.until_state(State.UNREFERENCED if keeps else State.IDLE)


def test_the_ring_slows_by_itself_near_the_close_stop(open_desk: Open) -> None:
    app = open_desk()
    screen = calibration(app)
    QTest.keyClick(focused(), KEY.Key_Return)
    app.until(lambda: screen.page is CalibrationPage.CLOSE)
    app.turn(280.0)
    assert screen._now.slowed(40.0, 6.0) == 6.0
    assert screen._now.slowed(-40.0, 6.0) == -6.0
    app.turn(100.0)
    assert screen._now.slowed(40.0, 6.0) == 40.0


KEPT = Calibration("ideal-50", "", "SIM00001", 300.0, 8667, 40, -1, 0.3, 1_763_000_000.0)


def told(open_desk: Open, folder: Path, show: Path | None = None) -> tuple[Opened, list[str]]:
    CalibrationStore(folder / "calibrations").save(load_lens("ideal-50"), KEPT)
    said: list[str] = []
    app = open_desk(show=show, folder=folder, wait=False)
    app.session.said.connect(said.append)
    app.until(lambda: any("calibrated" in words.lower() for words in said))
    return app, said


def test_a_kept_calibration_is_what_a_new_show_is_set_to(open_desk: Open, tmp_path: Path) -> None:
    app, said = told(open_desk, tmp_path)
    unit, lens = app.desk.show.unit, app.desk.lens
    assert (unit.motor_teeth, unit.direction * lens.direction, unit.lash_deg) == KEPT.gear
    assert not any("not in force" in words for words in said)


def test_a_kept_calibration_does_not_overrule_what_somebody_chose(open_desk: Open, tmp_path: Path) -> None:
    desk = Desk.new()
    desk.edit(unit=dataclasses.replace(desk.show.unit, motor_teeth=60))
    show = tmp_path / "chosen.ffshow"
    write_show(desk.show, show)
    app, said = told(open_desk, tmp_path / "data", show)
    assert app.desk.show.unit.motor_teeth == 60
    assert any("not in force" in words for words in said)


@pytest.mark.parametrize("how", ["another show", "a cue"])
@pytest.mark.parametrize("chosen", [False, True])
def test_a_lens_that_comes_with_a_show_or_a_cue_has_its_calibration_too(
    open_desk: Open, tmp_path: Path, how: str, chosen: bool
) -> None:
    """As one out of the library: put in force, or said why not."""
    other = load_lens("ideal-85")
    kept = dataclasses.replace(KEPT, lens=other.name, travel_deg=other.travel_deg)
    CalibrationStore(tmp_path / "calibrations").save(other, kept)
    app = open_desk(folder=tmp_path)
    said: list[str] = []
    app.session.said.connect(said.append)
    unit = ShowUnit(motor_teeth=60) if chosen else ShowUnit()
    show = new_show("", other) if how == "another show" else two_lenses()
    write_show(dataclasses.replace(show, unit=unit), tmp_path / "other.ffshow")
    app.desktop.actions.open_path(tmp_path / "other.ffshow")
    if how == "a cue":
        app.session.choose_cue(1)
    app.until(lambda: any("calibrated" in words.lower() for words in said))
    assert app.desk.lens.name == other.name
    assert app.desk.show.unit.motor_teeth == (60 if chosen else 40)
    assert any("not in force" in words for words in said) == chosen


def test_ports_come_and_go_and_one_in_use_is_not_asked() -> None:
    there = [PortEntry("/dev/ttyUSB0", "CH340", "1a86:7523:")]
    asked: list[str] = []

    def ask(entry: PortEntry) -> Found:
        asked.append(entry.device)
        return Found(entry.device, entry.description, None, "nothing answers")

    watch = PortWatch(lambda: "/dev/ttyACM0", ports=lambda: there, ask=ask)
    assert [view.port for view in watch.look()] == ["sim", "/dev/ttyUSB0"]
    there.append(PortEntry("/dev/ttyACM0", "Uno", "2341:0043:1"))
    views = watch.look()
    assert views[0] == SIMULATED
    assert views[1].words == "nothing answers"
    assert "in use" in views[2].words
    watch.look()
    assert asked == ["/dev/ttyUSB0"]
    there.clear()
    assert watch.look() == (SIMULATED,)
    there.append(PortEntry("/dev/ttyUSB0", "CH340", "1a86:7523:"))
    watch.look()
    assert asked == ["/dev/ttyUSB0"] * 2
