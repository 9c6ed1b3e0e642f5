# SPDX-License-Identifier: MIT
"""What the first pull does not need is done by keyboard too: any button, every dialog, the whole calibration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from followfocus.unit.calibration import CalibrationStore
from followfocus.wire.messages import State
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
    tab_to(app, "fastest")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert app.desk.pull.duration_s < before_s
    assert app.session.state is State.IDLE
    tab_to(app, "addCue")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert len(app.desk.show.cues) == 2


def test_tab_goes_round_everything_and_is_caught_nowhere(open_desk: Open) -> None:
    open_desk()
    reached = set()
    for _ in range(80):
        reached.add(focused().objectName())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert {"slate", "lens", "connection", "menu", "ringDisk", "distanceA", "goToB", "lockA", "addMark"} <= reached
    assert {"durationS", "go", "stop", "takes", "cues", "cueMode", "addCue"} <= reached


def test_a_button_that_was_clicked_does_not_take_return_from_arm(open_desk: Open) -> None:
    app = open_desk()
    app.press("register_slow")
    assert focused().objectName() == "register_slow"
    duration_s = app.desk.pull.duration_s
    app.session.edit(lambda: app.desk.edit_pull(duration_s=duration_s + 0.5))
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until_state(State.ARMED)
    assert app.desk.pull.duration_s == duration_s + 0.5


def test_return_presses_a_dialogs_button_and_space_never_does(open_desk: Open) -> None:
    app = open_desk()
    QTest.keyClick(app.window.disk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(app, "lensDialog")
    use = dialog.findChild(QPushButton, "useLens")
    assert use is not None
    use.setFocus()
    QTest.keyClick(use, Qt.Key.Key_Space)
    assert dialog.isVisible()
    assert "close this first" in app.says()
    QTest.keyClick(use, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def hold(app: Opened, key: Qt.Key, so: Callable[[], bool], modifier: Qt.KeyboardModifier) -> None:
    """Hold a key until something is so, then let go and wait for the ring to stand."""
    where = focused()
    QTest.keyPress(where, key, modifier)
    app.until(so)
    QTest.keyRelease(where, key, modifier)
    app.until_state(State.IDLE, State.LOADED)


def test_the_calibration_by_keyboard_only(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desktop.actions.rig.calibrate()
    dialog = dialog_of(app, "calibrationDialog")
    step, words = dialog.findChild(QLabel, "calibrationStep"), dialog.findChild(QLabel, "calibrationWords")
    assert step is not None
    assert words is not None
    shift = Qt.KeyboardModifier.ShiftModifier
    unit = app.session.bridge._unit
    assert unit is not None
    witness = unit.witness
    assert witness is not None
    hold(app, Qt.Key.Key_Left, lambda: witness() < 0.2, shift)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until(lambda: step.text().startswith("2 of 5"))
    hold(app, Qt.Key.Key_Right, lambda: app.session.ring_deg > 299.7, shift)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until(lambda: step.text().startswith("3 of 5"))
    assert "50 teeth" in words.text()
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until(lambda: step.text().startswith("4 of 5"))
    before_deg = app.session.ring_deg
    QTest.keyClick(focused(), Qt.Key.Key_Left)
    app.until(
        lambda: app.session.ring_deg < before_deg and dialog.findChild(QPushButton, "calibrationNext").isEnabled()
    )
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    app.until(lambda: step.text().startswith("5 of 5"))
    serial = focused()
    assert isinstance(serial, QLineEdit)
    QTest.keyClicks(serial, "K0815")
    QTest.keyClick(serial, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    kept = CalibrationStore(tmp_path / "calibrations").load(app.desk.lens)
    assert kept is not None
    assert (kept.motor_teeth, kept.direction, kept.lens_serial) == (50, 1, "K0815")


def test_escape_stops_an_arrow_that_is_still_held(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.rig.calibrate()
    dialog = dialog_of(app, "calibrationDialog")
    jog = dialog.findChild(QPushButton, "jogOn")
    assert jog is not None
    QTest.mousePress(jog, Qt.MouseButton.LeftButton)
    app.until(lambda: app.session.state is State.MOVING)
    QTest.keyClick(jog, Qt.Key.Key_Escape)
    app.until_state(State.IDLE, State.LOADED)
    here_deg = app.session.ring_deg
    app.qtbot.wait(400)  # three times as long as a held arrow takes to ask again
    assert app.session.state in (State.IDLE, State.LOADED)
    assert app.session.ring_deg == pytest.approx(here_deg, abs=0.01)
    QTest.mouseRelease(jog, Qt.MouseButton.LeftButton)
    dialog.close()
