# SPDX-License-Identifier: MIT
"""The whole app on a simulated unit, offscreen unless there is a display; every test closes what it opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.exceptions import TimeoutError as WaitedTooLong
from pytestqt.qtbot import QtBot

from followfocus.stage.events import Taken
from followfocus.wire.messages import Cause, State
from followfocus_gui.app import Desktop, open_desk
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.state.desk import Desk
from followfocus_gui.unit_ear import MOVING
from followfocus_gui.widgets import scale, theme
from followfocus_gui.window import DeskWindow

WAIT_MS = 60_000
SIZE = 1280, 800


@dataclass(slots=True)
class Opened:
    """The app, with what a test does to it."""

    desktop: Desktop
    qtbot: QtBot
    kept: list[Taken] = field(default_factory=list)
    _silence: int = 0

    @property
    def window(self) -> DeskWindow:
        """The window."""
        return self.desktop.window

    @property
    def session(self) -> DeskPlayer:
        """The session."""
        return self.desktop.session

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.desktop.session.desk

    def find(self, name: str) -> QWidget:
        """The control of that name."""
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def says(self) -> str:
        """The state line's sentence, and what stands beside it."""
        message = self.window.message
        return f"{message.text()} {message.aside()}".strip()

    def word(self) -> str:
        """The state, as the state line says it."""
        return self.window.message.line.word

    def troubled(self) -> bool:
        """Whether the state line asks for something."""
        return self.window.message.line.trouble

    def press(self, name: str) -> None:
        """Press a button with the mouse, as a hand would: only one that is shown and enabled."""
        button = self.find(name)
        assert isinstance(button, QPushButton)
        assert button.isVisible(), name
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def tap(self, device: QPointingDevice, name: str) -> None:
        """Press a control with a finger."""
        widget = self.find(name)
        assert widget.isVisible(), name
        at = QPointF(widget.rect().center()).toPoint()
        QTest.touchEvent(widget, device).press(0, at, widget).commit()
        QTest.touchEvent(widget, device).release(0, at, widget).commit()

    def until(self, so: Callable[[], bool]) -> None:
        """Wait for something to be so; if it never is, say how things stand."""
        try:
            self.qtbot.waitUntil(so, timeout=WAIT_MS)
        except WaitedTooLong as error:
            stands = self.session.stage
            words = f"{self.says()!r}, {stands.unit}, doing {stands.under_way}, then {stands.queue}"
            raise AssertionError(words) from error

    def until_state(self, *states: State) -> None:
        """Wait for the unit to be in one of some states, and for the app to be done with what it does.

        Where a silence of this machine cut the way to ARMED short, ARM is pressed again.
        """
        self.silenced()

        def there() -> bool:
            if State.ARMED in states and self.silenced():
                self.session.arm()
            # Making ready what was just connected keeps no person waiting, but a test's next key may come within it.
            return self.session.state in states and not self.session.busy and self.session.stage.under_way is None

        self.until(there)

    def silenced(self) -> bool:
        """Whether a machine that was too busy to speak has let the ring rest since this was last asked.

        The unit stops then, as it should, and whoever is at the desk asks again.
        """
        status, stage = self.session.status, self.session.stage
        # Once the hand has let go, too: what is turned before that is nobody's wish any more.
        free = not self.session.busy and stage.under_way is None and not self.session.bridge.drive.busy
        rests = free and self.session.state in (State.IDLE, State.LOADED)
        silence = status.cause_clock if status.cause is Cause.SILENCE else 0
        if not rests or silence == self._silence:
            return False
        self._silence = silence
        return silence != 0

    def hand_is_off(self) -> bool:
        """Whether the hand has let go of the ring, and the window has heard where that has left it."""
        heard, unit = self.session.status, self.session.bridge.unit
        assert unit is not None
        said = unit.status
        # The hand is at work on another thread: the window may not have heard yet that the ring has moved at all.
        there = (heard.state, heard.position, heard.cause_clock) == (said.state, said.position, said.cause_clock)
        return there and said.at_rest and not self.session.bridge.drive.busy

    def until_turned(self, turn: Callable[[], object], so: Callable[[], bool]) -> None:
        """Turn the ring, and wait for something to be so; again from where it rests, where this machine was silent."""
        self.silenced()
        turn()

        def there() -> bool:
            if not so() and self.silenced():
                turn()
            return so()

        self.until(there)

    def turn(self, ring_deg: float) -> None:
        """Turn the ring there; again from wherever it rests, as on a machine too busy to keep it turning."""

        def there() -> bool:
            rests = self.session.state not in MOVING and not self.session.busy
            is_there = abs((self.session.ring_deg or 0.0) - ring_deg) < 0.05
            if rests and not is_there:
                self.session.turn(ring_deg)
            return rests and is_there

        self.until(there)

    def take(self) -> Taken:
        """Arm, GO, and the take when it is over."""
        before = len(self.kept)
        self.session.arm()
        self.until_state(State.ARMED)
        self.session.go()
        self.until(lambda: len(self.kept) > before)
        return self.kept[-1]


@pytest.fixture(name="open_desk")
def _open_desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    opened: list[Opened] = []

    def make(
        port: str | None = None,
        show: Path | None = None,
        folder: Path | None = None,
        *,
        wait: bool = True,
        size: tuple[int, int] | None = SIZE,
    ) -> Opened:
        desktop = open_desk(qapp, port, folder or tmp_path, show)
        if show is None and folder is None:
            theme.apply(qapp, "dark")
        made = Opened(desktop, qtbot)
        desktop.session.taken.connect(made.kept.append)
        opened.append(made)
        if size is not None:  # an offscreen screen is smaller than a desk
            desktop.window.setWindowState(Qt.WindowState.WindowNoState)
            desktop.window.resize(*size)
        desktop.window.show()
        desktop.window.activateWindow()
        qtbot.waitUntil(desktop.window.isActiveWindow, timeout=WAIT_MS)
        if wait:
            made.until_state(State.IDLE, State.LOADED)
        return made

    yield make
    for one in opened:
        one.session.stop()
        if one.window.isVisible():
            qtbot.waitUntil(lambda o=one: o.session.state not in MOVING, timeout=WAIT_MS)
            one.window.unsaved = lambda: ""  # a test that failed must not wait for an answer to a question
            one.window.close()
        one.window.deleteLater()
    theme.fit_letters(qapp, scale.LEAST_BODY)  # whatever size the next widget is shown in
