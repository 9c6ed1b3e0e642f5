# SPDX-License-Identifier: MIT
"""For a library that prints what it also raises: what it prints is dropped, so that a fault is said once."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO, cast

_STDERR = 2
_one_at_a_time = threading.Lock()


class _OfOthers(io.TextIOBase):
    """Standard output without what the thread writes that made this."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._hushed = stream, threading.get_ident()

    def write(self, text: str) -> int:
        return len(text) if threading.get_ident() == self._hushed else self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()


@contextlib.contextmanager
def hushed(path: Path) -> Iterator[None]:
    """Drop what is printed meanwhile by this thread, and the lines about the file at `path` on standard error.

    What other threads say is passed on: on standard error when this ends, for that is one for the whole process.
    """
    with _one_at_a_time, contextlib.ExitStack() as stack:
        if sys.stdout is not None:  # a program may have been started without
            stack.enter_context(contextlib.redirect_stdout(cast("TextIO", _OfOthers(sys.stdout))))
        with contextlib.suppress(OSError):
            kept = os.dup(_STDERR)
            stack.callback(os.close, kept)
            said = stack.enter_context(tempfile.TemporaryFile())
            stack.callback(_pass_on, said, kept, f"{path}: (".encode())
            os.dup2(said.fileno(), _STDERR)
            stack.callback(os.dup2, kept, _STDERR)
        yield


def _pass_on(said: IO[bytes], stream: int, own: bytes) -> None:
    said.seek(0)
    others = b"".join(line for line in said if not line.startswith(own))
    with contextlib.suppress(OSError):
        while others:
            others = others[os.write(stream, others) :]
