# SPDX-License-Identifier: MIT
"""Sentences printed on a thread of their own: a paused terminal, or a pipe that nobody reads, keeps nobody waiting."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable

from followfocus.cli.take_words import gone_is_fine

MOST = 1000
"""Sentences that wait for a terminal; more are dropped"""
PATIENCE_S = 1.0


class Aside:
    """Takes in lines to be printed, from any thread; `end` waits a second at most for those that are left."""

    def __init__(self, say: Callable[[str, str], object]) -> None:
        self._say = say
        self._waiting: queue.Queue[tuple[str, str] | None] = queue.Queue(MOST)
        self._thread = threading.Thread(target=self._print, name="terminal", daemon=True)
        self._thread.start()

    def __call__(self, words: str, style: str = "") -> None:
        """Print it soon; dropped where too much waits."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((words, style))

    def end(self) -> None:
        """Print what is left."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=PATIENCE_S)
        self._thread.join(PATIENCE_S)

    def _print(self) -> None:
        while (one := self._waiting.get()) is not None:
            with gone_is_fine():
                self._say(*one)
