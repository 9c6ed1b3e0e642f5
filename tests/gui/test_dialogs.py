# SPDX-License-Identifier: MIT
"""The dialogs, by what they do: lenses, calibration, unit, slate, cues, ports."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QLineEdit, QListWidget, QTableWidget
from pytestqt.qtbot import QtBot

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.slate import Slate
from followfocus.unit.calibration import Calibration, CalibrationStore
from followfocus.unit.connect import Found
from followfocus.wire.messages import State
from followfocus.wire.serialport import PortEntry
from followfocus_gui.screens.slate import SlateDialog
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.lens_library import LensLibrary, MapEdit
from followfocus_gui.widgets.port_watch import SIMULATED, PortWatch
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


def dialog_of(app: Opened, name: str) -> QDialog:
    found = app.window.findChild(QDialog, name)
    assert found is not None, name
    return found


def ok(dialog: QDialog) -> None:
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    box.button(QDialogButtonBox.StandardButton.Ok).click()


def line(dialog: QDialog, name: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, name)
    assert found is not None, name
    return found


def test_the_slate_is_written_and_counts_on(open_desk: Open) -> None:
    app = open_desk()
    app.press("slate")
    dialog = dialog_of(app, "slateDialog")
    line(dialog, "production").setText("Überfahrt")
    shot = line(dialog, "shot")
    shot.setText("27I")
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    assert not box.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    shot.setText("27C PU")
    line(dialog, "take").setText("4")
    ok(dialog)
    assert str(app.desk.show.slate) == "27C take 4" or "27C" in app.desk.show.slate.shot
    assert app.desk.show.production == "Überfahrt"
    QTest.keyClick(app.window.disk, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert str(app.desk.show.slate) == "27D take 1"


@pytest.mark.parametrize("slate", [Slate("3A"), Slate("3A", setup=1, take=4), Slate("12-4", kind="pickup", mos=True)])
def test_a_slate_that_is_only_confirmed_stays(qtbot: QtBot, slate: Slate) -> None:
    dialog = SlateDialog(dataclasses.replace(Desk.new().show, slate=slate))
    qtbot.addWidget(dialog)
    assert dialog.show_made().slate == slate


def test_a_scene_with_a_letter_is_a_scene(qtbot: QtBot) -> None:
    dialog = SlateDialog(Desk.new().show)
    qtbot.addWidget(dialog)
    scene = line(dialog, "scene")
    scene.selectAll()
    QTest.keyClicks(scene, "3A")
    made = dialog.show_made().slate
    assert (made.scene, made.shot, made.next_setup().shot) == ("3A", "3A", "3AA")
    line(dialog, "shot").setText("3AB tk 4 PU")
    assert str(dialog.show_made().slate) == "3AB PU take 4"


def test_a_british_slate_is_taken_as_it_is_called(qtbot: QtBot) -> None:
    dialog = SlateDialog(dataclasses.replace(Desk.new().show, slate=Slate("27", system="british", slate=412)))
    qtbot.addWidget(dialog)
    shot = line(dialog, "shot")
    assert shot.text() == "412"
    QTest.keyClicks(line(dialog, "scene"), "B")
    assert str(dialog.show_made().slate) == "slate 412 take 1"
    shot.setText("slate 413")
    made = dialog.show_made().slate
    assert (str(made), made.scene) == ("slate 413 take 1", line(dialog, "scene").text())
    shot.setText("next one")
    with pytest.raises(RequestError, match="no British slate"):
        dialog.show_made()


def test_a_cue_gets_its_lead_and_follow_on(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.edit_cue(0)
    dialog = dialog_of(app, "cueDialog")
    line(dialog, "cueName").setText("enters")
    line(dialog, "cueLead").setText("1s+12f")
    line(dialog, "cueFollow").setText("2 s")
    ok(dialog)
    cue = app.desk.cue
    assert (cue.name, cue.lead_s, cue.follow_s) == ("enters", 1.5, 2.0)


def test_unit_settings_go_to_the_show_and_the_unit(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.rig.unit_settings()
    dialog = dialog_of(app, "unitDialog")
    line(dialog, "motorTeeth").setText("x")
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    assert not box.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    line(dialog, "motorTeeth").setText("40")
    loss = dialog.findChild(QComboBox, "linkLoss")
    assert loss is not None
    loss.setCurrentIndex(1)
    app.until(lambda: line(dialog, "armedSilence").isEnabled())
    assert line(dialog, "armedSilence").text() == "120"
    line(dialog, "armedSilence").setText("300")
    stops = dialog.findChild(QComboBox, "stopInput")
    assert stops is not None
    stops.setCurrentIndex(stops.findData("HOME_SWITCH"))
    ok(dialog)
    assert (app.desk.show.unit.motor_teeth, app.desk.show.unit.link_loss) == (40, "slow_down")
    app.session.back_to_one()
    app.until_state(State.LOADED)
    unit = app.session.bridge._unit
    assert unit is not None
    assert unit.config.motor_teeth == 40
    assert unit.config.take_silence.name == "SLOW_DOWN"
    assert unit.config.stop_input.name == "HOME_SWITCH"
    assert unit.safety.armed_silence_s == 300


def test_lenses_are_searched_edited_doubted_and_kept(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desktop.actions.rig.choose_lens()
    dialog = dialog_of(app, "lensDialog")
    names = dialog.findChild(QListWidget, "lensList")
    marks = dialog.findChild(QTableWidget, "lensMarks")
    doubts = dialog.findChild(QLabel, "lensDoubts")
    assert names is not None
    assert marks is not None
    assert doubts is not None
    line(dialog, "lensSearch").setText("arri 40")
    assert names.count() == 1
    names.setCurrentRow(0)
    rows = marks.rowCount()
    assert rows > 4
    dialog.set_ring(91.0)  # type: ignore[attr-defined]
    item = marks.item(rows // 2, 1)
    assert item is not None
    before = item.text()
    item.setText("0.3 m")
    assert doubts.text().startswith("⚠")
    dialog.undo()  # type: ignore[attr-defined]
    again = marks.item(rows // 2, 1)
    assert again is not None
    assert again.text() == before
    line(dialog, "lensSerial").setText("K0815")
    dialog.save()  # type: ignore[attr-defined]
    assert LensLibrary(tmp_path / "lenses").load("arri-signature-prime-40").serial == "K0815"
    dialog.use()  # type: ignore[attr-defined]
    assert app.desk.lens.serial == "K0815"
    assert app.desk.lens.distance_m(app.desk.pull.marks[1].ring_deg) == pytest.approx(4.0, abs=0.01)


def test_a_map_is_edited_and_every_change_undone() -> None:
    edit = MapEdit(load_lens("ideal-50"))
    first = edit.lens
    edit.put(150.0, 1.1)
    edit.put(150.2, 1.1)
    assert len(edit.lens.marks) == 3
    edit.remove(1)
    with pytest.raises(RequestError, match="two marks"):
        edit.remove(0)
    while edit.undo():
        pass
    assert edit.lens == first


KEPT = Calibration("ideal-50", "", "SIM00001", 300.0, 8667, 40, -1, 0.3, 1_763_000_000.0)


def told(open_desk: Open, folder: Path, show: Path | None = None) -> tuple[Opened, list[str]]:
    CalibrationStore(folder / "calibrations").save(load_lens("ideal-50"), KEPT)
    said: list[str] = []
    app = open_desk(show=show, folder=folder, wait=False)
    app.session.said.connect(said.append)
    app.until(lambda: any("calibration" in words for words in said))
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


def test_calibration_by_buttons_finds_span_and_lash(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desktop.actions.rig.calibrate()
    dialog = dialog_of(app, "calibrationDialog")
    said = dialog.findChild(QLabel, "calibrationStep")
    words = dialog.findChild(QLabel, "calibrationWords")
    assert said is not None
    assert words is not None
    go_on: Callable[[], None] = dialog.go_on  # type: ignore[attr-defined]
    assert said.text().startswith("1 of 5")
    go_on()
    app.until(lambda: said.text().startswith("2 of 5"))
    go_on()
    app.until(lambda: "hardly turned" in words.text())
    app.session.turn(300.0)
    app.until(lambda: app.session.state is not State.MOVING and app.session.ring_deg > 299.9)
    go_on()
    app.until(lambda: said.text().startswith("3 of 5"))
    assert "50 teeth" in words.text()
    go_on()
    app.until(lambda: said.text().startswith("4 of 5"))
    dialog.more()  # type: ignore[attr-defined]
    app.until(lambda: dialog._job is None)  # type: ignore[attr-defined]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    app.until(lambda: app.session.state in (State.IDLE, State.LOADED))
    dialog.skip()  # type: ignore[attr-defined]
    assert said.text().startswith("5 of 5")
    line(dialog, "calibrationSerial").setText("K0815")
    go_on()
    assert not dialog.isVisible()
    assert app.desk.lens.serial == "K0815"
    kept = CalibrationStore(tmp_path / "calibrations").load(app.desk.lens)
    assert kept is not None
    assert kept.motor_teeth == 50
    assert kept.lash_deg == pytest.approx(0.05, abs=0.12)
    assert "Calibrated" in app.says()


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
