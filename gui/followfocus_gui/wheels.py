# SPDX-License-Identifier: MIT
"""Wheels at the desk: what is plugged in works. A wheel that is known turns the ring at once, one that isn't is learned
by being turned slowly to the right and back; it is kept for good.

Lists are looked at on a thread of their own; MIDI is heard on its library's, USB is asked from a timer. What turns the
ring goes straight to the bridge, what a button does comes as a signal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from followfocus.clock import SystemClock
from followfocus.errors import FollowFocusError, RequestError
from followfocus.hand.events import SourceEvent, WheelGone, WheelPressed
from followfocus.sources.kept import KeptWheel, keep_wheel
from followfocus.sources.midi import MidiMessage
from followfocus.sources.midi_learn import LEAST, learn_at_once, learn_wheel
from followfocus.sources.midi_port import MidiPort
from followfocus.sources.wheels import FoundWheel, OpenWheel, kept_wheel, open_wheel, wheels
from followfocus_gui import background
from followfocus_gui.bridge import UnitBridge

EVERY_S = 1.0
# A wheel's word is at most 4 ms old as it is heard. A gesture may wait.
POLL_MS, LEARN_MS = 4, 50
QUIET_S = 0.7
"""A silence as long as this ends one half of the gesture."""

List = Callable[[], tuple[Sequence[FoundWheel], Sequence[str]]]


class WheelDesk(QObject):
    """The wheels that are plugged in, opened. `look` lists them."""

    told = Signal(str)
    """A sentence on a wheel that came, is being learned, or went"""
    pressed = Signal(str, str, float)
    """The job of a button that went down, and its wheel"""
    idle = Signal(str, str)
    """A wheel, and a button of it that went down and is for nothing here"""
    changed = Signal(object)
    """The names of the wheels that turn the ring"""
    _found = Signal(object)

    def __init__(self, bridge: UnitBridge, parent: QObject | None = None, *, look: List = wheels) -> None:
        super().__init__(parent)
        self._bridge, self._look = bridge, look
        self._clock = SystemClock()
        self._open: dict[str, OpenWheel] = {}
        self._buttons: dict[str, dict[str, str]] = {}
        self._refused: set[str] = set()
        self.barred: Callable[[], bool] = lambda: False
        """Whether wheels move nothing now"""
        self._lesson: Lesson | None = None
        self._there: tuple[FoundWheel, ...] = ()
        self._end = threading.Event()
        self._polls, self._lessons = QTimer(self), QTimer(self)
        self._polls.setInterval(POLL_MS)
        self._lessons.setInterval(LEARN_MS)
        self._polls.timeout.connect(self._poll)
        self._lessons.timeout.connect(self._learn)
        self._found.connect(self._meet)

    @property
    def names(self) -> tuple[str, ...]:
        """The wheels that turn the ring."""
        return tuple(wheel.name for wheel in self._open.values())

    def start(self) -> None:
        """Begin to look."""
        background.in_background(self._watch, "wheels")

    def close(self) -> None:
        """Look no more, and hear no wheel any more."""
        self._end.set()
        self._there = ()
        self._polls.stop()
        self._lessons.stop()
        if self._lesson is not None:
            self._lesson.close()
        for wheel in self._open.values():
            wheel.close()
        self._open.clear()

    def usual(self, name: str) -> KeptWheel:
        """The settings of a wheel before any are kept."""
        spec = next((spec for spec, wheel in self._open.items() if wheel.name == name), "")
        return kept_wheel(spec) if spec else KeptWheel()

    def behave(self, name: str, kept: KeptWheel) -> None:
        """A wheel's settings have changed."""
        self._bridge.drive.hand.behave(kept.manners, name)
        # Replaced whole, for the library's thread looks things up in it.
        self._buttons[name] = dict(kept.buttons)

    # Which there are ----------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._end.is_set():
            # On its own thread: to list MIDI ports may ask the sound system, and that may take its time.
            found, _ = self._look()
            if tuple(found) != self._there and not self._end.is_set():
                self._there = tuple(found)
                self._found.emit(self._there)
            self._end.wait(EVERY_S)

    def _meet(self, found: Sequence[FoundWheel]) -> None:
        """Open or learn the wheels plugged in, and forget those pulled out."""
        there = {one.spec: one for one in found}
        # Tried again once it was pulled out: whatever was wrong with it may be mended then.
        self._refused &= set(there)
        for spec, one in there.items():
            if spec in self._open or spec in self._refused:
                continue
            if one.ready:
                self._take(one)
            elif self._lesson is None:
                self._begin_lesson(one)

    def _take(self, one: FoundWheel) -> None:
        try:
            kept = kept_wheel(one.spec)
            self.behave(one.name, kept)
            self._open[one.spec] = open_wheel(one.spec, self._hear, self._clock)
        except FollowFocusError as error:
            self._refused.add(one.spec)
            self.told.emit(str(error))
            return
        self._polls.start()
        self.told.emit(f"{one.name} turns the ring.")
        self.changed.emit(self.names)

    def _poll(self) -> None:
        for spec, wheel in list(self._open.items()):
            wheel.poll()
            if wheel.over:
                wheel.close()
                del self._open[spec]
                self.told.emit(f"{wheel.name} was unplugged: the ring stops where it is.")
                self.changed.emit(self.names)
        if not self._open:
            self._polls.stop()

    def _hear(self, event: SourceEvent) -> None:
        """From any thread."""
        if isinstance(event, WheelPressed):
            action = self._buttons.get(event.source, {}).get(event.button, "")
            if event.down and action == "stop":
                # Here and now, whatever thread this is, and behind any screen.
                self._bridge.stop()
            elif event.down and action:
                self.pressed.emit(action, event.source, event.at_s)
            elif event.down:
                self.idle.emit(event.source, event.button)
            return
        # That a wheel has gone is heard behind any screen: the ring must not wait for its next word.
        if isinstance(event, WheelGone) or not self.barred():
            self._bridge.hear(event)
        if isinstance(event, WheelGone):
            # Forgotten, so that the next look finds it as news, even where it is plugged in again by then.
            self._there = ()

    # Learning -----------------------------------------------------------------------------------------------------

    def _begin_lesson(self, one: FoundWheel) -> None:
        try:
            self._lesson = Lesson(one, self._clock.now)
        except FollowFocusError as error:
            self._refused.add(one.spec)
            self.told.emit(str(error))
            return
        self._lessons.start()
        self.told.emit(f"{one.name} is plugged in: turn its wheel slowly to the right, then back to the left.")

    def _learn(self) -> None:
        lesson = self._lesson
        if lesson is None:
            return
        was_half = lesson.half_done
        try:
            kept = lesson.go_on()
        except RequestError as error:
            lesson.again()
            self.told.emit(str(error))
            return
        if kept is None and lesson.half_done and not was_half:
            self.told.emit(f"{lesson.found.name}: now slowly back to the left.")
        if kept is not None:
            self._lesson = None
            self._lessons.stop()
            lesson.close()
            try:
                keep_wheel(lesson.found.name, kept)
            except FollowFocusError as error:
                self.told.emit(str(error))
            self._take(FoundWheel(lesson.found.spec, lesson.found.name, ready=True))


