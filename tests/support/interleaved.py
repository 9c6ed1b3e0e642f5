# SPDX-License-Identifier: MIT
"""What another thread may do between any two steps of this one, done there: every interleaving, the same each time."""

from __future__ import annotations

import contextlib
import sys
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
    """Meddles once, at the `number`th bytecode from 0; `reached` tells whether there were as many."""

    def __init__(self, number: int, meddle: Meddle) -> None:
        self.reached = False
        self._left, self._meddle = number, meddle

    def __call__(self) -> None:
        """One bytecode on."""
        self._left -= 1
        if self._left < 0 and not self.reached:
            self.reached = True
            self._meddle()
