# SPDX-License-Identifier: MIT
"""Another thread's steps between any two of this one's, made there: every interleaving, the same each time."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

Meddle = Callable[[], object]


@contextlib.contextmanager
def meddling(meddle: Meddle, *codes: CodeType | str) -> Iterator[None]:
    """Call `meddle` before every bytecode that this thread runs in these functions, or in files that end so."""

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if not any(code is one or (isinstance(one, str) and code.co_filename.endswith(one)) for one in codes):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            meddle()  # not traced itself
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


class At:
    """Meddles once, at the `number`th bytecode from 0; `reached` tells whether there were as many.

    What needs a `lock` waits there, as in another thread, until this one has given it back.
    """

    def __init__(self, number: int, meddle: Meddle, lock: threading.RLock | None = None) -> None:
        self.reached = False
        self._left, self._meddle, self._lock = number, meddle, lock

    def __call__(self) -> None:
        """One bytecode on."""
        self._left -= 1
        if self._left < 0 and not self.reached and (self._lock is None or _others_get(self._lock)):
            self.reached = True
            self._meddle()


def _others_get(lock: threading.RLock) -> bool:
    """Whether another thread would get the lock now."""
    got: list[bool] = []

    def ask() -> None:
        got.append(lock.acquire(blocking=False))
        if got[0]:
            lock.release()

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    return got[0]


def every_step(of: Callable[[int], At], least: int = 5) -> None:
    """Try a meddler at every bytecode there is: `of` does it with the `number`th, and checks what came of it."""
    number = 0
    while of(number).reached:
        number += 1
    assert number > least, "what was to be meddled with was not run"
