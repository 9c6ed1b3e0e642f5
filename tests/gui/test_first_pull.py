"""A first pull on the simulated unit as a person does it, by keyboard or mouse only; and what must never happen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from followfocus.messages import State
from followfocus.takes import Take
from followfocus_gui import theme
from followfocus_gui.window import DeskWindow

WAIT_MS = 30_000
Opened = tuple[DeskWindow, list[Take]]
CONTRACT = (
    "ringDisk", "markA", "markB", "durationS", "easing", "rehearse", "arm", "go", "stop", "backToOne", "takes",
    "connection", "distanceReadout",
)  # fmt: skip


def _find(window: DeskWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def _says(window: DeskWindow) -> str:
    label = window.findChild(QLabel, "message")
    assert label is not None
    return label.text()


def _press(window: DeskWindow, name: str) -> None:
    button = _find(window, name)
    assert isinstance(button, QPushButton)
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_every_control_has_its_names(open_desk: Callable[[], Opened]) -> None:
    window, _ = open_desk()
    for name in CONTRACT:
        assert _find(window, name).accessibleName(), name
    for button in window.findChildren(QPushButton):
        assert button.objectName(), button.text()
        assert button.accessibleName(), button.objectName()


def test_by_keyboard_only(open_desk: Callable[[], Opened], qtbot: QtBot) -> None:
    window, kept = open_desk()
    window.disk.setFocus()
    field = window.findChild(QLineEdit, "durationS")
    assert field is not None
    field.setFocus()
    QTest.keyClicks(field, "12f")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.desk.state.duration_s == 0.5
    window.disk.setFocus()
    QTest.keyClick(window.disk, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.unit_state() is State.ARMED, timeout=WAIT_MS)
    QTest.keyClick(window.disk, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT_MS)
    assert kept[0].verdict.value == "good"
    assert kept[0].duration_error_ms == pytest.approx(0.0, abs=0.01)
    assert window.table.takes.rowCount() == 1


def test_by_mouse_only(open_desk: Callable[[], Opened], qtbot: QtBot) -> None:
    window, kept = open_desk()
    _press(window, "register_snap")
    window.desk.edit(duration_s=0.6)
    window.refresh()
    _press(window, "arm")
    qtbot.waitUntil(lambda: window.unit_state() is State.ARMED, timeout=WAIT_MS)
    _press(window, "go")
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT_MS)
    assert kept[0].verdict.value == "good"


def test_go_does_nothing_unarmed_and_says_why(open_desk: Callable[[], Opened]) -> None:
    window, kept = open_desk()
    QTest.keyClick(window.disk, Qt.Key.Key_Space)
    assert "Not armed" in _says(window)
    assert window.unit_state() is State.IDLE
    assert not kept


def test_escape_stops_from_a_field_and_the_take_is_kept(open_desk: Callable[[], Opened], qtbot: QtBot) -> None:
    window, kept = open_desk()
    window.desk.edit(duration_s=20.0)
    window.refresh()
    window.arm()
    qtbot.waitUntil(lambda: window.unit_state() is State.ARMED, timeout=WAIT_MS)
    window.go()
    qtbot.waitUntil(lambda: window.unit_state() is State.PLAYING, timeout=WAIT_MS)
    field = window.findChild(QLineEdit, "nameA")
    assert field is not None
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT_MS)
    assert kept[0].verdict.value == "stopped"
    assert kept[0].position_known


def test_nothing_can_be_changed_while_armed(open_desk: Callable[[], Opened], qtbot: QtBot) -> None:
    window, _ = open_desk()
    window.arm()
    qtbot.waitUntil(lambda: window.unit_state() is State.ARMED, timeout=WAIT_MS)
    before = window.desk.state
    _press(window, "register_slow")
    assert window.desk.state == before
    assert "while armed" in _says(window)
    _press(window, "arm")
    qtbot.waitUntil(lambda: window.unit_state() is State.LOADED, timeout=WAIT_MS)


def test_the_ring_follows_a_dragged_needle(open_desk: Callable[[], Opened], qtbot: QtBot) -> None:
    window, _ = open_desk()
    disk = window.disk
    start = disk.point(20.0, 0.6).toPoint()
    QTest.mousePress(disk, Qt.MouseButton.LeftButton, pos=start)
    for degrees in range(20, 61, 2):
        QTest.mouseMove(disk, disk.point(float(degrees), 0.6).toPoint())
    QTest.mouseRelease(disk, Qt.MouseButton.LeftButton, pos=disk.point(60.0, 0.6).toPoint())
    qtbot.waitUntil(lambda: window.unit_state() is State.IDLE and abs(window.ring_deg() - 40.0) < 1.5, timeout=WAIT_MS)
    assert disk.mapToGlobal(QPoint(0, 0)) is not None


@pytest.mark.parametrize("name", ["dark", "red", "bright"])
def test_every_theme_draws_the_disk_against_its_ground(
    name: theme.ThemeName, open_desk: Callable[[], Opened], qapp: QApplication, tmp_path: Path
) -> None:
    window, _ = open_desk()
    theme.apply(qapp, name)
    picture = tmp_path / f"{name}.png"
    assert window.save_picture(picture)
    image = QImage(str(picture))
    ground = image.pixelColor(2, image.height() - 2).lightnessF()
    disk = window.disk.mapTo(window, window.disk.point(200.0, 0.6).toPoint())
    assert abs(image.pixelColor(disk).lightnessF() - ground) > 0.03
