# SPDX-License-Identifier: MIT
"""The whole program, run in this process: its exit code, and the bytes that it wrote."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

from followfocus.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended, and the bytes that it wrote."""

    returncode: int
    stdout: bytes
    stderr: bytes


def ran(*args: object, encoding: str = "utf-8") -> Ran:
    """Run `followfocus` with these words, on outputs of that encoding."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    before = sys.argv, sys.stdout, sys.stderr
    sys.argv, sys.stdout, sys.stderr = ["followfocus", *map(str, args)], *streams
    try:
        main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv, sys.stdout, sys.stderr = before
    assert isinstance(code, int)
    out, err = (stream.detach().getvalue() for stream in streams)  # type: ignore[attr-defined]
    return Ran(code, out, err)
