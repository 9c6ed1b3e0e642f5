# SPDX-License-Identifier: MIT
"""Threads of the app. What a thread works for is let go on the main thread, never by the thread itself.

A thread holds its target, and with it the object whose method that is, until it has ended. Where it is the last to hold
a QObject, that is deleted on the thread: Qt then locks the object's signals and waits for Python's lock, while the main
thread has that one and may be waiting for the other. The window hangs, seldom and anywhere. So whatever a thread was
given is held here as well, and longer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

_under_way: list[tuple[threading.Thread, Callable[[], object]]] = []


def in_background(work: Callable[[], object], name: str) -> threading.Thread:
    """Do some work on a thread of its own that doesn't keep the program from ending. On the main thread only."""
    # Here as well as on a timer: whoever begins threads lets go of those that have ended.
    let_go()
    thread = threading.Thread(target=work, name=name, daemon=True)
    _under_way.append((thread, work))
    thread.start()
    return thread


def let_go() -> bool:
    """Let go of what has ended. On the main thread only. Whether nothing is at work any more."""
    # is_alive turns false after the thread has dropped its target, so what is dropped here is dropped last.
    _under_way[:] = [(thread, work) for thread, work in _under_way if thread.is_alive()]
    return not _under_way
