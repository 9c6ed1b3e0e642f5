# SPDX-License-Identifier: MIT
"""The keys of a terminal as a wheel: left and right turn it, up and down shift its gear, space is STOP, q ends."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent, WheelPressed, WheelTurned

_TURNS = {b"\x1b[C": 1.0, b"\x1b[D": -1.0, b"\x1bOC": 1.0, b"\x1bOD": -1.0}
_GEARS = (b"\x1b[A", b"\x1b[B", b"\x1bOA", b"\x1bOB")
MOST_AT_ONCE = 1024


class Keys:
    """The terminal's keys, one degree a press. Raises RequestError where there is no terminal to read them from."""

    name = "the keys"

    def __init__(self, hear: Callable[[SourceEvent], object], clock: Clock) -> None:
        self._hear, self._clock = hear, clock
        self._is_over = False
        self._pending = b""
        try:
            import termios
            import tty

            self._handle = sys.stdin.fileno()
            self._before = termios.tcgetattr(self._handle)
            tty.setcbreak(self._handle)
        except (ImportError, OSError, ValueError, termios.error) as error:
            raise RequestError(
                "There is no terminal here to read keys from.", "Use a wheel, or file:HAND.csv."
            ) from error

    @property
    def over(self) -> bool:
        """The q key was pressed, or the terminal is gone."""
        return self._is_over

    def poll(self) -> None:
        """Hear the keys that were pressed."""
        while not self._is_over and select.select([self._handle], [], [], 0)[0]:
            try:
                got = os.read(self._handle, MOST_AT_ONCE)
            except OSError:
                got = b""
            self._is_over = not got
            for key in self._keys(got):
                self._press(key)

    def _keys(self, got: bytes) -> list[bytes]:
        """Single keys; an arrow is three bytes, of which some may be still to come."""
        data, keys = self._pending + got, []
        while data:
            size = 3 if data[:1] == b"\x1b" else 1
            if len(data) < size:
                break
            keys.append(data[:size])
            data = data[size:]
        self._pending = data
        return keys

    def _press(self, key: bytes) -> None:
        now_s = self._clock.now()
        if key in _TURNS:
            self._hear(WheelTurned(now_s, self.name, _TURNS[key]))
        elif key in _GEARS:
            self._hear(WheelPressed(now_s, self.name, "gear"))
        elif key == b" ":
            self._hear(WheelPressed(now_s, self.name, "stop"))
        elif key in (b"q", b"Q"):
            self._is_over = True

    def close(self) -> None:
        """Give the terminal back as it was."""
        import termios

        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(self._handle, termios.TCSADRAIN, self._before)
