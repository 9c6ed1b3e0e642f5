# SPDX-License-Identifier: MIT
"""Nothing that opens lies between a finger and STOP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from followfocus.wire.messages import State
from followfocus_gui.widgets import file_names
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


@pytest.mark.parametrize("size", [(1280, 800), (960, 540), (800, 1280)])
def test_the_menu_leaves_go_and_stop_to_the_finger(open_desk: Open, size: tuple[int, int]) -> None:
    app = open_desk(size=size)
    seen: list[QRect] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            seen.extend(
                menu.geometry() & QRect(button.mapToGlobal(QPoint(0, 0)), button.size())
                for button in (app.window.transport.go, app.window.transport.stop)
            )
            menu.close()

    watch = QTimer(app.window, interval=20)
    watch.timeout.connect(look)
    watch.start()
    app.press("menu")
    watch.stop()
    assert len(seen) == 2
    assert all(covered.isEmpty() for covered in seen)


def test_armed_no_dialog_lies_before_stop(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_desk()
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(file_names, "name_to_save", lambda *given: (asked.append(given), "")[1])
    app.take()
    paper = app.desktop.actions.paper
    for ask in (lambda: paper.report("camera"), paper.certificate, app.desktop.actions.save_show_as):
        app.session.arm()
        app.until_state(State.ARMED)
        ask()
        assert "Locked while armed" in app.says()
        assert not asked
        app.session.arm()
        app.until_state(State.IDLE, State.LOADED)
        ask()
        assert asked.pop()


def test_a_dialog_that_is_open_when_a_phone_arms_is_called_off(open_desk: Open) -> None:
    app, armed_under, still_there = open_desk(), list[bool](), list[str]()

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        if not armed_under:
            armed_under.append(True)
            app.session.arm()
            app.until_state(State.ARMED)
            QApplication.processEvents()
            if (dialog := QApplication.activeModalWidget()) is not None:
                still_there.append(dialog.objectName())
                dialog.close()

    watch = QTimer(app.window, interval=20)
    watch.timeout.connect(look)
    watch.start()
    app.desktop.actions.save_show_as()
    watch.stop()
    assert armed_under
    assert not still_there
    app.session.arm()
    app.until_state(State.IDLE, State.LOADED)


def test_a_press_on_stop_stops_while_the_menu_is_open(open_desk: Open) -> None:
    app = open_desk()
    app.session.arm()
    app.until_state(State.ARMED)
    stop = app.window.transport.stop
    menus: list[QMenu] = []

    def press() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            menus.append(menu)
            there = menu.mapFromGlobal(stop.mapToGlobal(stop.rect().center()))
            QTest.mousePress(menu, Qt.MouseButton.LeftButton, pos=there)
            menu.close()

    watch = QTimer(app.window, interval=20)
    watch.timeout.connect(press)
    watch.start()
    app.press("menu")
    watch.stop()
    assert len(menus) == 1
    app.until_state(State.IDLE, State.LOADED)


def test_armed_no_button_and_no_entry_of_a_menu_opens_a_dialog(open_desk: Open) -> None:
    """All of them are pressed, in whatever order they come; STOP alone isn't, nor what ends the armed state."""
    app, opened = open_desk(), list[str]()
    app.take()
    pressed = ""

    def look() -> None:
        if (dialog := QApplication.activeModalWidget()) is not None:
            opened.append(pressed)
            dialog.close()
        elif (menu := QApplication.activePopupWidget()) is not None:
            menu.close()

    watch = QTimer(app.window, interval=20)
    watch.timeout.connect(look)
    watch.start()
    buttons = [each for each in app.window.findChildren(QPushButton) if each.isVisible()]
    entries = [entry for entry in app.desktop.actions.entries() if entry is not None]
    acts = [(each.objectName(), each.click) for each in buttons] + [(each.name, each.act) for each in entries]
    with_ports = app.window.connection.list_menu()
    acts += [(action.objectName(), action.trigger) for action in with_ports.actions() if action.objectName()]
    for pressed, act in acts:
        if pressed in ("stop", "go", "arm", "backToOne", "rehearse", "checkSlip", "recordHand", "disconnect"):
            continue
        if app.session.state is not State.ARMED:
            app.session.arm()
            app.until_state(State.ARMED)
        act()
        QApplication.processEvents()
    watch.stop()
    with_ports.deleteLater()
    assert opened == []
    assert {"ownPicture", "otherPort", "openShow"} <= {name for name, _ in acts}
