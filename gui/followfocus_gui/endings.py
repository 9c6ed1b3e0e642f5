# SPDX-License-Identifier: MIT
"""The app is told to end, by Ctrl-C, a closed terminal, a logout: motor stopped, take kept, window closed.

Or its screen goes, with the only STOP on it: motor stopped, take kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import socket
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, QtMsgType, qInstallMessageHandler

from followfocus.signals import ending_signals

_DISPLAY_GONE = re.compile(r"The (X11|Wayland) connection (broke|experienced a fatal error)")


class EndingSignals(QObject):
    """Calls `end`, once, in the GUI thread, when a signal asks this program to end; until `close`.

    While Qt waits, Python doesn't run, so the handlers alone would be called at the next event, whenever that is: the
    interpreter writes a byte into a socket at once, which wakes Qt.
    """

    def __init__(self, end: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end: Callable[[], object] | None = end
        self._heard, self._told = socket.socketpair()
        for one in (self._heard, self._told):
            # A signal handler must never wait: where the socket is full, one byte that is there wakes as well as two.
            one.settimeout(0.0)
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        # Handlers that do nothing, but are there: without one Python would end the program, or write no byte at all.
        self._before = {number: signal.signal(number, lambda *_: None) for number in ending_signals()}
        self._woken_before = signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            self._heard.recv(64)
        # Once: a second Ctrl-C while it ends must not begin the ending anew.
        end, self._end = self._end, None
        if end is not None:
            end()

    def close(self) -> None:
        """Signals do again what they did before."""
        # Before the socket closes: Qt would watch a number that is another file's by then.
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._woken_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._heard.close()
        self._told.close()


def on_lost_display(end: Callable[[], object]) -> None:
    """Call `end` where the X server or the Wayland compositor has died under this program, and end it.

    Qt says so, and ends the process on the spot: its last words are the only moment there is.
    """
    left = [end]

    def hear(_kind: QtMsgType, _where: object, words: str) -> None:
        if sys.stderr is not None:  # there is none where no terminal is
            with contextlib.suppress(OSError):
                sys.stderr.write(f"{words}\n")
        if _DISPLAY_GONE.search(words) and left:
            try:
                left.pop()()
            except Exception:
                logging.getLogger(__name__).exception("as the screen went")
            finally:
                # Not by Qt's own exit: that takes away under their feet what other threads are using.
                os._exit(1)

    qInstallMessageHandler(hear)
