# SPDX-License-Identifier: MIT
"""Standard output and error as the commands write to them: whatever a name holds and whatever the other end takes.

Control characters, escapes among them, never pass: a note from a file that came by mail must not steer a terminal. What
the encoding lacks (cp1252, cp437, ASCII) has a stand-in; with --json an escape, so that it stays the same JSON. An
output that is full or closed is remembered and never raises: a take that was shot is no failure for want of paper.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from followfocus.names import CONTROLS, visible

_STAND_INS = {
    "→": "->", "←": "<-", "–": "-", "—": "-", "−": "-", "…": "...", "∞": "inf", "½": "1/2", "¼": "1/4", "¾": "3/4",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "·": "-", "•": "*", "°": "deg", "×": "x", "±": "+/-", "≤": "<=",
    "≥": ">=", "≈": "~", "µ": "u", "Ω": "Ohm", "✓": "ok", "⚠": "!", "━": "-", "─": "-", "│": "|",
}  # fmt: skip
_ERRORS, _JSON_ERRORS = "followfocus-stand-in", "followfocus-json"


def _escaped(text: str) -> str:
    r"""As JSON writes it in ASCII.

    >>> print(_escaped("\x9b→🎬"))
    \u009b\u2192\ud83c\udfac
    """
    raw = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[at : at + 2].hex()}" for at in range(0, len(raw), 2))


def _lacking(error: UnicodeError) -> str:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end]


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    words = _lacking(error)
    return "".join(map(_simple, words)), cast("UnicodeEncodeError", error).end


def _simple(char: str) -> str:
    """A stand-in in ASCII."""
    plain = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return _STAND_INS.get(char) or plain or "?"


def _json_escape(error: UnicodeError) -> tuple[str, int]:
    return _escaped(_lacking(error)), cast("UnicodeEncodeError", error).end


codecs.register_error(_ERRORS, _stand_in)
codecs.register_error(_JSON_ERRORS, _json_escape)


class Guarded(io.TextIOBase):
    """A stream that takes any text. `trouble` is what it failed with first, None while it took everything.

    `begun` tells that something was written; `styled` writes a text that holds colours of our own.
    """

    def __init__(self, stream: TextIO, *, json: bool = False) -> None:
        self._stream, self._json = stream, json
        self.begun = False
        self.trouble: OSError | ValueError | None = None
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # a line as it comes, also into a pipe
            reconfigure(errors=_JSON_ERRORS if json else _ERRORS, line_buffering=True)

    def write(self, text: str) -> int:
        """Write a text, its control characters made visible."""
        self.styled(CONTROLS.sub(lambda found: _escaped(found[0]), text) if self._json else visible(text))
        return len(text)

    def styled(self, text: str) -> None:
        """Write a text as it is."""
        self.begun = True
        if self.trouble is None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self.trouble = error

    def flush(self) -> None:
        """Hand on what was written."""
        if self.trouble is None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self.trouble = error

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return self.trouble is None and self._stream.isatty()

    def fileno(self) -> int:
        """The stream's own."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's own."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """The handling of characters that the encoding lacks."""
        return getattr(self._stream, "errors", None) or "strict"

    @property
    def unread(self) -> bool:
        """The trouble is only that nobody reads on, as behind `| head`."""
        return isinstance(self.trouble, OSError) and self.trouble.errno in (errno.EPIPE, errno.ECONNRESET)


class Closed(io.StringIO):
    """The place of a stream that was closed before the program began: it takes nothing."""

    def write(self, _text: str) -> int:
        """Raise OSError."""
        raise OSError(errno.EBADF, "it is closed")


def keep_places() -> None:
    """Take the places of closed standard streams: the next file that is opened, a log, would be written to as one."""
    for place in range(3):
        try:
            os.fstat(place)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest place that is free, which is this one


@contextmanager
def guarded(*, json: bool) -> Iterator[Guarded]:
    """Standard output and error guarded while a command runs; the output's guard."""
    before = sys.stdout, sys.stderr
    streams = before[0] or Closed(), before[1] or Closed()
    out, err = Guarded(streams[0], json=json), Guarded(streams[1])
    sys.stdout, sys.stderr = cast("TextIO", out), cast("TextIO", err)
    try:
        yield out
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before
        for guard, stream in zip((out, err), streams, strict=True):
            if guard.trouble is not None:
                _silence(stream)


def _silence(stream: TextIO) -> None:
    """Nothing more comes of a broken stream, so that the interpreter's last flush doesn't change the exit code."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return
