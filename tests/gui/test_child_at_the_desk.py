# SPDX-License-Identifier: MIT
"""A child at the desk: keys, buttons, fields and drags at random, dialogs open or not, armed or not.

Nothing throws, and every take that comes of it is the one that was armed. What it did is in the failure's message; the
same seed does the same again, but for the time that the unit takes.
"""

from __future__ import annotations

import logging
import math
import os
import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMessageBox, QWidget

from followfocus.stage.events import Taken
from followfocus.wire.messages import State
from followfocus_gui.unit_ear import MOVING
from followfocus_gui.widgets import file_names
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
STEPS = 300
LETTERS = [*"ABCDFGHIKLMNORSTUVY123456789[],.", *"   \r\r"]
K = Qt.Key
K_NONE = Qt.KeyboardModifier.NoModifier
KEYS = [
    K.Key_Escape, K.Key_Tab, K.Key_Left, K.Key_Right, K.Key_Up, K.Key_Down, K.Key_PageUp, K.Key_PageDown,
    K.Key_Backspace, K.Key_Home, K.Key_End,
]  # fmt: skip
WITH_CONTROL = [K.Key_Z, K.Key_Z, K.Key_Y, K.Key_K, K.Key_L, K.Key_U]
TEXTS = [
    "", "2", "0", "-1", "1e9", "abc", "6'2\" + 3in", "1s+12f", "48f", "inf", "nan", "GO", "+5cm", "-2in", "T2.8", "0.3",
    "1.2m", "撮影 🎬 شركة", "x" * 300, "[b]", "<b>x</b>", "%s {0}", "1/0", "0.1",
]  # fmt: skip
MENUS = ("menu", "connection")
"""Their lists would wait for a choice"""


class Child:
    """Does one thing after another, and remembers what."""

    def __init__(self, app: Opened, seed: int) -> None:
        self.did: list[str] = []
        self._app, self._dice = app, random.Random(seed)

    def play(self) -> None:
        """One thing."""
        doings = (
            self._letter,
            self._letter,
            self._key,
            self._control,
            self._click,
            self._click,
            self._type,
            self._drag,
            self._wheel,
        )
        self._stop_and_watch() if self._dice.random() < 0.04 else self._dice.choice(doings)()
        self._app.qtbot.wait(self._dice.choice([0, 0, 5, 20, 60]))

    def _wheel(self) -> None:
        disk, notch = self._app.window.disk, self._dice.choice([-120, 120, -360, 15])
        self.did.append(f"turn the wheel by {notch}")
        at = QPointF(disk.rect().center())
        there, nothing = QPointF(disk.mapToGlobal(at)), Qt.MouseButton.NoButton
        for _ in range(self._dice.randint(1, 6)):
            turn = QWheelEvent(
                at, there, QPoint(), QPoint(0, notch), nothing, K_NONE, Qt.ScrollPhase.NoScrollPhase, False
            )
            QApplication.sendEvent(disk, turn)
            self._app.qtbot.wait(self._dice.choice([0, 8, 16]))

    def _stop_and_watch(self) -> None:
        """STOP; what is under way is heard of, and ends; then nothing moves, and nothing is armed."""
        self.did.append("Esc, and watch")
        session = self._app.session
        QTest.keyClick(self._app.window, K.Key_Escape)
        self._app.qtbot.wait(150)
        self._app.until(lambda: session.state not in MOVING)
        stood_deg = session.ring_deg
        self._app.qtbot.wait(250)
        assert session.state not in (State.ARMED, *MOVING), "\n".join(self.did[-30:])
        assert session.ring_deg == stood_deg or math.isnan(stood_deg), "\n".join(self.did[-30:])

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._app.window

    def _shown(self) -> QWidget:
        return self._dice.choice([widget for widget in QApplication.topLevelWidgets() if widget.isVisible()])

    def _letter(self) -> None:
        letter, focus = self._dice.choice(LETTERS), self._focus()
        self.did.append(f"press {letter!r} on {focus.objectName()}")
        QTest.keyClicks(focus, letter)

    def _key(self) -> None:
        key, focus = self._dice.choice(KEYS), self._focus()
        shift = self._dice.choice([Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
        self.did.append(f"press {shift.name} {key.name} on {focus.objectName()}")
        QTest.keyClick(focus, key, shift)

    def _control(self) -> None:
        key = self._dice.choice(WITH_CONTROL)
        self.did.append(f"press Ctrl {key.name}")
        QTest.keyClick(self._app.window, key, Qt.KeyboardModifier.ControlModifier)

    def _click(self) -> None:
        found = self._shown().findChildren(QAbstractButton)
        buttons = [one for one in found if one.isVisible() and one.isEnabled() and one.objectName() not in MENUS]
        if buttons:
            button = self._dice.choice(buttons)
            self.did.append(f"click {button.objectName()} “{button.text()}”")
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _type(self) -> None:
        fields = [one for one in self._shown().findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]
        if fields:
            field, text = self._dice.choice(fields), self._dice.choice(TEXTS)
            self.did.append(f"type {text!r} into {field.objectName()}")
            field.setFocus()
            field.selectAll()
            field.insert(text)
            QTest.keyClick(field, K.Key_Return)

    def _drag(self) -> None:
        window = self._app.window
        widget: QWidget = self._dice.choice([window.disk, window.curve, window.strip])
        places = [QPoint(self._dice.randrange(widget.width()), self._dice.randrange(widget.height())) for _ in range(4)]
        self.did.append(f"drag over {widget.objectName()} from {places[0].x()}, {places[0].y()}")
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.mark.parametrize("seed", [17, 18, 20] if os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full" else [17])
def test_a_child_at_the_desk(
    open_desk: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    for name in ("name_to_open", "name_to_save"):
        monkeypatch.setattr(file_names, name, lambda *_: "")
    monkeypatch.setattr(file_names, "names_to_open", lambda *_: [])
    monkeypatch.setattr(QMessageBox, "question", lambda *_a, **_k: QMessageBox.StandardButton.No)
    app = open_desk()
    child, bad = Child(app, seed), list[Taken]()

    def judge(one: Taken) -> None:
        if one.take.verdict.value not in ("good", "stopped") and not any(
            "lost steps" in why for why in one.take.reasons
        ):
            bad.append(one)  # a motor that was given wrong gears or current may slip

    app.session.taken.connect(judge)
    for _ in range(STEPS):
        child.play()
        errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
        assert not errors, "\n".join(child.did[-30:])
        assert not bad, "\n".join([*child.did[-60:], str(bad[0].take)[:600]])
    app.session.stop()
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget is not app.window:
            widget.close()
    app.until(lambda: app.session.state in (State.IDLE, State.LOADED, State.ARMED, State.UNREFERENCED))