class Lesson:
    """A controller that is being learned: what it says, half by half."""

    def __init__(self, found: FoundWheel, now: Callable[[], float]) -> None:
        self.found = found
        self._now = now
        self._heard: list[tuple[float, MidiMessage]] = []
        self._right: list[MidiMessage] = []
        self._port = MidiPort(found.name, self._hear, SystemClock(), lambda _event: None)

    def _hear(self, data: bytes, at_s: float) -> None:
        message = MidiMessage.of(data)
        if message is not None:
            self._heard.append((at_s, message))

    @property
    def half_done(self) -> bool:
        """The turn to the right is over."""
        return bool(self._right)

    def go_on(self) -> KeptWheel | None:
        """The wheel as learned, once both halves are over, with a pause between or not.

        Raises RequestError where they don't tell.
        """
        heard = list(self._heard)
        if len(heard) < LEAST or self._now() - heard[-1][0] < QUIET_S:
            return None
        del self._heard[: len(heard)]  # and no more: the library's thread may have heard another meanwhile
        half = [message for _, message in heard]
        if not self._right:
            whole = learn_at_once(half)
            self._right = half
            return None if whole is None else KeptWheel(wheel=whole)
        return KeptWheel(wheel=learn_wheel(self._right, half))

    def again(self) -> None:
        """Begin anew."""
        self._right, self._heard = [], []

    def close(self) -> None:
        """Hear it no more."""
        self._port.close()
